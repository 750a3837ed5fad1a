import type { SendRecord } from '../oracle/evidence.ts';

/** As the load generator names its events; see load/. */
const KEY = /(?:chaos|same)-\d+-\d+/g;

/** Who began to send what: read from the bytes on their way to the providers. A key that two chunks share is missed. */
export class SendLedger {
  readonly records: SendRecord[] = [];

  readonly watch = (by: string, chunk: Buffer): void => {
    for (const [key] of chunk.toString('latin1').matchAll(KEY)) this.records.push({ key, by, at: Date.now() });
  };
}
