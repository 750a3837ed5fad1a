import { Assignment } from './assignment.ts';

/** Takes the messages from `first` to `last` of a partition; answers what finishes each. */
function take(assignment: Assignment, partition: number, [first, last]: [number, number], highWatermark = last + 1) {
  const begin = assignment.begin(partition, BigInt(highWatermark));
  return Array.from({ length: last - first + 1 }, (_, n) => begin(BigInt(first + n)));
}

const commits = (assignment: Assignment) =>
  assignment.pendingCommits().map(({ partition, offset }) => `${partition}:${offset}`);

describe('the partitions of a consumer', () => {
  it('are committed each for itself: a message at work in one holds back no other', () => {
    const assignment = new Assignment();
    const [stuck, ...behind] = take(assignment, 0, [0, 2]);
    const other = take(assignment, 1, [10, 11]);
    for (const finish of [...behind, ...other]) finish();
    expect(commits(assignment)).toEqual(['1:12']);
    stuck?.();
    expect(commits(assignment)).toEqual(['0:3', '1:12']);
  });

  it('count together what is open', () => {
    const assignment = new Assignment();
    const [first] = take(assignment, 0, [0, 2]);
    take(assignment, 1, [0, 1]);
    expect(assignment.open).toBe(5);
    first?.();
    expect(assignment.open).toBe(4);
  });

  it('are offered for commit until Kafka has it', () => {
    const assignment = new Assignment();
    const [finish] = take(assignment, 0, [0, 0]);
    finish?.();
    expect(commits(assignment)).toEqual(['0:1']);
    assignment.pendingCommits()[0]?.done();
    expect(commits(assignment)).toEqual([]);
  });

  it('lag by what Kafka holds beyond the committed position', () => {
    const assignment = new Assignment();
    const [finish] = take(assignment, 0, [0, 0], 100);
    expect(assignment.lag).toBe(1);
    finish?.();
    assignment.pendingCommits()[0]?.done();
    expect(assignment.lag).toBe(99);
  });

  it('start anew after a rebalance: what was finished late for a former owner commits nothing', () => {
    const assignment = new Assignment();
    const [late] = take(assignment, 0, [0, 0]);
    assignment.forget();
    expect({ open: assignment.open, lag: assignment.lag }).toEqual({ open: 0, lag: 0 });
    take(assignment, 0, [0, 0]);
    late?.();
    expect(commits(assignment)).toEqual([]);
  });
});
