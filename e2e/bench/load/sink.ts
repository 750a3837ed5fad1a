import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { answerCalls } from '../processes/calls.ts';
import type { Percentiles } from '../report/statistics.ts';
import { Arrivals, type Identity, type Progress } from './arrivals.ts';

export type SinkReport = Progress & {
  /** Milliseconds from POST to arrival. */
  latency: Percentiles;
};

const HOOK = '/hook';

let identity: Identity = 'webhook-id';
const paths = new Map<string, Arrivals>();

function arrivalsAt(path = HOOK): Arrivals {
  let arrivals = paths.get(path);
  if (!arrivals) paths.set(path, (arrivals = new Arrivals(identity)));
  return arrivals;
}

/** Answers 200 to everything and counts, by path: as little as a receiver can do. */
const count: RequestListener = (request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  request.on('end', () => {
    arrivalsAt(request.url).add(request.headers, text);
    response.end();
  });
};

async function openReceiver(port: number): Promise<string> {
  const server = createServer({ keepAliveTimeout: 120_000 }, count);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', 1_024, resolve);
  });
  return hookOf(server);
}

const hookOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${HOOK}`;

/** Receivers on ports of their own, and so destinations of their own; kept for the next who asks. */
const receivers: string[] = [];

/** Takes connections and never answers. */
const held = new Set<Socket>();
const silent = createTcpServer((socket) => {
  held.add(socket);
  socket.on('error', () => undefined).on('close', () => held.delete(socket));
  socket.resume();
});

const calls = {
  listen: openReceiver,
  /** The addresses of so many receivers beside the first; they count as it does. */
  listenOnMany: async (count: number): Promise<string[]> => {
    while (receivers.length < count) receivers.push(await openReceiver(0));
    return receivers.slice(0, count);
  },
  /** The address of a receiver that hangs, until `endSilence`. */
  listenSilently: async (): Promise<string> => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    return hookOf(silent);
  },
  endSilence: (): void => {
    silent.close();
    for (const socket of held) socket.destroy();
  },
  reset: (by: Identity = 'webhook-id'): void => {
    identity = by;
    paths.clear();
  },
  progress: (path?: string): Progress => arrivalsAt(path).progress,
  report: (path?: string): SinkReport => {
    const arrivals = arrivalsAt(path);
    return { ...arrivals.progress, latency: arrivals.latency };
  },
  /** The same; the next report's latencies are of what comes from now on. */
  reportAndForget: (path?: string): SinkReport => {
    const report = calls.report(path);
    arrivalsAt(path).forgetLatencies();
    return report;
  },
};
export type SinkCalls = typeof calls;

answerCalls(calls);
