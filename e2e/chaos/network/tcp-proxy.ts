import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Flow, forward, type Pipe } from './pipe.ts';

/**
 * pass      as if it were not there
 * cut       connections break, new ones too
 * hold      nothing comes through either way, and nobody is told: what TCP has taken arrives when it heals
 * no-send   the same for what clients send; what servers still answer arrives
 * no-answer the same for answers: requests take effect, and nobody hears of it
 * slow      half a second each way
 * drip      answers come a few bytes at a time
 */
export const LINK_MODES = ['pass', 'cut', 'hold', 'no-send', 'no-answer', 'slow', 'drip'] as const;
export type LinkMode = (typeof LINK_MODES)[number];

const SLOW_MS = 500;

interface Link {
  client: string;
  socket: Socket;
  upstream: Socket;
  there: Pipe;
  back: Pipe;
}

/** Looks at one connection. */
export interface Watch {
  /** The client has sent this. */
  sent(chunk: Buffer): void;
  /** Bytes of the server have gone on to the client. */
  answered(): void;
}

/** Stands before one server; each client names itself in the first line it sends (see route.ts). */
export class TcpProxy {
  readonly target: number;
  readonly #watch: ((client: string) => Watch) | undefined;
  #server: Server | undefined;
  #port = 0;
  readonly #links = new Set<Link>();
  readonly #modes = new Map<string, LinkMode>();

  constructor(target: number, watch?: (client: string) => Watch) {
    this.target = target;
    this.#watch = watch;
  }

  get port(): number {
    return this.#port;
  }

  /** Also again after `refuse`, on the same port. */
  async listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => this.#greet(socket)).listen(this.#port, '127.0.0.1');
    this.#server = server;
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** While its server is dead: connections are refused, not accepted and closed. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const { socket, upstream } of this.#links) {
      socket.destroy();
      upstream.destroy();
    }
  }

  set(client: string, mode: LinkMode): void {
    this.#modes.set(client, mode);
    for (const link of this.#links) if (link.client === client) this.#apply(link, mode);
  }

  #greet(socket: Socket): void {
    socket.on('error', () => undefined);
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\n');
      if (end < 0) return;
      socket.off('data', read);
      socket.pause();
      this.#join(socket, head.subarray(0, end).toString(), head.subarray(end + 1));
    };
    socket.on('data', read);
  }

  #join(socket: Socket, client: string, rest: Buffer): void {
    const mode = this.#modes.get(client) ?? 'pass';
    const upstream = connect(this.target, '127.0.0.1');
    upstream.on('error', () => undefined);
    const [there, back] = flowsOf(mode);
    const watch = this.#watch?.(client);
    if (watch) {
      if (rest.length > 0) watch.sent(rest);
      socket.on('data', watch.sent);
    }
    const link: Link = {
      client,
      socket,
      upstream,
      there: forward(socket, upstream, there, rest),
      back: forward(upstream, socket, back, Buffer.alloc(0), watch?.answered),
    };
    this.#links.add(link);
    socket.on('close', () => this.#links.delete(link));
    if (mode === 'cut') socket.destroy();
  }

  #apply(link: Link, mode: LinkMode): void {
    const [there, back] = flowsOf(mode);
    if (mode === 'cut') link.socket.destroy();
    link.there.set(there);
    link.back.set(back);
  }
}

function flowsOf(mode: LinkMode): [there: Flow, back: Flow] {
  const delayMs = mode === 'slow' ? SLOW_MS : 0;
  return [
    { held: mode === 'hold' || mode === 'no-send', delayMs, drips: false },
    { held: mode === 'hold' || mode === 'no-answer', delayMs, drips: mode === 'drip' },
  ];
}
