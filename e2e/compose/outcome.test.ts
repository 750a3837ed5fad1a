import { complaints, type Evidence, judge } from './outcome.ts';

const asked = (number: number, answers: Partial<{ id: string; refusals: number[] }> = {}) => ({
  eventId: `event-${number}`,
  askedAt: number * 1_000,
  answeredAt: number * 1_000 + 5,
  id: `id-${number}`,
  refusals: [],
  ...answers,
});
const sound: Evidence = {
  asked: [asked(1), asked(2), asked(3)],
  arrivals: [1, 2, 3].map((number) => ({ id: `id-${number}`, at: number * 1_000 + 40 })),
  statuses: new Map([1, 2, 3].map((number) => [`id-${number}`, 'COMPLETED'])),
  steps: [{ what: 'restart ingestion-service', startedAt: 2_000, endedAt: 3_000 }],
};
const complain = (evidence: Evidence, rehearsal: 'rolling' | 'members' = 'rolling') =>
  complaints(judge(evidence), rehearsal);

describe('the judge of a rehearsal', () => {
  it('has nothing to say where each event arrived once', () => {
    expect(complain(sound)).toEqual([]);
    expect(judge(sound)).toMatchObject({
      accepted: 3,
      arrival: { p50: 40, max: 40 },
      steps: [
        { what: 'restart ingestion-service', seconds: 1, asked: 1, refused: 0, slowestAnswer: 5, slowestArrival: 40 },
      ],
    });
  });

  it('names what was accepted and never arrived', () => {
    expect(complain({ ...sound, arrivals: sound.arrivals.slice(1) })).toEqual(['1 lost: id-1']);
  });

  it('names what arrived and is not COMPLETED', () => {
    expect(complain({ ...sound, statuses: new Map([...sound.statuses, ['id-2', 'PROCESSING']]) })).toEqual([
      '1 not completed: id-2',
    ]);
  });

  it('names what arrived twice; where a member was killed it only counts it', () => {
    const twice = { ...sound, arrivals: [...sound.arrivals, { id: 'id-3', at: 9_000 }] };
    expect(complain(twice)).toEqual(['1 received twice: id-3']);
    expect(complain(twice, 'members')).toEqual([]);
    expect(judge(twice).duplicates).toEqual(['id-3']);
  });

  it('names what arrived and nobody asked for', () => {
    expect(complain({ ...sound, arrivals: [...sound.arrivals, { id: 'stranger', at: 1 }] })).toEqual([
      '1 that nobody asked for: stranger',
    ]);
  });

  it('names what never got an answer', () => {
    const { id: _id, answeredAt: _answeredAt, ...unanswered } = asked(4);
    expect(complain({ ...sound, asked: [...sound.asked, unanswered] })).toEqual(['1 unanswered: event-4']);
  });

  it('takes a refused connection, which the other instance made good, but no 5xx', () => {
    const refused = (...refusals: number[]) => ({ ...sound, asked: [asked(1, { refusals }), asked(2), asked(3)] });
    expect(complain(refused(0))).toEqual([]);
    expect(complain(refused(503, 503))).toEqual(['2 answers with status 503']);
    expect(complain(refused(503), 'members')).toEqual([]);
    expect(complain(refused(500), 'members')).toEqual(['1 answers with status 500']);
  });

  it('names a container that had to be killed', () => {
    const steps = [{ what: 'restart retry-service', startedAt: 0, endedAt: 1, fault: 'it ended with exit code 137' }];
    expect(complain({ ...sound, steps })).toEqual(['restart retry-service: it ended with exit code 137']);
  });
});
