import { Liquid, type LiquidOptions } from 'liquidjs';

/** What one render may take: templates are the operator's, but their data is anybody's. */
const LIMITS = {
  /** Milliseconds. */
  renderLimit: 500,
  /** Characters and items that filters and loops may make. */
  memoryLimit: 4_000_000,
  parseLimit: 1_000_000,
};

/** Characters of one part. */
export const MAX_OUTPUT = 256 * 1_024;

const EVERYWHERE: LiquidOptions = {
  strictVariables: true,
  strictFilters: true,
  // What may be missing is said to be: {% if data.x %}, {{ data.x | default: "" }}.
  lenientIf: true,
  ownPropertyOnly: true,
  timezoneOffset: 'UTC',
  ...LIMITS,
};

/** How the values in a part are written: none can end the markup, or the JSON, that it stands in. */
export type Escaping = 'html' | 'json' | 'none';

export function escapingOf(part: string, channel: string): Escaping {
  if (channel === 'webhook') return 'json';
  return part === 'html' ? 'html' : 'none';
}

const ESCAPES: Record<Escaping, LiquidOptions> = {
  html: { outputEscape: 'escape' },
  json: { outputEscape: (value: unknown) => JSON.stringify(value ?? null) },
  none: {},
};

/** One engine for each way to escape. `partials` are all that `render` and `include` can reach: no file is read for them. */
export function createEngines(partials: Record<string, string>): Record<Escaping, Liquid> {
  const engine = (escaping: Escaping): Liquid =>
    new Liquid({ ...EVERYWHERE, ...ESCAPES[escaping], templates: partials });
  return { html: engine('html'), json: engine('json'), none: engine('none') };
}
