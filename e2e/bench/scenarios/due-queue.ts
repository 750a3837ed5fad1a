import { eventRequest, newEvent } from '@postrider/shared/events/event-request.ts';
import { DEFAULT_PROVIDERS } from '@postrider/shared/events/channels.ts';
import { startMeter } from '../cpu/cpu-meter.ts';
import { monotonicMicros } from '../load/moment.ts';
import { textOf } from '../load/target.ts';
import type { Stage } from '../stage.ts';
import { untilDelivered } from './delivery.ts';
import type { Measurement } from './measurement.ts';
import type { SystemUnderTest } from './system-under-test.ts';

const BATCH = 100;
const FIRST_IN_MS = 5_000;
const APART_MS = 10;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/**
 * Events that become due one after another, 100 a second, while `waiting` others wait for a day in the year to come: `arrival` is the
 * time from the moment they are scheduled for to their arrival at the sink.
 */
export async function measureDueQueue(
  stage: Stage,
  system: SystemUnderTest,
  waiting: number,
  events: number,
): Promise<Measurement> {
  await fillUpTo(system, waiting);
  await stage.sink.call('reset', undefined);
  const stopMeter = startMeter([...system.metered, ...stage.metered]);
  const start = Date.now() + FIRST_IN_MS;
  for (let n = 0; n < events; n += BATCH) await schedule(stage, system, start, n, Math.min(BATCH, events - n));
  await untilDelivered(stage, events);
  await system.untilRecorded();
  const consumption = stopMeter();
  const { unique, requests, latency } = await stage.sink.call('report', undefined);
  return { events, repeated: requests - unique, arrival: latency, consumption };
}

async function schedule(stage: Stage, system: SystemUnderTest, start: number, first: number, count: number) {
  const microsAhead = monotonicMicros() - Date.now() * 1_000;
  const numbers = stage.numbers(count);
  const events = Array.from({ length: count }, (_, at) => {
    const due = start + (first + at) * APART_MS;
    const body = { n: numbers + at, sentAt: due * 1_000 + microsAhead };
    return { channel: 'webhook', sendAt: new Date(due).toISOString(), payload: { url: stage.sinkUrl, body } };
  });
  const { batch, headers } = system.target;
  const response = await fetch(batch?.url ?? '', { method: 'POST', headers, body: textOf({ events }) });
  const { results = [] } = (await response.json()) as { results?: { status?: string }[] };
  const scheduled = results.filter(({ status }) => status === 'SCHEDULED').length;
  if (scheduled !== count) throw new Error(`only ${scheduled} of ${count} events were scheduled: ${response.status}`);
}

/** Straight into the database: accepting a million of them is what other scenarios measure. */
async function fillUpTo(system: SystemUnderTest, waiting: number): Promise<void> {
  const request = eventRequest.parse({ channel: 'webhook', payload: { url: 'http://127.0.0.1/', body: {} } });
  const acceptance = { now: new Date(), defaultProviders: DEFAULT_PROVIDERS, traceparent: '' };
  const missing = waiting - (await system.countWaiting());
  for (let n = 0; n < missing; n += 1_000) {
    await system.store(
      Array.from({ length: Math.min(1_000, missing - n) }, () => {
        const sendAt = new Date(acceptance.now.getTime() + DAY_MS + Math.floor(Math.random() * YEAR_MS));
        return newEvent({ ...request, sendAt }, acceptance);
      }),
    );
  }
}
