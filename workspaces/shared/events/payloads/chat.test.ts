import { toFieldErrors } from '../../errors/validation.ts';
import { parseExactJson } from '../../service/exact-json.ts';
import { chatPayload } from './chat.ts';

const faultsIn = (input: unknown): string[] => {
  const { error } = chatPayload.safeParse(input);
  return error ? toFieldErrors(error).map(({ path }) => path) : [];
};

describe('a chat message', () => {
  it('goes to a named webhook, to the default one, or to the one that it brings', () => {
    for (const to of [{}, { target: 'ops' }, { url: 'https://hooks.slack.com/services/T0/B0/x' }]) {
      expect(faultsIn({ text: 'Hello', ...to })).toEqual([]);
    }
    expect(faultsIn({ text: 'Hello', target: 'ops', url: 'https://hooks.slack.com/services/T0/B0/x' })).toEqual([
      'url',
    ]);
  });

  it.each([
    ['text', ''],
    ['text', 'x'.repeat(40_001)],
    ['target', 'a b'],
    ['url', 'file:///etc/passwd'],
    ['blocks', []],
    ['blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['blocks', [{ $where: '1' }]],
    ['embeds', [{ 'a.b': 1 }]],
    ['embeds', 'x'],
    ['channel', '#general'],
  ])('is refused for its %s %j', (field, value) => {
    expect(faultsIn({ text: 'Hello', [field]: value })).toEqual([field]);
  });

  it('has no number in its blocks that would come back as another one', () => {
    const chat = parseExactJson('{"text":"a","blocks":[{"n":12345678901234567890}]}');
    expect(faultsIn(chat)).toEqual(['blocks']);
    expect(faultsIn(parseExactJson('{"text":"a","blocks":[12345678901234567890]}'))).toEqual(['blocks']);
  });

  it('keeps blocks and embeds as they are', () => {
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Hello*' } }];
    expect(chatPayload.parse({ text: 'Hello', blocks })).toEqual({ text: 'Hello', blocks });
  });
});
