import { TcpProxy } from '../network/tcp-proxy.ts';
import type { ControlledProcess } from './controlled-process.ts';
import type { Cleanup } from './places.ts';

const START_LIMIT_MS = 120_000;

/** A broker or a mongod, with the proxy before it that services reach it by. */
export interface Node {
  readonly name: string;
  /** Its own port: for its peers and for the harness, which looks past the faults. */
  readonly port: number;
  readonly proxy: TcpProxy;
  readonly process: ControlledProcess;
  kill(): Promise<void>;
  /** Again, over the same data; resolves when it serves. */
  start(): Promise<void>;
}

export async function startNode(
  process: ControlledProcess,
  port: number,
  ready: (signal: AbortSignal) => Promise<void>,
  cleanup: Cleanup,
): Promise<Node> {
  const proxy = new TcpProxy(port);
  const launch = async (): Promise<void> => {
    await process.start();
    await proxy.listen();
  };
  const stop = async (): Promise<void> => {
    proxy.refuse();
    await process.stop();
  };
  cleanup(stop);
  await launch();
  await ready(AbortSignal.timeout(START_LIMIT_MS));
  return {
    name: process.name,
    port,
    proxy,
    process,
    kill: async () => {
      await process.kill();
      proxy.refuse();
    },
    start: async () => {
      await launch();
      await ready(AbortSignal.timeout(START_LIMIT_MS));
    },
  };
}
