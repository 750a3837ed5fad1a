import { toFieldErrors } from '../../errors/validation.ts';
import { pushPayload } from './push.ts';

const push = { token: 'dQw4w9WgXcQ:APA91b', title: 'Hello', body: 'World' };

const faultsIn = (input: unknown): string[] => {
  const { error } = pushPayload.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a push message', () => {
  it('goes to a device, a user or a topic', () => {
    const { token, ...rest } = push;
    for (const to of [{ token }, { externalId: 'user 42' }, { topic: 'news' }, { token, externalId: 'user 42' }]) {
      expect(faultsIn({ ...rest, ...to })).toEqual([]);
    }
    expect(faultsIn(rest)).toEqual(['token']);
  });

  it.each([
    ['token', 'with space'],
    ['token', 'x'.repeat(1_025)],
    ['externalId', 'x'.repeat(129)],
    ['topic', '/topics/news'],
    ['title', ''],
    ['image', 'file:///x.png'],
    ['link', 'javascript:alert(1)'],
    ['badge', 1],
  ])('is refused for its %s %j', (field, value) => {
    expect(faultsIn({ ...push, [field]: value })).toEqual([field]);
  });

  it.each(['from', 'google.x', 'gcm_id', '$set', 'a.b', '_bsontype', ''])(
    'carries no data under the name %j, which FCM or MongoDB would take for something else',
    (name) => {
      expect(faultsIn({ ...push, data: { [name]: '1' } })).toEqual([`data.${name}`]);
    },
  );

  it('does not lose a name without a word', () => {
    expect(faultsIn({ ...push, data: JSON.parse('{"__proto__":"1"}') as unknown })).toEqual(['data.__proto__']);
  });

  it('carries data as texts', () => {
    expect(faultsIn({ ...push, data: { order: '1' } })).toEqual([]);
    expect(faultsIn({ ...push, data: { order: 1 } })).toEqual(['data.order']);
  });

  it('is no larger than FCM takes it', () => {
    const rest = JSON.stringify({ title: push.title, body: '' }).length;
    expect(faultsIn({ ...push, body: 'x'.repeat(4_096 - rest) })).toEqual([]);
    expect(faultsIn({ ...push, body: 'x'.repeat(4_097 - rest) })).toEqual(['body']);
    expect(faultsIn({ ...push, body: 'é'.repeat(2_049) })).toEqual(['body']);
  });
});
