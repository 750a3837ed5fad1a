import { sourcesOf, STATUSES, type Status, TRANSITIONS } from './status.ts';

/** Every status that an event can come to from these. */
function reachableFrom(...starts: Status[]): Set<Status> {
  const reached = new Set<Status>();
  const open = [...starts];
  for (let status = open.pop(); status; status = open.pop()) {
    if (reached.has(status)) continue;
    reached.add(status);
    open.push(...TRANSITIONS[status]);
  }
  return reached;
}

describe('the status machine', () => {
  it('is the one of the design, arrow by arrow', () => {
    expect(TRANSITIONS).toEqual({
      SCHEDULED: ['QUEUED', 'CANCELED'],
      QUEUED: ['PROCESSING', 'CANCELED', 'DEAD_LETTERED'],
      PROCESSING: ['SENT', 'COMPLETED', 'FAILED', 'RETRYING'],
      SENT: ['COMPLETED', 'FAILED'],
      FAILED: ['RETRYING', 'DEAD_LETTERED'],
      RETRYING: ['QUEUED', 'CANCELED'],
      DEAD_LETTERED: ['QUEUED'],
      COMPLETED: [],
      CANCELED: [],
    });
  });

  it('lets a new event come to every status', () => {
    expect(reachableFrom('SCHEDULED', 'QUEUED')).toEqual(new Set(STATUSES));
  });

  it('leaves no event without an end: from every status that is not final, COMPLETED can be reached', () => {
    for (const status of STATUSES) {
      const final = TRANSITIONS[status].length === 0;
      expect({ status, ends: final || reachableFrom(status).has('COMPLETED') }).toEqual({ status, ends: true });
    }
  });

  it('lets nothing out of COMPLETED and CANCELED', () => {
    expect(STATUSES.filter((status) => TRANSITIONS[status].length === 0)).toEqual(['COMPLETED', 'CANCELED']);
  });

  it('lets an event be canceled only while nobody sends it and nobody decides on it', () => {
    expect(new Set(sourcesOf('CANCELED'))).toEqual(new Set(['SCHEDULED', 'QUEUED', 'RETRYING']));
  });

  it('lets an event be sent only from QUEUED, so that one claim decides', () => {
    expect(sourcesOf('PROCESSING')).toEqual(['QUEUED']);
  });

  it('brings a dead letter back only by way of the queue', () => {
    expect(TRANSITIONS.DEAD_LETTERED).toEqual(['QUEUED']);
  });
});
