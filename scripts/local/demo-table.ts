interface ShownEvent {
  status: string;
  attempts: { outcome: string; errorClass?: string }[];
  history: { status: string }[];
}

interface Row {
  name: string;
  status: string;
  attempts: string;
  way: string;
}

/** The demonstration's events: redrawn in place on a terminal, a line for each change elsewhere. */
export class DemoTable {
  readonly #output: NodeJS.WriteStream;
  readonly #rows = new Map<string, Row>();
  #drawn = 0;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  show(name: string, { status, attempts, history }: ShownEvent): void {
    const way = history.map((change) => change.status).join(' > ');
    if (this.#rows.get(name)?.way === way) return;
    const tries = attempts.map(({ outcome, errorClass }) => errorClass ?? outcome).join(', ');
    this.#rows.set(name, { name, status, attempts: tries, way });
    if (this.#output.isTTY) this.#draw();
    else this.#output.write(`  ${name.padEnd(28)} ${way}\n`);
  }

  note(text: string): void {
    this.#output.write(`  ${text}\n`);
    this.#drawn = 0;
  }

  /** The table once more, whole, where the changes were only told line by line. */
  finish(): void {
    if (this.#output.isTTY) return;
    this.#output.write('\n');
    this.#draw();
  }

  #draw(): void {
    const lines = [line('event', 'status', 'attempts'), ...[...this.#rows.values()].map(rowLine)];
    if (this.#drawn > 0) this.#output.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#output.write(`${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

function rowLine({ name, status, attempts }: Row): string {
  return line(name, status, attempts);
}

function line(name: string, status: string, attempts: string): string {
  return `  ${name.padEnd(28)} ${status.padEnd(14)} ${attempts}`.trimEnd();
}
