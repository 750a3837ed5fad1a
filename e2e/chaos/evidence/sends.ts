import { EVENT_NAME } from '../load/draw-event.ts';
import type { SendRecord } from '../oracle/evidence.ts';

const NAMES = new RegExp(EVENT_NAME, 'g');

/** Who began to send what: read from the bytes on their way to the providers. A name that two chunks share is missed. */
export class SendLedger {
  readonly records: SendRecord[] = [];

  readonly watch = (by: string, chunk: Buffer): void => {
    for (const [name] of chunk.toString('latin1').matchAll(NAMES)) this.records.push({ name, by, at: Date.now() });
  };
}
