export type Log = (line: string) => void;

export interface ServerOptions {
  port: number;
  /** Names the data: started again under the same name, a server finds what it had. */
  name: string;
  /** Throw away the data of an earlier run. */
  fresh: boolean;
  log: Log;
  /** Called when the server ends without having been asked to. */
  onCrash?: (server: Server) => void;
}

export interface Server {
  title: 'Kafka' | 'MongoDB';
  address: string;
  how: 'given' | 'docker' | 'native';
  /** The process, where it is one of this machine's (native); another one after each start. */
  readonly pid?: number | undefined;
  /** Ends it in good order; with `discard` its data goes too. */
  stop(options?: { discard?: boolean }): Promise<void>;
  /** SIGKILL: what was on disk stays on disk. */
  kill(): Promise<void>;
  /** Again, on the same port and with the same data. */
  start(): Promise<void>;
}

export function givenServer(title: Server['title'], address: string): Server {
  const notOurs = (): Promise<never> =>
    Promise.reject(new Error(`${address} was given: whoever runs it starts and ends it`));
  return { title, address, how: 'given', stop: () => Promise.resolve(), kill: notOurs, start: notOurs };
}
