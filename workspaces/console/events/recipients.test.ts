import type { EventDetails } from '../api/answers.ts';
import { maskedRecipients } from './recipients.ts';

const masked = (event: Partial<EventDetails>): string[] => maskedRecipients(event as EventDetails);

it.each<[object, string[]]>([
  [{ to: 'Ada <ada@example.com>', subject: 'Hello' }, ['a***@example.com']],
  [
    { to: ['ada@example.com', '"Lovelace, Ada" <al@example.com>'], cc: ['cy@example.com'], bcc: ['dee@example.com'] },
    ['a***@example.com', 'a***@example.com', 'c***@example.com', 'd***@example.com'],
  ],
  [{ to: '+12025550123', text: 'Your code is 246810' }, ['+1202*****23']],
  [{ token: 'dQw4w9WgXcQ:APA91b', topic: 'news', title: 'x' }, ['***', 'news']],
  [{ url: 'https://hooks.example.com/T0/secret?key=1', body: { to: 'x' } }, ['https://hooks.example.com']],
  [{ target: 'ops', text: 'x' }, ['ops']],
  [{ to: { $ne: 1 }, cc: [null, 1] }, []],
])('%j is for %j', (payload, recipients) => {
  expect(masked({ payload: payload as Record<string, unknown> })).toEqual(recipients);
});

it('a typed event is for all that it was given', () => {
  expect(masked({ to: { email: 'ada@example.com', phone: '+12025550123' } })).toEqual([
    'a***@example.com',
    '+1202*****23',
  ]);
});

it('it is for nobody any more once its payload is removed', () => expect(masked({})).toEqual([]));
