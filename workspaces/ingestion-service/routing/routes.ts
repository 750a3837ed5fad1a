import { messageOf } from '@postrider/shared/errors/app-error.ts';
import { CHANNELS, PRIORITIES, PROVIDER_NAMES, PROVIDERS } from '@postrider/shared/events/channels.ts';
import { quietHours } from '@postrider/shared/events/quiet-hours.ts';
import { EVENT_TYPE } from '@postrider/shared/events/typed-event.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Templates } from '../templates/templates.ts';
import { type Condition, parseCondition } from './condition.ts';
import { path } from './path.ts';

const MAX_MESSAGES = 20;

const condition = z.string().transform((text, context): Condition => {
  try {
    return parseCondition(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) });
    return z.NEVER;
  }
});

/** One, or a list of them. */
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(item).min(1).max(10));

const message = z
  .strictObject({
    channel: z.enum(CHANNELS),
    /** Folder of the template; the event's type unless said. */
    template: z.string().regex(EVENT_TYPE, 'must be the name of a folder of templates').optional(),
    /** All of them must hold. */
    when: oneOrMore(condition).default([]),
    /** Where the recipient stands: the first path that leads to something, to one recipient or to a list of them. */
    to: oneOrMore(path).optional(),
    /** The recipient itself. */
    address: z.string().min(1).max(2_048).optional(),
    /** Left out when its recipient is missing; but of a typed event that names no recipient at all nothing is left out. */
    optional: z.boolean().default(false),
    priority: z.enum(PRIORITIES).optional(),
    provider: z.enum(PROVIDER_NAMES).optional(),
    /** Fields of the payload that neither the template nor the recipient gives, such as `from` or `headers`. */
    payload: z.record(z.string(), z.unknown()).default({}),
  })
  .refine(({ to, address }) => to === undefined || address === undefined, {
    message: 'either to or address, not both',
    path: ['address'],
  })
  .refine(({ channel, provider }) => provider === undefined || PROVIDERS[provider] === channel, {
    message: 'does not serve this channel',
    path: ['provider'],
  });
export type RouteMessage = z.output<typeof message>;

const route = z.strictObject({
  priority: z.enum(PRIORITIES).default('default'),
  quietHours: quietHours.optional(),
  messages: z.array(message).min(1).max(MAX_MESSAGES),
});

/** A type; or, ending in `.*`, all types that begin so; or `*`, every type. */
const PATTERN = /^(?:\*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?)$/;

const routeFile = z.strictObject({
  routes: z.record(z.string().max(100).regex(PATTERN, 'must be a type, such as payment.failed, payment.* or *'), route),
});

export type Route = z.output<typeof route> & { pattern: string };

export interface Routes {
  /** The most specific route of a type: its own, else the one with the longest beginning; undefined when there is none. */
  find(type: string): Route | undefined;
}

/** @throws ConfigError naming every fault and its place in the file, a template that does not exist among them. */
export function parseRoutes(text: string, file: string, templates: Templates): Routes {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    throw new ConfigError(`faulty routes in ${file}: ${messageOf(error)}`);
  }
  const result = routeFile.safeParse(content);
  const faults = result.success
    ? missingTemplates(result.data.routes, templates)
    : result.error.issues.map((issue) => `${issue.path.join('.') || '(file)'}: ${faultOf(issue)}`);
  if (!result.success || faults.length > 0) {
    throw new ConfigError(`faulty routes in ${file}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
  const routes = new Map(
    Object.entries(result.data.routes).map(([pattern, found]) => [pattern, { ...found, pattern }]),
  );
  return {
    find: (type) => {
      const words = type.split('.');
      const wider = words.map((_, n) => [...words.slice(0, words.length - n - 1), '*'].join('.'));
      return [type, ...wider].map((pattern) => routes.get(pattern)).find((found) => found !== undefined);
    },
  };
}

function faultOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** Those that can be known without an event: a wildcard without `template` takes each type's own. Webhooks need none. */
function missingTemplates(routes: Record<string, z.output<typeof route>>, templates: Templates): string[] {
  return Object.entries(routes).flatMap(([pattern, { messages }]) =>
    messages.flatMap(({ channel, template }, at) => {
      const name = template ?? (pattern.endsWith('*') ? undefined : pattern);
      const exists = name === undefined || templates.find(name, channel) !== undefined;
      const optional = channel === 'webhook' && template === undefined;
      return exists || optional
        ? []
        : [`routes.${pattern}.messages.${at}.template: there is no ${name}/${channel}.liquid`];
    }),
  );
}
