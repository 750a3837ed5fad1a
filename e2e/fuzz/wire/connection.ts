import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, takeAnswer } from './answer.ts';

/** What goes over a socket as it is: no HTTP client stands between that would mend or refuse it. */
export interface Transmission {
  /** Each is written by itself, one turn of the event loop after the one before. */
  pieces: Uint8Array[];
  /** Answers to wait for; with 0 the connection is cut when all is written. */
  answers: number;
  /** The answers have no body, as those to HEAD. */
  bodyless?: boolean;
}

/** No request may take longer; a hang shows as this, not as a run that never ends. Milliseconds. */
export const ANSWER_LIMIT_MS = 15_000;

/** One client's connection, kept alive as long as the server does: what one request leaves behind would meet the next. */
export class Connection {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * The answers, in order; fewer than were waited for where the server hung up.
   * @throws where nothing comes in time, what comes is no HTTP, or more comes than was asked for.
   */
  async exchange({ pieces, answers, bodyless = false }: Transmission): Promise<Answer[]> {
    const socket = await this.#connected();
    const got: Answer[] = [];
    let bytes: Buffer = Buffer.alloc(0);
    const { promise: finished, resolve: finish, reject: fail } = Promise.withResolvers<void>();
    const read = (ended: boolean): void => {
      try {
        for (
          let taken = takeAnswer(bytes, { bodyless, ended });
          taken;
          taken = takeAnswer(bytes, { bodyless, ended })
        ) {
          got.push(taken.answer);
          bytes = taken.rest;
        }
        if (got.length > answers) throw new Error(`${got.length} answers to ${answers} requests`);
        if (ended || got.length === answers) finish();
      } catch (error) {
        fail(error);
      }
    };
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      read(false);
    };
    const onClose = (): void => read(true);
    socket.on('data', onData).on('close', onClose);
    const limit = setTimeout(() => fail(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)), ANSWER_LIMIT_MS);
    let keep = false;
    try {
      await write(socket, pieces);
      if (answers > 0) await finished;
      keep = answers > 0 && got.length === answers && !got.some(({ last }) => last);
      return got;
    } finally {
      clearTimeout(limit);
      socket.off('data', onData).off('close', onClose);
      if (!keep) this.close();
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #connected(): Promise<Socket> {
    if (this.#socket?.writable && this.#socket.readable) return this.#socket;
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    // A server may hang up on rubbish in the middle of it; what it said before counts.
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    return (this.#socket = socket);
  }
}

async function write(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(piece);
    if (pieces.length > 1) await new Promise(setImmediate);
  }
}
