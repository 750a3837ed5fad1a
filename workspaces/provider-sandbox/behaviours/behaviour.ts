import { type Channel, CHANNELS, PROVIDERS as ALL_PROVIDERS } from '@postrider/shared/events/channels.ts';
import { z } from 'zod';

export { type Channel, CHANNELS };

/** Whose wires there are, and the channel of each. Mails to the gateways of carriers come by `smtp`. */
const { 'email-to-sms': _gateway, ...PROVIDERS } = ALL_PROVIDERS;
export { PROVIDERS };
export type Provider = keyof typeof PROVIDERS;
export const PROVIDER_NAMES = Object.keys(PROVIDERS) as [Provider, ...Provider[]];

/**
 * succeed     accept and say so
 * slow        succeed, but answer late
 * drop        accept, then close the connection without an answer
 * garbage     accept, then answer what no client can use
 * fail        temporary failure
 * reject      permanent refusal
 * rate-limit  too many requests, with a time to wait
 * hang        no answer at all; after a while the connection is closed
 */
export const ACTIONS = ['succeed', 'slow', 'drop', 'garbage', 'fail', 'reject', 'rate-limit', 'hang'] as const;
export type Action = (typeof ACTIONS)[number];

const ACCEPTED: ReadonlySet<Action> = new Set(['succeed', 'slow', 'drop', 'garbage']);

/** No answer takes longer than this, in milliseconds. */
export const MAX_DELAY_MS = 120_000;

/** What the sandbox does with one message. */
export interface Behaviour {
  action: Action;
  /** Before the answer; for `hang` and `drop` before the connection is closed. */
  delayMs: number;
  /** Seconds that the answer asks to wait. */
  retryAfter?: number;
  /** HTTP status or SMTP reply code in place of the wire's own. */
  status?: number;
}

export const SUCCEED: Behaviour = { action: 'succeed', delayMs: 0 };

const DEFAULT_DELAY_MS: Partial<Record<Action, number>> = { slow: 1_000, hang: MAX_DELAY_MS };
const DEFAULT_RETRY_AFTER = 3;

export interface BehaviourOptions {
  delayMs?: number | undefined;
  retryAfter?: number | undefined;
  status?: number | undefined;
}

export function behaviour(action: Action, { delayMs, retryAfter, status }: BehaviourOptions = {}): Behaviour {
  const wait = retryAfter ?? (action === 'rate-limit' ? DEFAULT_RETRY_AFTER : undefined);
  return {
    action,
    delayMs: Math.min(delayMs ?? DEFAULT_DELAY_MS[action] ?? 0, MAX_DELAY_MS),
    ...(wait !== undefined && { retryAfter: wait }),
    ...(status !== undefined && { status }),
  };
}

/** Whether the provider has taken the message over, whatever it then answers. */
export function isAccepted({ action }: Behaviour): boolean {
  return ACCEPTED.has(action);
}

const ruleFields = z.strictObject({
  channel: z.enum(CHANNELS),
  /** One of the channel's; all of them when left out. */
  provider: z.enum(PROVIDER_NAMES).optional(),
  /** Part of the address, number, token or path and query; every recipient when left out. */
  match: z.string().min(1).max(500).optional(),
  action: z.enum(ACTIONS),
  /** How many messages in all the rule is for; without it there is no end. */
  times: z.int().min(1).optional(),
  retryAfter: z.int().min(0).max(86_400).optional(),
  delayMs: z.int().min(0).max(MAX_DELAY_MS).optional(),
  status: z.int().min(200).max(599).optional(),
  /** Share of the messages that the rule is for. */
  probability: z.number().min(0).max(1).optional(),
});

export const ruleInput = ruleFields.refine(
  ({ channel, provider }) => provider === undefined || PROVIDERS[provider] === channel,
  { error: 'is no provider of this channel', path: ['provider'] },
);

export type RuleInput = z.output<typeof ruleInput>;

export interface Rule extends RuleInput {
  id: number;
  /** Messages it has been used for. */
  used: number;
}
