import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const BYTE_EVERY_MS = 1_000;
/** The limit for headers (15 s), the interval at which servers look at it (5 s), and something for a busy machine. */
const LIMIT_MS = 25_000;

interface SlowClient {
  socket: Socket;
  answer: string;
  /** Milliseconds from the connection to its end. */
  heldMs?: number;
}

/** Clients that send a byte of their headers each second, and never come to an end. */
export class SlowClients {
  readonly #clients: SlowClient[];
  readonly #timer: NodeJS.Timeout;
  readonly #start = performance.now();

  constructor(port: number, count: number) {
    this.#clients = Array.from({ length: count }, () => this.#begin(port));
    this.#timer = setInterval(() => {
      for (const { socket } of this.#clients) if (socket.writable) socket.write('x');
    }, BYTE_EVERY_MS);
  }

  /** What is wrong with how the server ended them, of each; waits until their time is over. */
  async faults(): Promise<string[]> {
    const open = (): boolean => this.#clients.some(({ heldMs }) => heldMs === undefined);
    while (open() && performance.now() - this.#start < LIMIT_MS) await pause(100);
    return this.#clients.flatMap(({ heldMs, answer }) => {
      if (heldMs === undefined) return [`a slow client is held for more than ${LIMIT_MS} ms`];
      return answer.startsWith('HTTP/1.1 408 ') ? [] : ['a slow client that is not told 408'];
    });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#clients) socket.destroy();
  }

  #begin(port: number): SlowClient {
    const socket = connect({ port, host: '127.0.0.1' }, () =>
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    );
    const client: SlowClient = { socket, answer: '' };
    socket.on('data', (chunk: Buffer) => (client.answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (client.heldMs = performance.now() - this.#start));
    return client;
  }
}
