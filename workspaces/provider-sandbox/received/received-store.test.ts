import type { NewArrival } from './arrival.ts';
import { ReceivedStore } from './received-store.ts';

const sms = (text: string, fields: Partial<NewArrival> = {}): NewArrival => ({
  channel: 'sms',
  provider: 'twilio',
  recipient: '+12025550123',
  sender: null,
  id: null,
  providerMessageId: null,
  subject: null,
  text,
  html: null,
  headers: {},
  body: '',
  ...fields,
});
const textsIn = ({ items }: { items: { text: string | null }[] }): string =>
  items.map(({ text }) => text ?? '').join('');

describe('the store of what arrived', () => {
  it('numbers and dates each arrival', () => {
    const store = new ReceivedStore({ capacity: 3, now: () => Date.UTC(2026, 0, 2) });
    store.add(sms('a'));
    expect(store.add(sms('b'))).toMatchObject({
      seq: 2,
      receivedAt: '2026-01-02T00:00:00.000Z',
      receivedAtMs: Date.UTC(2026, 0, 2),
    });
  });

  it('keeps the newest and counts them all', () => {
    const store = new ReceivedStore({ capacity: 3 });
    for (const text of 'abcdefg') store.add(sms(text));
    expect(textsIn(store.find({}, 100))).toBe('efg');
    expect(store.get(4)).toBeUndefined();
    expect(store.get(5)?.text).toBe('e');
    expect(store.get(8)).toBeUndefined();
    expect(store.counts()).toMatchObject({ total: 7, kept: 3, lastSeq: 7 });
  });

  it('holds no more text than it may, but always the newest arrival', () => {
    const store = new ReceivedStore({ capacity: 100, maxCharacters: 10 });
    for (const text of ['aaaa', 'bbbb', 'cccc']) store.add(sms(text));
    expect(textsIn(store.find({}, 100))).toBe('bbbbcccc');
    store.add(sms('d'.repeat(50)));
    expect(textsIn(store.find({}, 100))).toBe('d'.repeat(50));
    store.add(sms('ee'));
    expect(textsIn(store.find({}, 100))).toBe('ee');
  });

  it('gives the last ones, or those that follow a known one', () => {
    const store = new ReceivedStore({ capacity: 10 });
    for (const text of 'abcdef') store.add(sms(text));
    expect(textsIn(store.find({}, 2))).toBe('ef');
    expect(textsIn(store.find({ since: 1 }, 2))).toBe('bc');
    expect(store.find({ since: 3 }, 2).total).toBe(3);
  });

  it('finds by channel, id and recipient', () => {
    const store = new ReceivedStore({ capacity: 10 });
    store.add(sms('a', { id: '1' }));
    store.add(sms('b', { channel: 'email', recipient: 'Ann@example.com', id: '2' }));
    store.add(sms('c', { channel: 'email', recipient: 'joann@example.com' }));
    expect(textsIn(store.find({ channel: 'email' }, 10))).toBe('bc');
    expect(textsIn(store.find({ id: '1' }, 10))).toBe('a');
    expect(textsIn(store.find({ recipient: 'ann@example.com' }, 10))).toBe('b');
    expect(store.counts('email').total).toBe(2);
  });

  it('is empty after clearing, with sequence numbers that go on', () => {
    const store = new ReceivedStore({ capacity: 2 });
    for (const text of 'abc') store.add(sms(text));
    store.refuse('sms', 'fail');
    store.clear();
    expect(store.find({}, 10)).toEqual({ items: [], total: 0 });
    expect(store.counts()).toEqual({
      total: 0,
      kept: 0,
      lastSeq: 3,
      byChannel: { email: 0, sms: 0, push: 0, chat: 0, webhook: 0 },
      refused: { email: {}, sms: {}, push: {}, chat: {}, webhook: {} },
    });
    expect(store.add(sms('d')).seq).toBe(4);
  });
});
