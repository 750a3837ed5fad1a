import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runAndExit } from './cleanup.ts';
import type { Metered } from './cpu/cpu-meter.ts';
import { messageText, type Target, textOf } from './load/target.ts';
import { describeMachine } from './machine.ts';
import { wholeNumber } from './options.ts';
import { summarise } from './report/figures.ts';
import { printReport } from './report/report.ts';
import type { Run } from './run.ts';
import { BATCHES, measureDelivery, SINGLE, STEADY, type Subject } from './scenarios/throughput.ts';
import { startLoadStage } from './stage.ts';

const USAGE = `node e2e/bench/other-system.ts --target FILE [options]: the same load and sink for a system that runs already
  --target FILE    JSON: url, headers, event, and batch where there is such a call; see docs/performance.md
  --pid NAME=PID   a process whose CPU, with its children's, counts as the system's; may be given several times
  --sink-port N    where the system is to deliver: http://127.0.0.1:N/hook (9100)
  --events N       events of one measurement (20000)
  --runs N         how often (3)`;

/** Nobody tells when a strange system has recorded what it delivered. */
const RECORDING_MS = 2_000;
const WARM_UP_EVENTS = 2_000;
const STEADY_SECONDS = 30;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

await runAndExit(async (cleanup) => {
  const { target, metered, sinkPort, events, runs } = readArguments();
  const stage = await startLoadStage(log, cleanup, sinkPort);
  const subject: Subject = { target, metered, untilRecorded: () => pause(RECORDING_MS) };
  const results: Run[] = [];
  await measureDelivery(stage, subject, SINGLE, WARM_UP_EVENTS);
  for (let number = 1; number <= runs; number += 1) {
    log(`run ${number} of ${runs}`);
    const run: Run = { single: await measureDelivery(stage, subject, SINGLE, events) };
    if (target.batch) run.batch = await measureDelivery(stage, subject, BATCHES, events);
    run.latency = await measureDelivery(stage, subject, STEADY, (STEADY.perSecond ?? 0) * STEADY_SECONDS);
    results.push(run);
  }
  process.stdout.write(`\n${printReport(summarise(results), runs)}\n\n${describeMachine().description}\n`);
});

function readArguments() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      pid: { type: 'string', multiple: true, default: [] },
      'sink-port': { type: 'string' },
      events: { type: 'string' },
      runs: { type: 'string' },
    },
  });
  if (values.target === undefined) throw new Error(`--target is required\n\n${USAGE}`);
  const sinkPort = wholeNumber('sink-port', values['sink-port'], 9_100, 1, 65_535);
  return {
    target: readTarget(values.target, `http://127.0.0.1:${sinkPort}/hook`),
    metered: values.pid.map(meteredPid),
    sinkPort,
    events: wholeNumber('events', values.events, 20_000, 100, 1_000_000),
    runs: wholeNumber('runs', values.runs, 3, 1, 20),
  };
}

/** In the file `event` stands as JSON, in which "{{message}}" is the body that Postrider's bench delivers. */
function readTarget(file: string, sink: string): Target {
  const text = readFileSync(file, 'utf8').replaceAll('{{sink}}', sink);
  const { url, headers, event, batch } = JSON.parse(text) as Omit<Target, 'events'> & { event: unknown };
  return {
    url,
    headers: { 'content-type': 'application/json', ...headers },
    events: [textOf(event).replaceAll('"{{message}}"', messageText)],
    ...(batch && { batch }),
  };
}

function meteredPid(text: string): Metered {
  const [, name, pid] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`--pid takes NAME=PID, not ${text}`);
  return { name, part: 'system', pid: () => Number(pid), withChildren: true };
}
