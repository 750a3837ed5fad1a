import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { answerCalls } from '../processes/calls.ts';
import { type Percentiles, percentilesOf } from '../report/statistics.ts';
import { monotonicMicros } from './moment.ts';

export interface SinkReport {
  /** Different events, by their `webhook-id` header, or by their number where the system under test sends none. */
  unique: number;
  /** Requests, repeated ones included. */
  requests: number;
  /** Monotonic microseconds; 0 before the first. */
  firstArrival: number;
  lastArrival: number;
  /** Milliseconds from POST to arrival. */
  latency: Percentiles;
}

const HOOK = '/hook';

/** Answers 200 to everything and counts, by path: as little as a receiver can do. */
class Arrivals {
  readonly seen = new Set<string>();
  readonly latencies: number[] = [];
  requests = 0;
  first = 0;
  last = 0;
}
const paths = new Map<string, Arrivals>();

function arrivalsAt(path = HOOK): Arrivals {
  let arrivals = paths.get(path);
  if (!arrivals) paths.set(path, (arrivals = new Arrivals()));
  return arrivals;
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  request.on('end', () => {
    const arrivals = arrivalsAt(request.url);
    const now = monotonicMicros();
    arrivals.first ||= now;
    arrivals.last = now;
    arrivals.requests += 1;
    const sentAt = numberAfter(text, '"sentAt":');
    if (sentAt !== undefined) arrivals.latencies.push((now - sentAt) / 1_000);
    const id = request.headers['webhook-id'] ?? numberAfter(text, '"n":') ?? arrivals.requests;
    arrivals.seen.add(String(id));
    response.end();
  });
});

/** Takes connections and never answers. */
const held = new Set<Socket>();
const silent = createTcpServer((socket) => {
  held.add(socket);
  socket.on('error', () => undefined).on('close', () => held.delete(socket));
  socket.resume();
});

/** A whole parse of the body would cost more than the rest of the sink. */
function numberAfter(text: string, name: string): number | undefined {
  const at = text.indexOf(name);
  if (at < 0) return undefined;
  const value = Number.parseInt(text.slice(at + name.length, at + name.length + 20), 10);
  return Number.isNaN(value) ? undefined : value;
}

const calls = {
  listen: async (port: number): Promise<string> => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', 1_024, resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}${HOOK}`;
  },
  /** The address of a receiver that hangs, until `endSilence`. */
  listenSilently: async (): Promise<string> => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(silent.address() as AddressInfo).port}${HOOK}`;
  },
  endSilence: (): void => {
    silent.close();
    for (const socket of held) socket.destroy();
  },
  reset: (): void => paths.clear(),
  progress: (path?: string) => {
    const { seen, requests, first, last } = arrivalsAt(path);
    return { unique: seen.size, requests, firstArrival: first, lastArrival: last };
  },
  report: (path?: string): SinkReport => ({
    ...calls.progress(path),
    latency: percentilesOf(arrivalsAt(path).latencies),
  }),
};
export type SinkCalls = typeof calls;

answerCalls(calls);
