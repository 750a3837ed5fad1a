import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { Channel } from '@postrider/shared/events/channels.ts';
import { type Liquid, LiquidError, type Template as Node } from 'liquidjs';
import { type Escaping, escapingOf } from './liquid.ts';
import { splitParts } from './template-file.ts';

/** What templates know of a typed event. */
export const VARIABLES = ['type', 'eventId', 'data', 'to', 'locale', 'metadata'];

export interface CompiledPart {
  name: string;
  engine: Liquid;
  nodes: Node[];
}

/** One message in one language, ready to be rendered. */
export interface Template {
  /** As people find it: `payment.failed/email.de.liquid`. */
  file: string;
  channel: Channel;
  parts: CompiledPart[];
}

/** @throws Error whose message starts with the line of the fault. */
export function compile(file: string, text: string, channel: Channel, engines: Record<Escaping, Liquid>): Template {
  const parts = splitParts(text, channel).map(({ name, source }): CompiledPart => {
    const engine = engines[escapingOf(name, channel)];
    try {
      const nodes = engine.parse(source);
      requireKnownVariables(engine, nodes);
      return { name, engine, nodes };
    } catch (error) {
      throw new Error(faultOf(error), { cause: error });
    }
  });
  return { file, channel, parts };
}

/** Follows partials, too: one that is missing throws. */
function requireKnownVariables(engine: Liquid, nodes: Node[]): void {
  const { globals } = engine.analyzeSync(nodes);
  for (const [name, [first]] of Object.entries(globals)) {
    if (VARIABLES.includes(name)) continue;
    const known = VARIABLES.join(', ');
    throw new Error(`${first?.location.row ?? 1}: there is no variable ${name}, only ${known}`);
  }
}

function faultOf(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof LiquidError)) return /^\d+: /.test(message) ? message : `1: ${message}`;
  const { token, originalError } = error;
  const [line = 1] = token.getPosition();
  const fault = (originalError?.message ?? message).replace(/, (?:file|line):.*$/s, '');
  return token.file === undefined ? `${line}: ${fault}` : `1: ${fault}, in line ${line} of the partial ${token.file}`;
}
