import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createApiKey, SCOPES } from '../../workspaces/shared/service/api-keys.ts';
import type { ServiceProcess } from '../system/service-process.ts';
import { startSystem, type System } from '../system/system.ts';
import { drawCases } from './cases/draw.ts';
import { MARKER, PHONE } from './cases/hostile.ts';
import { Fuzzer } from './fuzzer.ts';
import { type Finding, Findings } from './judge/findings.ts';
import { growthPerRequest, leaks, type MemorySample } from './memory/leak.ts';
import { liveMemory } from './memory/live-memory.ts';
import type { FuzzOptions } from './options.ts';
import { StoredEvents } from './stored.ts';
import { SlowClients } from './wire/slow-clients.ts';

/** Parts of a run after each of which the memory is looked at. */
const PARTS = 14;
/** Of each service, through the whole run. */
const SLOW_CLIENTS = 100;
/** Under this many requests, growth cannot be told from warming up; under the second, only what is far beyond that. */
const LEAK_MIN_REQUESTS = 5_000;
const SLOW_LEAK_MIN_REQUESTS = 50_000;
/** Services without a leak grew by up to 930 bytes in runs of 2,000 requests, by 260 in runs of 8,000. */
const FAST_LEAK_BYTES = 2_000;

export interface FuzzReport extends FuzzOptions {
  seconds: number;
  accepted: number;
  statuses: Record<string, number>;
  slowestMs: number;
  /** Of each service: bytes alive after each part, and what stays for each request in the second half. */
  memory: Record<string, { samples: MemorySample[]; growth: number }>;
  findings: Finding[];
}

export interface Surroundings {
  kafkaBrokers: string;
  mongodbUri: string;
  log(line: string): void;
  /** Is told how to end the system, for an interruption in the middle of the run. */
  onStart?(stop: () => Promise<void>): void;
}

/** Starts a system, sends it the requests of the seed, and says what was found. The system ends with it. */
export async function runFuzz(
  options: FuzzOptions,
  { kafkaBrokers, mongodbUri, log, onStart }: Surroundings,
): Promise<FuzzReport> {
  const scratch = mkdtempSync(join(tmpdir(), 'postrider-fuzz-'));
  const probeFile = join(scratch, 'heap');
  const { key, line } = createApiKey('fuzz', [...SCOPES]);
  const env = {
    AUTH: 'required',
    API_KEYS: line,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'memory/heap-probe.ts')).href}`,
    HEAP_PROBE_FILE: probeFile,
    HEALTH_ALERT_RECEIVER: `${MARKER}@example.com`,
    // How long the former API waits that answers when an e-mail is sent.
    SEND_ASYNC_TIMEOUT_MS: '5000',
  };
  const system = await startSystem({ name: 'fuzz', kafkaBrokers, mongodbUri, env, callbacks: true });
  onStart?.(() => system.stop());
  const stored = new StoredEvents(mongodbUri, system.database);
  const findings = new Findings(log);
  const ports = { ingestion: portOf(system.service('ingestion')), retry: portOf(system.service('retry-service')) };
  const fuzzer = new Fuzzer(ports, key, drawCases(options.seed, { sandboxUrl: system.sandbox.url, key }), findings);
  const slow = Object.values(ports).map((port) => new SlowClients(port, SLOW_CLIENTS));
  const samples = new Map<string, MemorySample[]>([...system.services.keys()].map((name) => [name, []]));
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1_000;
  try {
    for (let part = 1; part <= PARTS; part += 1) {
      await fuzzer.goOn(Math.round((options.requests * part) / PARTS));
      if (!noteDeaths(system, findings)) break;
      for (const [name, { pid }] of system.services) {
        if (pid) samples.get(name)?.push({ requests: fuzzer.sent, bytes: await liveMemory(pid, probeFile) });
      }
      log(
        `${fuzzer.sent} requests after ${seconds().toFixed(0)} s, ${fuzzer.accepted.size} events, ${findings.list().length} findings`,
      );
    }
    await stored.settled();
    const { ids, former } = await stored.taken();
    noteDifference('an event', fuzzer.accepted, ids, findings);
    noteDifference('a request of a former client', fuzzer.former, former, findings);
    noteDifference('a suppression', fuzzer.suppressed, await stored.suppressed(), findings);
    for (const clients of slow) for (const fault of await clients.faults()) findings.add(fault, 'slow', fault);
    noteLogs(system, findings);
    noteLeaks(samples, options.requests, findings);
  } finally {
    fuzzer.close();
    for (const clients of slow) clients.close();
    await stored.close();
    await system.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  return {
    ...options,
    seconds: Math.round(seconds()),
    accepted: fuzzer.accepted.size,
    statuses: fuzzer.statuses,
    slowestMs: Math.round(fuzzer.slowestMs),
    memory: Object.fromEntries(
      [...samples].map(([name, samples]) => [name, { samples, growth: growthPerRequest(samples) }]),
    ),
    findings: findings.list(),
  };
}

const portOf = ({ url }: ServiceProcess): number => Number(new URL(url).port);

function noteDeaths({ services }: System, findings: Findings): boolean {
  const dead = [...services].filter(([, service]) => !service.running);
  for (const [name, service] of dead) findings.add('a process died', name, service.log().slice(-2_000));
  return dead.length === 0;
}

function noteDifference(what: string, accepted: Set<string>, stored: Set<string>, findings: Findings): void {
  for (const id of stored)
    if (!accepted.has(id)) findings.add(`${what} that no answer accepted is stored`, 'stored', id);
  for (const id of accepted) if (!stored.has(id)) findings.add(`${what} that was accepted is not stored`, 'stored', id);
}

function noteLogs({ services }: System, findings: Findings): void {
  for (const [name, service] of services) {
    for (const line of service.log().split('\n')) {
      if (line.includes(MARKER) || line.includes(PHONE))
        findings.add('a log shows a payload or a recipient', name, line.slice(0, 1_000));
      if (/"level":"(?:error|fatal)"/.test(line)) findings.add('a service logged an error', name, line.slice(0, 1_000));
    }
  }
}

function noteLeaks(samples: ReadonlyMap<string, MemorySample[]>, requests: number, findings: Findings): void {
  if (requests < LEAK_MIN_REQUESTS) return;
  for (const [name, taken] of samples) {
    const isFast = growthPerRequest(taken) > FAST_LEAK_BYTES;
    if (leaks(taken) && (isFast || requests >= SLOW_LEAK_MIN_REQUESTS))
      findings.add('memory climbs steadily', name, `${growthPerRequest(taken).toFixed(0)} bytes for each request`);
  }
}
