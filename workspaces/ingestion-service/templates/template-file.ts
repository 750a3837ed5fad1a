import { CHANNELS, type Channel } from '@postrider/shared/events/channels.ts';
import { CHANNEL_FIELDS } from '../routing/channel-fields.ts';

export interface TemplateName {
  channel: Channel;
  /** In its canonical form; undefined: for every language that has no template of its own. */
  locale?: string;
}

/** `<channel>[.<locale>].liquid`; undefined for any other name. */
export function parseTemplateName(name: string): TemplateName | undefined {
  const [, channel, tag] = /^([a-z]+)(?:\.([A-Za-z0-9-]+))?\.liquid$/.exec(name) ?? [];
  const known = CHANNELS.find((one) => one === channel);
  if (!known) return undefined;
  try {
    return { channel: known, ...(tag !== undefined && { locale: new Intl.Locale(tag).baseName }) };
  } catch {
    return undefined;
  }
}

/** A part of the message, with its place in the file kept: line n of the file is line n of `source`. */
export interface TemplatePart {
  name: string;
  source: string;
}

const PART_LINE = /^--- ([a-z]+)[ \t]*$/;

/**
 * The parts of a template file. Each starts with a line `--- name`; a file without such lines is the one part that its channel requires.
 * @throws Error with the line of what is wrong.
 */
export function splitParts(text: string, channel: Channel): TemplatePart[] {
  const { parts: allowed, required } = CHANNEL_FIELDS[channel];
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, at) => {
    const name = PART_LINE.exec(line)?.[1];
    return name === undefined ? [] : [{ name, at }];
  });
  const [first] = starts;
  if (!first) {
    const [only, ...others] = required;
    if (only === undefined || others.length > 0 || channel === 'email') {
      throw new Error(`1: must consist of parts, each after a line such as "--- ${allowed[0]}"`);
    }
    return [{ name: only, source: text }];
  }
  const before = lines.slice(0, first.at).findIndex((line) => line.trim() !== '');
  if (before >= 0) throw new Error(`${before + 1}: text before the first part`);
  const seen = new Set<string>();
  for (const { name, at } of starts) {
    if (!allowed.includes(name))
      throw new Error(`${at + 1}: ${channel} has no part ${name}, only ${allowed.join(', ')}`);
    if (seen.has(name)) throw new Error(`${at + 1}: the part ${name} is there twice`);
    seen.add(name);
  }
  const missing = required.find((name) => !seen.has(name));
  if (missing !== undefined) throw new Error(`1: the part ${missing} is missing`);
  if (channel === 'email' && !seen.has('text') && !seen.has('html')) {
    throw new Error('1: the part text or html is missing');
  }
  return starts.map(({ name, at }, n) => ({
    name,
    source: '\n'.repeat(at + 1) + lines.slice(at + 1, starts[n + 1]?.at).join('\n'),
  }));
}
