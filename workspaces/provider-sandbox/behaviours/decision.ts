import { type Behaviour, behaviour, type Provider, PROVIDERS, type Rule, SUCCEED } from './behaviour.ts';
import type { Magic } from './magic-recipient.ts';

export interface Circumstances {
  /** In the order in which they are asked. */
  rules: readonly Rule[];
  magic: Magic | undefined;
  /** Tries of this very message to this recipient that its magic has already decided on. */
  earlierTries: number;
  /** 0 to 1, the end not included. */
  random(): number;
}

export interface Decision {
  behaviour: Behaviour;
  decidedBy: 'rule' | 'magic' | 'nothing';
  rule?: Rule;
}

/** The first rule that is for this message; else what the recipient's name asks for; else success. */
export function decide(
  message: { provider: Provider; recipient: string },
  { rules, magic, earlierTries, random }: Circumstances,
): Decision {
  const rule = rules.find((rule) => isFor(rule, message, random));
  if (rule) return { behaviour: behaviour(rule.action, rule), decidedBy: 'rule', rule };
  if (!magic) return { behaviour: SUCCEED, decidedBy: 'nothing' };
  const spent = magic.times !== undefined && earlierTries >= magic.times;
  return { behaviour: spent ? SUCCEED : magic.behaviour, decidedBy: 'magic' };
}

function isFor(rule: Rule, message: { provider: Provider; recipient: string }, random: () => number): boolean {
  return (
    rule.channel === PROVIDERS[message.provider] &&
    (rule.provider === undefined || rule.provider === message.provider) &&
    (rule.match === undefined || message.recipient.includes(rule.match)) &&
    (rule.times === undefined || rule.used < rule.times) &&
    (rule.probability === undefined || random() < rule.probability)
  );
}
