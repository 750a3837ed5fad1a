/**
 * Loaded into each service before its main.ts: its wall clock is off by the milliseconds that stand in a file, while there
 * is one. The monotonic clock and timers go on as they do on a machine whose clock is set.
 */
import { readFileSync } from 'node:fs';

const file = process.env['CHAOS_CLOCK'] ?? '';
const RealDate = Date;
/** A step is noticed within this time, milliseconds. */
const LOOK_MS = 250;
let offset = 0;

function read(): void {
  try {
    offset = Number(readFileSync(file, 'utf8'));
  } catch {
    offset = 0;
  }
}

const now = (): number => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? now : (Reflect.get(target, property, receiver) as unknown),
});

// A machine's clock stays wrong when a process on it starts anew.
read();
setInterval(read, LOOK_MS).unref();
