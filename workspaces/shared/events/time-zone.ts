/** A wall clock's reading, without a zone; written as if it were UTC, in milliseconds since the epoch. */
export type LocalTime = number;

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** An IANA name, such as Europe/Berlin or UTC. Offsets (+01:00), which Intl takes too, know no daylight saving. */
export function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && formatOf(name) !== undefined;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at a moment. */
export function localTimeAt(moment: Date, zone: string): LocalTime {
  return moment.getTime() + offsetAt(moment.getTime(), zone);
}

/**
 * The moments at which the clocks of a zone show a time, the earlier one first: two when they are set back over it. When they are
 * set forward past it there is none; then it is read by the offset from before, so that 02:30 becomes 03:30. The same choices as
 * `compatible` and `later` of Temporal (ECMA-262 proposal, GetPossibleEpochNanoseconds).
 */
export function momentsOf(local: LocalTime, zone: string): Date[] {
  const before = offsetAt(local - DAY_MS, zone);
  const after = offsetAt(local + DAY_MS, zone);
  const shown = [...new Set([local - before, local - after])].filter((time) => time + offsetAt(time, zone) === local);
  return (shown.length > 0 ? shown : [local - before]).sort((a, b) => a - b).map((time) => new Date(time));
}

/** Milliseconds by which a zone is ahead of UTC. */
function offsetAt(time: number, zone: string): number {
  const name = formatOf(zone)
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name ?? '') ?? [];
  const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -size : size;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  // By its own name: what clients send in upper and lower case must not fill the memory.
  formats.set(format.resolvedOptions().timeZone, format);
  return format;
}
