import type { Case } from './cases/case.ts';
import { authorized } from './cases/request.ts';
import { KNOWN_ID } from './cases/hostile.ts';
import { acceptedIds, faultOfAnswer } from './judge/judge-answer.ts';
import { changedFields } from './judge/judge-stored.ts';
import { describeCase, type Findings } from './judge/findings.ts';
import type { Answer } from './wire/answer.ts';
import { Connection } from './wire/connection.ts';
import { requestBytes } from './wire/request-bytes.ts';

const CONNECTIONS = 24;
const OF_ANOTHER_FORM = new Set(['batch', 'former event', 'any JSON', 'typed event', 'mutated typed event']);

export interface Ports {
  ingestion: number;
  retry: number;
}

/** Sends cases over some connections at once, judges each answer, and reads back what was accepted. */
export class Fuzzer {
  /** Ids of all events that an answer said were taken in. */
  readonly accepted = new Set<string>();
  /** Keys of requests to the former systems' endpoints that were taken in. */
  readonly former = new Set<string>();
  /** Ids of recipients that an answer said were suppressed. */
  readonly suppressed = new Set<string>();
  /** How often each status was answered. */
  readonly statuses: Record<string, number> = {};
  slowestMs = 0;
  #sent = 0;
  #lastId = '0'.repeat(KNOWN_ID.length);
  readonly #clients: { ingestion: Connection; retry: Connection; reader: Connection }[];
  readonly #cases: Iterator<Case>;
  readonly #key: string;
  readonly #findings: Findings;

  constructor(ports: Ports, key: string, cases: Iterator<Case>, findings: Findings) {
    this.#clients = Array.from({ length: CONNECTIONS }, () => ({
      ingestion: new Connection(ports.ingestion),
      retry: new Connection(ports.retry),
      reader: new Connection(ports.ingestion),
    }));
    this.#key = key;
    this.#cases = cases;
    this.#findings = findings;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Goes on until so many requests are sent in all. */
  async goOn(until: number): Promise<void> {
    await Promise.all(
      this.#clients.map(async (client) => {
        while (this.#sent < until) {
          const next = this.#cases.next();
          if (next.done) return;
          this.#sent += 1;
          await this.#do(this.#sent, next.value, client);
        }
      }),
    );
  }

  close(): void {
    for (const client of this.#clients) for (const connection of Object.values(client)) connection.close();
  }

  async #do(
    number: number,
    drawn: Case,
    client: { ingestion: Connection; retry: Connection; reader: Connection },
  ): Promise<void> {
    const done = { ...drawn, pieces: drawn.pieces.map((piece) => withId(piece, this.#lastId)) };
    const found = (what: string, answer: string): void =>
      this.#findings.add(what, done.kind, describeCase(number, done, answer));
    const start = performance.now();
    let answers: Answer[] = [];
    try {
      answers = await client[done.service].exchange(done);
    } catch (error) {
      return found(error instanceof Error ? error.message : String(error), 'none');
    }
    // What is left of rubbish is not to meet the next request.
    if (done.rubbish) client[done.service].close();
    this.slowestMs = Math.max(this.slowestMs, performance.now() - start);
    for (const answer of answers) {
      this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
      const fault = faultOfAnswer(done, answer);
      if (fault) found(fault, `${answer.status} ${answer.text}`);
      await this.#note(done, answer, client.reader, found);
    }
    // The parser may hang up on rubbish without a word.
    if (answers.length < done.answers && !done.rubbish)
      found('no answer: the connection was closed', `${answers.length} answers`);
  }

  /** What was taken in, and whether it can be read back. */
  async #note(
    done: Case,
    answer: Answer,
    reader: Connection,
    found: (what: string, answer: string) => void,
  ): Promise<void> {
    const { status, text } = answer;
    if (done.former !== undefined) {
      if (status < 300 || done.may?.includes(status)) this.former.add(done.former);
    } else if (done.kind === 'suppression') {
      if (status < 300) this.suppressed.add((JSON.parse(text) as { id: string }).id);
    } else {
      for (const id of acceptedIds(answer)) await this.#readBack(id, done, reader, found);
    }
  }

  async #readBack(
    id: string,
    { kind, json }: Case,
    reader: Connection,
    found: (what: string, answer: string) => void,
  ): Promise<void> {
    if (this.accepted.has(id)) found('an id that was given twice', id);
    this.accepted.add(id);
    const get = requestBytes({ method: 'GET', target: `/v1/events/${id}`, headers: [authorized(this.#key)] });
    const [answer] = await reader.exchange({ pieces: [get], answers: 1 }).catch(() => []);
    // Not before: others would move it.
    this.#lastId = id;
    if (answer?.status !== 200) {
      found('an accepted event that cannot be read back', `${answer?.status} ${answer?.text}`);
      return;
    }
    // The others are not one event in our own form.
    if (json === undefined || OF_ANOTHER_FORM.has(kind)) return;
    for (const field of changedFields(json, answer.text))
      found(`${field} does not come back as it was sent`, answer.text);
  }
}

function withId(piece: Uint8Array, id: string): Uint8Array {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return bytes.includes(KNOWN_ID) ? Buffer.from(bytes.toString('latin1').replaceAll(KNOWN_ID, id), 'latin1') : piece;
}
