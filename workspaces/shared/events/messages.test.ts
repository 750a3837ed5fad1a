import { deadLetterMessage, failedMessage, messageParser, workMessage } from './messages.ts';

const id = '01b97732-de80-7000-8000-000000000000';

describe('a Kafka message', () => {
  it('is read as it was written', () => {
    expect(messageParser(workMessage)(JSON.stringify({ id }))).toEqual({ id });
    expect(messageParser(failedMessage)(JSON.stringify({ id, attempt: 2 }))).toEqual({ id, attempt: 2 });
    const letter = {
      id,
      channel: 'sms',
      provider: 'twilio',
      priority: 'default',
      reason: 'exhausted',
      attempts: 3,
      deadLetteredAt: '2030-01-31T09:00:00.000Z',
    };
    expect(messageParser(deadLetterMessage)(JSON.stringify(letter))).toEqual(letter);
  });

  it.each([
    '',
    'null',
    'text',
    '[]',
    '{}',
    '{"id":1}',
    '{"id":"x"}',
    `{"id":"${id}","extra":1}`,
    `{"id":{"$ne":1}}`,
    '\0',
  ])('that is none of ours is refused, so that it is set aside as poison: %j', (text) =>
    expect(() => messageParser(workMessage)(text)).toThrow(),
  );

  it.each([-1, 1.5, '1', null])('about a failure has a number of attempts, and %j is none', (attempt) => {
    expect(() => messageParser(failedMessage)(JSON.stringify({ id, attempt }))).toThrow();
  });
});
