import type { Case } from '../cases/case.ts';

export interface Finding {
  what: string;
  /** Kinds of case in which it was seen, and how often. */
  kinds: Record<string, number>;
  count: number;
  /** The first few, as text. */
  examples: string[];
}

const EXAMPLES = 3;
const SHOWN = 1_500;

/** What was found, each kind of finding once. */
export class Findings {
  readonly #found = new Map<string, Finding>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(what: string, kind: string, example: string): void {
    const finding = this.#found.get(what) ?? { what, kinds: {}, count: 0, examples: [] };
    if (finding.count === 0) this.#log(`FOUND ${what}: ${example}`);
    finding.count += 1;
    finding.kinds[kind] = (finding.kinds[kind] ?? 0) + 1;
    if (finding.examples.length < EXAMPLES) finding.examples.push(example);
    this.#found.set(what, finding);
  }

  list(): Finding[] {
    return [...this.#found.values()];
  }
}

/** A case and its answer, short enough to read. */
export function describeCase(number: number, { service, kind, pieces }: Case, answer: string): string {
  const sent = JSON.stringify(Buffer.concat(pieces).toString('utf8').slice(0, SHOWN));
  return `#${number} ${kind} to ${service}: ${sent} -> ${answer.slice(0, SHOWN)}`;
}
