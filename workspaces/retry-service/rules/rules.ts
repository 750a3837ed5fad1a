import { CHANNELS } from '@postrider/shared/events/channels.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { failover, faultInFailover } from './failover.ts';
import { type Failing, match, matches } from './match.ts';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `500ms`, `10s`, `5m`, `2h`, in milliseconds. */
const duration = z
  .string()
  .regex(/^\d{1,6}(?:ms|s|m|h)$/, 'must be a time such as 500ms, 10s, 5m or 2h')
  .transform((text) => Number.parseInt(text, 10) * UNITS[text.replace(/\d+/, '') as keyof typeof UNITS]);

const policy = {
  maxAttempts: z.number().int().min(1).max(100),
  baseBackoff: duration,
  maxBackoff: duration,
  maxRetryAfter: duration,
};

/** How a wait is drawn: up to its bound, or the bound itself. */
const jitter = z.enum(['full', 'none']);

const rule = z
  .strictObject({
    match,
    ...z.object(policy).partial().shape,
    jitter: jitter.optional(),
    failover: failover.optional(),
  })
  .superRefine(({ match: given, failover: asked }, context) => {
    if (asked === undefined || asked === 'none') return;
    const fault = faultInFailover(given, asked.to);
    if (fault) context.addIssue({ code: 'custom', message: fault, path: ['failover', 'to'] });
  });

/** A second text message costs money, and its receiver cannot tell it from the first. */
const ON_UNKNOWN_OUTCOME = { email: 'resend', sms: 'hold', push: 'resend', chat: 'resend', webhook: 'resend' } as const;

const ruleFile = z.strictObject({
  defaults: z.strictObject(policy),
  /** Attempts since an event was accepted or replayed, whatever rules allow to each of its providers. */
  maxAttemptsInAll: z.number().int().min(1).max(1_000).default(20),
  onUnknownOutcome: z
    .partialRecord(z.enum(CHANNELS), z.enum(['resend', 'hold']))
    .default({})
    .transform((given) => ({ ...ON_UNKNOWN_OUTCOME, ...given })),
  rules: z.array(rule).default([]),
});
export type Rules = z.output<typeof ruleFile>;

/** What holds for one failed attempt; times in milliseconds. */
export interface Policy {
  maxAttempts: number;
  baseBackoff: number;
  maxBackoff: number;
  maxRetryAfter: number;
  jitter: z.output<typeof jitter>;
}

/** @throws ConfigError naming every fault and its place in the file. */
export function parseRules(text: string, file: string): Rules {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (error) {
    throw new ConfigError(`faulty rules in ${file}: ${(error as Error).message}`);
  }
  const result = ruleFile.safeParse(content);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.') || '(file)'}: ${message}`);
  throw new ConfigError(`faulty rules in ${file}:\n${faults.join('\n')}`);
}

/** Each of its values is that of the first matching rule that says it, else the default. */
export function policyFor({ rules, defaults }: Rules, failing: Failing): Policy {
  const found = rules.filter(({ match }) => matches(match, failing));
  const first = (name: keyof typeof policy): number =>
    found.find((rule) => rule[name] !== undefined)?.[name] ?? defaults[name];
  return {
    maxAttempts: first('maxAttempts'),
    baseBackoff: first('baseBackoff'),
    maxBackoff: first('maxBackoff'),
    maxRetryAfter: first('maxRetryAfter'),
    jitter: found.find((rule) => rule.jitter)?.jitter ?? 'full',
  };
}
