import type {
  ArrivalRecord,
  AttemptRecord,
  Evidence,
  EventRecord,
  FaultRecord,
  FaultSide,
  RequestRecord,
  SendRecord,
} from './evidence.ts';
import { judge, MUST_BE_EMPTY, type Verdict } from './judge.ts';
import { recoveries } from './recovery.ts';

const NOW = 1_000_000;

const request = (changes: Partial<RequestRecord> = {}): RequestRecord => ({
  key: 'k1',
  channel: 'webhook',
  behaviour: 'plain',
  scheduled: false,
  ids: ['e1'],
  acceptedAt: NOW - 50_000,
  unanswered: 0,
  canceled: false,
  ...changes,
});
const event = (changes: Partial<EventRecord> = {}): EventRecord => ({
  id: 'e1',
  key: 'k1',
  channel: 'webhook',
  status: 'COMPLETED',
  createdAt: NOW - 50_000,
  history: [
    { status: 'QUEUED', at: NOW - 50_000 },
    { status: 'COMPLETED', at: NOW - 40_000 },
  ],
  ...changes,
});
const arrival = (changes: Partial<ArrivalRecord> = {}): ArrivalRecord => ({
  seq: 1,
  channel: 'webhook',
  key: 'k1',
  id: 'e1',
  at: NOW - 40_000,
  ...changes,
});
const attempt = (changes: Partial<AttemptRecord> = {}): AttemptRecord => ({
  eventId: 'e1',
  number: 1,
  provider: 'webhook',
  outcome: 'delivered',
  reaped: false,
  startedAt: NOW - 40_000,
  duration: 10,
  ...changes,
});
const unknown = attempt({ outcome: 'failed', errorClass: 'unknown_outcome' });

/** A run in which one event went well, but for what is told. */
const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  requests: [request()],
  arrivals: [arrival()],
  sends: [],
  events: [event()],
  families: [],
  attempts: [attempt()],
  announced: new Set(),
  faults: [],
  at: NOW,
  ...changes,
});

/** The names of what is not empty. */
const faultsIn = (verdict: Verdict): string[] => MUST_BE_EMPTY.filter((name) => verdict[name].length > 0);
const judged = (changes: Partial<Evidence>): string[] => faultsIn(judge(evidence(changes)));

describe('the oracle', () => {
  it('has nothing to say of an event that was accepted, sent once and completed', () => {
    expect(judged({})).toEqual([]);
  });

  it('calls lost what is not stored, and what is completed without having been received', () => {
    expect(judged({ events: [], attempts: [], arrivals: [] })).toEqual(['lost']);
    expect(judged({ arrivals: [] })).toEqual(['lost', 'lie']);
  });

  it('calls phantom what nobody asked for, or what every client was told no', () => {
    expect(judged({ arrivals: [arrival(), arrival({ seq: 2, key: 'k2' })] })).toEqual(['phantom']);
    expect(judged({ requests: [request({ ids: [] })] })).toEqual(['phantom']);
    // No answer is not a no.
    expect(judged({ requests: [request({ ids: [], unanswered: 1 })] })).toEqual([]);
    expect(judged({ arrivals: [arrival({ id: 'e9' })] })).toEqual(['phantom']);
  });

  it.each(['QUEUED', 'PROCESSING', 'FAILED'])('calls stuck what is %s at the end', (status) => {
    const left = event({ status, dueAt: NOW + 5_000, history: [] });
    expect(judged({ events: [left], attempts: [], arrivals: [] })).toEqual(['stuck']);
  });

  it.each(['RETRYING', 'SCHEDULED', 'SENT'])('lets %s wait for its time, and no longer', (status) => {
    const waits = (dueAt: number) => ({ events: [event({ status, dueAt, history: [] })], attempts: [], arrivals: [] });
    expect(judged(waits(NOW + 60_000))).toEqual([]);
    expect(judged(waits(NOW - 60_000))).toEqual(['stuck']);
  });

  it('calls lie a dead letter of which no attempt tells that it was received', () => {
    const dead = event({ status: 'DEAD_LETTERED', deadLetterReason: 'rejected' });
    const announced = new Set(['e1']);
    const rejected = attempt({ outcome: 'failed', errorClass: 'rejected' });
    expect(judged({ events: [dead], attempts: [rejected], announced })).toEqual(['lie']);
    expect(judged({ events: [dead], attempts: [rejected], announced, arrivals: [] })).toEqual([]);
    expect(judged({ events: [dead], attempts: [unknown], announced })).toEqual([]);
  });

  it('calls lie an attempt that says delivered more often than it arrived, and a cancellation that was none', () => {
    expect(judged({ attempts: [attempt(), attempt({ number: 2 })] })).toEqual(['lie']);
    expect(judged({ requests: [request({ canceled: true })] })).toEqual(['lie']);
  });

  it('calls split one eventId with two events', () => {
    expect(judged({ requests: [request({ ids: ['e1', 'e2'] })], events: [event(), event({ id: 'e2' })] })).toContain(
      'split',
    );
  });

  describe('of a typed event', () => {
    const child = event({ parentId: 'p1' });
    const family = { id: 'p1', key: 'k', children: ['e1'] };
    const asked = request({ parentId: 'p1' });
    const sound = { requests: [asked], events: [child], families: [family] };

    it('has nothing to say where all its children are stored', () => expect(judged(sound)).toEqual([]));

    it('calls torn what is stored in part, and a child that the answer did not name', () => {
      expect(judged({ ...sound, families: [{ ...family, children: ['e1', 'e2'] }] })).toEqual(['torn']);
      expect(judged({ ...sound, families: [] })).toEqual(['torn']);
      expect(judged({ ...sound, requests: [{ ...asked, ids: [] }] })).toEqual(['phantom', 'torn']);
      expect(judged({ ...sound, requests: [{ ...asked, parentId: 'p2' }] })).toEqual(['torn']);
    });
  });

  it('calls lie what is claimed before its time', () => {
    const claimed = event({ history: [{ status: 'PROCESSING', at: NOW - 41_000 }, ...event().history] });
    const scheduled = (notBefore: number) => ({ events: [claimed], requests: [request({ notBefore })] });
    expect(judged(scheduled(NOW - 41_000))).toEqual([]);
    expect(judged(scheduled(NOW - 40_000))).toEqual(['lie']);
  });

  it('misses dead letters that are not on their topic', () => {
    const dead = event({ status: 'DEAD_LETTERED', deadLetterReason: 'exhausted' });
    expect(judged({ events: [dead], attempts: [unknown] })).toEqual(['unannounced']);
  });
});

describe('a second arrival', () => {
  const twice = [arrival(), arrival({ seq: 2, at: NOW - 20_000 })];
  const sends = [
    { name: 'k1', by: 'default-1', at: NOW - 40_010 },
    { name: 'k1', by: 'retry-2', at: NOW - 20_010 },
  ];
  const cause = (changes: Partial<Evidence>): string[] =>
    judge(evidence({ arrivals: twice, sends, ...changes })).duplicates.map(({ cause }) => cause);
  const fault = (kind: string, side: FaultSide, target: string, from = NOW - 40_500) => ({
    kind,
    side,
    target,
    from,
    to: from + 1_000,
  });

  it('is without a cause where nothing happened', () => {
    expect(judged({ arrivals: twice })).toEqual(['uncaused']);
  });

  describe('after an attempt without an answer', () => {
    const attempts = [unknown, attempt({ number: 2 })];

    it('is explained by a recipient that gives none, and a plain one always does', () => {
      expect(cause({ attempts, requests: [request({ behaviour: 'drop-1' })] })).toEqual([
        'no answer from the provider (drop-1)',
      ]);
      expect(cause({ attempts })).toEqual(['no cause']);
      expect(cause({ attempts, requests: [request({ behaviour: 'slow' })] })).toEqual(['no cause']);
    });

    it.each(['webhook', 'http', 'all', 'default-1'])('is explained by what hurt %s during that call', (target) => {
      expect(cause({ attempts, faults: [fault('provider (drop)', 'provider', target)] })).toEqual([
        'no answer during provider (drop)',
      ]);
    });

    it('tells of another provider that the event went on to', () => {
      const onward = [unknown, attempt({ number: 2, provider: 'mailgun' })];
      expect(cause({ attempts: onward, requests: [request({ behaviour: 'drop-1' })] })).toEqual([
        'no answer from the provider (drop-1), then another provider',
      ]);
      expect(cause({ attempts: onward })).toEqual(['no cause']);
    });

    it('is explained by what hurts mails, where a text message is one', () => {
      const gateway = 'email-to-sms';
      const byGateway = [{ ...unknown, provider: gateway } as const, attempt({ number: 2, provider: gateway })];
      const requests = [request({ channel: 'sms' })];
      const faults = [fault('provider (drop)', 'provider', 'email')];
      expect(cause({ attempts: byGateway, requests, faults })).toEqual(['no answer during provider (drop)']);
      expect(cause({ attempts, requests, faults })).toEqual(['no cause']);
    });

    describe('for which it waited its whole time', () => {
      const [from, to] = [NOW - 43_000, NOW - 40_000];
      const causeWith = (...answers: SendRecord[]) =>
        cause({
          attempts: [
            attempt({ ...unknown, startedAt: from, duration: to - from }),
            attempt({ number: 2, startedAt: NOW - 20_020 }),
          ],
          events: [event({ history: [{ status: 'PROCESSING', at: NOW - 25_000 }] })],
          sends: [...answers, { name: 'k1', by: 'retry-2', at: NOW - 20_010, answeredAt: NOW - 20_000 }],
        });
      const sent = { name: 'k1', by: 'default-1', at: from + 10 };

      it('is explained by an answer that was not on its way before the end, or never', () => {
        expect(causeWith({ ...sent, answeredAt: to + 200 })).toEqual(['answered when its time was over']);
        expect(causeWith(sent)).toEqual(['answered when its time was over']);
        // So late that the event was taken up again, and was not sent yet.
        expect(causeWith({ ...sent, at: NOW - 24_000 })).toEqual(['answered when its time was over']);
      });

      it('is not explained by an answer in time, by another send, or where it was not waited for', () => {
        expect(causeWith({ ...sent, answeredAt: to - 1_000 })).toEqual(['no cause']);
        expect(causeWith()).toEqual(['no cause']);
        expect(causeWith({ ...sent, at: from - 5_000 })).toEqual(['no cause']);
        expect(cause({ attempts, sends: [{ name: 'k1', by: 'default-1', at: NOW - 39_990 }] })).toEqual(['no cause']);
      });
    });

    it('is not explained by what hurt another channel, another instance, or nobody any more', () => {
      for (const target of ['email', 'default-2', 'retry-2'])
        expect(cause({ attempts, faults: [fault('provider (drop)', 'provider', target)] })).toEqual(['no cause']);
      expect(cause({ attempts, faults: [fault('cut', 'provider', 'all', NOW - 50_000)] })).toEqual(['no cause']);
    });
  });

  describe('after a lease that ran out', () => {
    const attempts = [attempt({ ...unknown, reaped: true, startedAt: NOW - 30_000 }), attempt({ number: 2 })];
    const claimed = event({ history: [{ status: 'PROCESSING', at: NOW - 40_020 }] });
    const causeOf = (...faults: FaultRecord[]) => cause({ attempts, events: [claimed], faults });

    it('is explained by what hurt the instance that had claimed it, or MongoDB', () => {
      expect(causeOf()).toEqual(['no cause']);
      expect(causeOf(fault('kill-service', 'service', 'default-1'))).toEqual(['lease ran out after kill-service']);
      expect(causeOf(fault('cut', 'mongo', 'default-1'))).toEqual(['lease ran out after cut']);
      expect(causeOf(fault('kill-mongod', 'mongo', 'primary'))).toEqual(['lease ran out after kill-mongod']);
    });

    it('is not explained by what hurt another one, came after it, or was a stop that was asked for', () => {
      expect(causeOf(fault('kill-service', 'service', 'retry-2'))).toEqual(['no cause']);
      expect(causeOf(fault('kill-service', 'service', 'default-1', NOW - 25_000))).toEqual(['no cause']);
      expect(causeOf(fault('kill-service', 'service', 'default-1', NOW - 60_000))).toEqual(['no cause']);
      expect(causeOf(fault('restart-service', 'service', 'default-1'))).toEqual(['no cause']);
    });
  });

  it('is explained by a primary that took the claim along, and by no other death', () => {
    expect(cause({ faults: [fault('kill-mongod', 'mongo', 'primary')] })).toEqual([
      'not recorded because of kill-mongod',
    ]);
    expect(cause({ faults: [fault('network-mongo (cut)', 'mongo', 'all')] })).toEqual(['no cause']);
    expect(cause({ faults: [fault('kill-service', 'service', 'default-1')] })).toEqual(['no cause']);
  });

  it('is explained by one attempt once only', () => {
    const attempts = [unknown, attempt({ number: 2 })];
    const thrice = [...twice, arrival({ seq: 3, at: NOW - 10_000 })];
    const requests = [request({ behaviour: 'drop-1' })];
    expect(cause({ arrivals: thrice, attempts, requests })).toEqual([
      'no answer from the provider (drop-1)',
      'no cause',
    ]);
  });
});

it('the time to recover is that of the events which were open when the fault ended', () => {
  const done = (key: string, end: number) =>
    event({ id: key, key, createdAt: NOW - 30_000, history: [{ status: 'COMPLETED', at: end }] });
  const keys = ['a', 'b', 'c'];
  const found = recoveries(
    evidence({
      requests: keys.map((key) => request({ key })),
      events: [done('a', NOW - 25_000), done('b', NOW - 15_000), done('c', NOW - 10_000)],
      faults: [{ kind: 'kill-broker', side: 'kafka', target: '1', from: NOW - 28_000, to: NOW - 20_000 }],
    }),
  );
  expect(found).toMatchObject([{ kind: 'kill-broker', pending: 2, mostAfter: 10, allAfter: 10 }]);
});
