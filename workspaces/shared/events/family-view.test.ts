import { familyStatus } from './family-view.ts';
import type { Status } from './status.ts';

describe('the status of a typed event', () => {
  it.each<[Status[], Status]>([
    [[], 'COMPLETED'],
    [['COMPLETED', 'COMPLETED'], 'COMPLETED'],
    [['COMPLETED', 'SCHEDULED'], 'SCHEDULED'],
    [['COMPLETED', 'QUEUED', 'SCHEDULED'], 'QUEUED'],
    [['DEAD_LETTERED', 'RETRYING', 'COMPLETED'], 'RETRYING'],
    [['COMPLETED', 'DEAD_LETTERED'], 'DEAD_LETTERED'],
    [['CANCELED', 'COMPLETED'], 'COMPLETED'],
    [['CANCELED', 'CANCELED'], 'CANCELED'],
  ])('whose children are %j is %s', (statuses, status) => {
    expect(familyStatus(statuses.map((status) => ({ status })))).toBe(status);
  });
});
