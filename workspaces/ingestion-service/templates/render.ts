import type { FieldError } from '@postrider/shared/errors/app-error.ts';
import { LiquidError, UndefinedVariableError } from 'liquidjs';
import type { CompiledPart, Template } from './compile.ts';
import { MAX_OUTPUT } from './liquid.ts';

export type Rendered = { fields: Record<string, unknown> } | { faults: FieldError[] };

/** The payload's fields that a template writes, or what is missing in the data; each part tells its first fault. */
export function render({ file, channel, parts }: Template, scope: object): Rendered {
  const faults: FieldError[] = [];
  const fields: Record<string, string> = {};
  for (const part of parts) {
    const result = renderPart(part, scope);
    if (typeof result !== 'string')
      faults.push({ ...result, message: `${result.message} (${file}, part ${part.name})` });
    else if (result !== '') fields[part.name] = result;
  }
  if (faults.length > 0) return { faults };
  if (channel !== 'webhook') return { fields };
  try {
    return { fields: { ...fields, body: JSON.parse(fields['body'] ?? '') as unknown } };
  } catch {
    return { faults: [{ path: 'data', message: `makes no JSON of ${file}` }] };
  }
}

function renderPart({ name, engine, nodes }: CompiledPart, scope: object): string | FieldError {
  try {
    const output = String(engine.renderSync(nodes, scope)).trim();
    if (output.length > MAX_OUTPUT)
      return { path: 'data', message: `makes a text of more than ${MAX_OUTPUT} characters` };
    return isOneLine(name) ? output.replaceAll(/\s+/g, ' ') : output;
  } catch (error) {
    if (error instanceof UndefinedVariableError) {
      return { path: error.token.getText(), message: 'is missing, and the template needs it' };
    }
    if (error instanceof LiquidError) {
      return { path: 'data', message: error.originalError?.message ?? 'cannot be rendered' };
    }
    throw error;
  }
}

/** What becomes a header or a headline: a line break in the data must not break it. */
const isOneLine = (part: string): boolean => part === 'subject' || part === 'title';
