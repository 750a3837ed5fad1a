import { setTimeout as delay } from 'node:timers/promises';
import { DemoTable } from '../local/demo-table.ts';
import type { FollowedEvent, Remote } from './remote.ts';
import type { SampleEvent } from './sample-events.ts';

const LOOK_INTERVAL_MS = 250;

type Verdict = 'delivered' | 'unconfirmed' | 'not configured' | 'lost' | undefined;

/**
 * Posts the events, shows how their statuses change, and waits for the end of all.
 * @returns the exit code: 0 when every configured channel delivered, and one was configured.
 */
export async function follow(
  remote: Remote,
  samples: SampleEvent[],
  limitMs: number,
  output: NodeJS.WriteStream,
): Promise<number> {
  const table = new DemoTable(output);
  const posted = await Promise.all(
    samples.map(async (sample) => ({
      name: `${sample.channel} (${sample.priority})`,
      id: await remote.accept(sample),
    })),
  );
  const ends = new Map<string, Verdict>();
  const deadline = performance.now() + limitMs;
  for (;;) {
    const over = performance.now() > deadline;
    for (const { name, id } of posted.filter(({ name }) => ends.get(name) === undefined)) {
      // A moment without an answer is no failure of a system that is being rolled out.
      const event = await remote.read(id).catch((error: Error) => {
        if (over) throw error;
      });
      if (!event) continue;
      table.show(name, event);
      const verdict = verdictOf(event, over);
      ends.set(name, verdict);
      // Nothing of the test stays behind to be tried again.
      if (verdict === 'not configured') await remote.cancel(id).catch(() => undefined);
    }
    if (over || posted.every(({ name }) => ends.get(name) !== undefined)) break;
    await delay(LOOK_INTERVAL_MS);
  }
  table.finish();
  return tell([...ends], posted, output);
}

/** How it ended, or undefined while it has not. */
function verdictOf({ status, attempts }: FollowedEvent, over: boolean): Verdict {
  if (status === 'COMPLETED') return 'delivered';
  // After the first such attempt another provider may take over; after that it would be tried for hours.
  const unknown = attempts.every(({ errorClass }) => errorClass === 'not_configured');
  if (unknown && attempts.length >= (over ? 1 : 2) && status !== 'PROCESSING') return 'not configured';
  if (status === 'DEAD_LETTERED' || status === 'CANCELED') return 'lost';
  if (!over) return undefined;
  // The provider took it, and tells later what became of it.
  return status === 'SENT' ? 'unconfirmed' : 'lost';
}

const MEANINGS: Record<NonNullable<Verdict>, string> = {
  delivered: 'delivered',
  unconfirmed: 'taken by the provider, which has not confirmed it yet',
  'not configured': 'not configured: no provider of it is',
  lost: 'NOT DELIVERED',
};

function tell(ends: [string, Verdict][], posted: { name: string; id: string }[], output: NodeJS.WriteStream): number {
  output.write('\n');
  for (const [name, verdict = 'lost'] of ends) {
    const id = posted.find((event) => event.name === name)?.id;
    output.write(`  ${name.padEnd(28)} ${MEANINGS[verdict]}${verdict === 'lost' ? `: GET /v1/events/${id}` : ''}\n`);
  }
  const lost = ends.some(([, verdict = 'lost']) => verdict === 'lost');
  const delivered = ends.some(([, verdict]) => verdict === 'delivered' || verdict === 'unconfirmed');
  output.write(!lost && delivered ? '\nthe smoke test passed\n' : '\nthe smoke test FAILED\n');
  return !lost && delivered ? 0 : 1;
}
