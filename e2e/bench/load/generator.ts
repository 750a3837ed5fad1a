import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { answerCalls } from '../processes/calls.ts';
import { type Percentiles, percentilesOf } from '../report/statistics.ts';
import { monotonicMicros } from './moment.ts';
import { post } from './post.ts';
import { filler, type Target } from './target.ts';

export interface Load {
  target: Target;
  events: number;
  connections: number;
  /** Events in one POST. */
  batch: number;
  /** The number of the first event; numbers are never used twice in one run. */
  firstNumber: number;
  /** POSTs a second, each at its moment whatever became of those before (open loop); absent: as fast as answers come. */
  perSecond?: number;
}

export interface LoadReport {
  accepted: number;
  /** Answers that were not an acceptance, and errors, by status or code. */
  refused: Record<string, number>;
  /** Monotonic microseconds. */
  firstPost: number;
  lastAnswer: number;
  /** Milliseconds from POST to its answer. */
  answer: Percentiles;
  /** Milliseconds by which POSTs left later than planned; open loop only. */
  lateness: Percentiles;
}

async function run(load: Load): Promise<LoadReport> {
  const { target, events, connections, batch, perSecond } = load;
  const url = new URL(batch > 1 ? batchOf(target).url : target.url);
  const pool = new Pool(url.origin, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const textFor = bodies(target, batch);
  const refused: Record<string, number> = {};
  const answers: number[] = [];
  let accepted = 0;

  const postNumber = async (at: number): Promise<void> => {
    const count = Math.min(batch, events - at * batch);
    const sentAt = monotonicMicros();
    const text = textFor(load.firstNumber + at * batch, count, sentAt);
    const result = await post(pool, url, target.headers, text, batch > 1);
    answers.push((monotonicMicros() - sentAt) / 1_000);
    const taken = result.accepted === 'all' ? count : result.accepted;
    accepted += taken;
    if (taken < count) refused[result.status] = (refused[result.status] ?? 0) + count - taken;
  };

  const firstPost = monotonicMicros();
  const posts = Math.ceil(events / batch);
  const lateness =
    perSecond === undefined
      ? await closedLoop(posts, connections, postNumber)
      : await openLoop(posts, perSecond, postNumber);
  const lastAnswer = monotonicMicros();
  await pool.close();
  return {
    accepted,
    refused,
    firstPost,
    lastAnswer,
    answer: percentilesOf(answers),
    lateness: percentilesOf(lateness),
  };
}

type PostNumber = (at: number) => Promise<void>;

/** As fast as answers come, so many at a time. */
async function closedLoop(posts: number, connections: number, postNumber: PostNumber): Promise<number[]> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < posts) await postNumber(next++);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return [];
}

/** Each at its moment, whatever became of those before; answers by how many milliseconds each was late. */
async function openLoop(posts: number, perSecond: number, postNumber: PostNumber): Promise<number[]> {
  const start = monotonicMicros();
  const lateness: number[] = [];
  const running: Promise<void>[] = [];
  for (let at = 0; at < posts; at += 1) {
    const due = start + (at * 1_000_000) / perSecond;
    const wait = (due - monotonicMicros()) / 1_000;
    if (wait > 0) await pause(wait);
    // Timers may fire a little early.
    lateness.push(Math.max(0, monotonicMicros() - due) / 1_000);
    running.push(postNumber(at));
  }
  await Promise.all(running);
  return lateness;
}

/** The text of one POST. */
function bodies(target: Target, batch: number): (number: number, count: number, sentAt: number) => string {
  const fill = filler(target.events);
  if (batch === 1) return (number, _, sentAt) => fill(number, sentAt);
  const { before, after } = batchOf(target);
  return (number, count, sentAt) =>
    before + Array.from({ length: count }, (_, at) => fill(number + at, sentAt)).join(',') + after;
}

function batchOf(target: Target): NonNullable<Target['batch']> {
  if (!target.batch) throw new Error(`${target.url} has no call for several events`);
  return target.batch;
}

const calls = { run };
export type GeneratorCalls = typeof calls;

answerCalls(calls);
