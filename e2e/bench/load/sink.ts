import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCalls } from '../processes/calls.ts';
import { type Percentiles, percentilesOf } from '../report/statistics.ts';
import { monotonicMicros } from './moment.ts';

export interface SinkReport {
  /** Different events, by their `webhook-id` header, or by their number where the system under test sends none. */
  unique: number;
  /** Requests, repeated ones included. */
  requests: number;
  /** Monotonic microseconds; 0 before the first. */
  lastArrival: number;
  /** Milliseconds from POST to arrival. */
  latency: Percentiles;
}

/** Answers 200 to everything and counts: as little as a receiver can do. */
const seen = new Set<string>();
let latencies: number[] = [];
let requests = 0;
let lastArrival = 0;

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  request.on('end', () => {
    lastArrival = monotonicMicros();
    requests += 1;
    const sentAt = numberAfter(text, '"sentAt":');
    if (sentAt !== undefined) latencies.push((lastArrival - sentAt) / 1_000);
    const id = request.headers['webhook-id'] ?? numberAfter(text, '"n":') ?? requests;
    seen.add(String(id));
    response.end();
  });
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
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  },
  reset: (): void => {
    seen.clear();
    latencies = [];
    requests = 0;
    lastArrival = 0;
  },
  progress: () => ({ unique: seen.size, requests, lastArrival }),
  report: (): SinkReport => ({ ...calls.progress(), latency: percentilesOf(latencies) }),
};
export type SinkCalls = typeof calls;

answerCalls(calls);
