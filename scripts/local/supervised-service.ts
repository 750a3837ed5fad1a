import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines } from './command.ts';
import { type OwnProcess, startProcess } from './process.ts';
import { logsFolder, pidsFolder } from './project.ts';
import { untilReady } from './readiness.ts';
import { restartDelayMs } from './restart-delay.ts';
import type { Log } from './server.ts';
import { type ServiceSpec, urlOf } from './services.ts';

export interface SupervisedService {
  spec: ServiceSpec;
  /** Rejects when it dies before it is ready, or was not ready within the limit. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

/** The time for a start is over. */
export class SlowStart extends Error {}

export const pidFileOf = ({ name }: ServiceSpec): string => join(pidsFolder, `${name}.pid`);

/** Services give themselves 25 s for an orderly stop (STOP_TIMEOUT_MS). */
const stopLimitMs = 26_000;

/** Starts a service, and starts it again whenever it crashes after it was ready once. */
export function superviseService(spec: ServiceSpec, readyLimitMs: number, log: Log): SupervisedService {
  const logFile = join(logsFolder, `${spec.name}.log`);
  const stopping = new AbortController();
  let running: OwnProcess;

  function launch(): void {
    running = startProcess({
      command: process.execPath,
      args: [spec.main],
      env: { ...process.env, ...spec.env },
      logFile,
      pidFile: pidFileOf(spec),
    });
  }

  async function firstStart(): Promise<void> {
    let reason = 'it has not answered yet';
    const given = AbortSignal.timeout(readyLimitMs);
    const settled = new AbortController();
    const signal = AbortSignal.any([given, settled.signal, stopping.signal]);
    const ready = untilReady(urlOf(spec), (latest) => (reason = latest), signal).catch((error: unknown) => {
      if (!given.aborted) throw error;
      throw new SlowStart(`${spec.name} is not ready after ${readyLimitMs / 1000} s: ${reason}. Its log: ${logFile}`);
    });
    const died = running.ended.then((how) => {
      const end = lastLines(readFileSync(logFile, 'utf8'), 15);
      throw new Error(`${spec.name} ${how} before it was ready. Its log, ${logFile}, ends:\n${end}`);
    });
    await Promise.race([ready, died]).finally(() => settled.abort());
  }

  async function keepRunning(): Promise<void> {
    let delayMs: number | undefined;
    for (;;) {
      const begun = Date.now();
      const how = await running.ended;
      if (stopping.signal.aborted) return;
      delayMs = restartDelayMs(delayMs, Date.now() - begun);
      log(`${spec.name} ${how}; it is started again in ${delayMs / 1000} s. Its log: ${logFile}`);
      await pause(delayMs, undefined, { signal: stopping.signal });
      launch();
      const again = AbortSignal.any([stopping.signal, whenEnded(running)]);
      untilReady(urlOf(spec), () => {}, again).then(
        () => log(`${spec.name} is ready again`),
        () => {},
      );
    }
  }

  writeFileSync(logFile, '');
  launch();
  const ready = firstStart();
  // A rejection means that there is nothing to keep running, or that it was told to stop.
  ready.then(keepRunning).catch(() => {});

  async function stop(): Promise<void> {
    stopping.abort();
    const { forced } = await running.stop(stopLimitMs);
    if (forced) log(`${spec.name} did not stop within ${stopLimitMs / 1000} s and was killed`);
  }
  return { spec, ready, stop };
}

function whenEnded({ ended }: OwnProcess): AbortSignal {
  const gone = new AbortController();
  void ended.then(() => gone.abort());
  return gone.signal;
}
