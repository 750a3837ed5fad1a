import { EVENT_NAME } from '../load/draw-event.ts';
import type { Watch } from '../network/tcp-proxy.ts';
import type { SendRecord } from '../oracle/evidence.ts';

const NAMES = new RegExp(EVENT_NAME, 'g');

/**
 * Who began to send what, and when an answer went back: read from the bytes on their way between services and providers. A name that
 * two chunks share is missed.
 */
export class SendLedger {
  readonly records: SendRecord[] = [];

  /** Looks at one connection, on which nothing is sent before the last is answered. */
  readonly watch = (by: string): Watch => {
    let open: SendRecord[] = [];
    return {
      sent: (chunk) => {
        const at = Date.now();
        const begun = [...chunk.toString('latin1').matchAll(NAMES)].map(([name]) => ({ name, by, at }));
        this.records.push(...begun);
        open.push(...begun);
      },
      answered: () => {
        for (const record of open) record.answeredAt = Date.now();
        open = [];
      },
    };
  };
}
