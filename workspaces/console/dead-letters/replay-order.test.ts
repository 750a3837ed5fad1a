import type { DryRun } from '../api/answers.ts';
import { digestOf, orderOf, toRequest, withEnd } from './replay-order.ts';

const now = new Date('2030-01-31T09:00:00Z');

describe('an order to replay', () => {
  it('means nothing that comes after it', () => {
    expect(withEnd({ channel: 'sms', to: '' }, now)).toEqual({ channel: 'sms', to: '2030-01-31T09:00:00.000Z' });
    expect(withEnd({ to: '2029-01-01T00:00:00.000Z' }, now)).toEqual({ to: '2029-01-01T00:00:00.000Z' });
  });

  it('is the same after it was carried through a form', () => {
    const form = withEnd({ reason: 'exhausted', provider: '', limit: '5', ratePerSecond: '0.5', evil: 'x' }, now);
    const carried = orderOf({ ...form, shown: 'digest' });
    expect(toRequest(carried)).toEqual(toRequest(form));
    expect(toRequest(form)).toEqual({
      filter: { reason: 'exhausted', to: '2030-01-31T09:00:00.000Z' },
      limit: 5,
      ratePerSecond: 0.5,
    });
  });

  it('may be of a single event', () => expect(toRequest({ id: 'e-1' })).toEqual({ filter: { ids: ['e-1'] } }));
});

describe('what a dry run shows', () => {
  const sms = { channel: 'sms', reason: 'exhausted', count: 2 };
  const chat = { channel: 'chat', reason: 'rejected', count: 1 };
  const found: DryRun = { matched: 3, total: 3, counts: [sms, chat] };

  it('is the same in whatever order it is told', () => {
    expect(digestOf({ ...found, counts: [chat, sms] })).toBe(digestOf(found));
  });

  it.each<Partial<DryRun>>([
    { matched: 2 },
    { total: 4 },
    { withoutPayload: 1 },
    {
      counts: [
        { ...sms, count: 1 },
        { ...chat, count: 2 },
      ],
    },
    { counts: [{ ...sms, reason: 'rejected' }, chat] },
  ])('is another with %j', (other) => expect(digestOf({ ...found, ...other })).not.toBe(digestOf(found)));
});
