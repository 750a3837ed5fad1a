import { type Behaviour, type Provider, PROVIDERS, type Rule, type RuleInput } from './behaviour.ts';
import { decide } from './decision.ts';
import { magicOf } from './magic-recipient.ts';

// Messages whose tries are counted at the same time; the longest known ones are forgotten.
const MAX_COUNTED = 100_000;

/** The rules in force and the tries so far. */
export class RuleBook {
  #rules: Rule[] = [];
  #nextId = 1;
  readonly #tries = new Map<string, number>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** What to do with this try. `identity` is the same at every try of one message. */
  decide(message: { provider: Provider; recipient: string; identity: string }): Behaviour {
    const channel = PROVIDERS[message.provider];
    const magic = magicOf(channel, message.recipient);
    const key = magic?.times === undefined ? '' : `${channel} ${message.recipient} ${message.identity}`;
    const earlierTries = this.#tries.get(key) ?? 0;

    const decision = decide(message, { rules: this.#rules, magic, earlierTries, random: this.#random });
    if (decision.rule) decision.rule.used += 1;
    if (decision.decidedBy === 'magic' && key) this.#count(key, earlierTries + 1);
    return decision.behaviour;
  }

  /** A rule with the same channel, provider and match is replaced. The newest rule is asked first. */
  put(input: RuleInput): Rule {
    const replaced = this.#rules.find((rule) =>
      (['channel', 'provider', 'match'] as const).every((field) => rule[field] === input[field]),
    );
    const rule = { ...input, id: replaced?.id ?? this.#nextId++, used: 0 };
    this.#rules = [rule, ...this.#rules.filter((other) => other !== replaced)];
    return rule;
  }

  list(): readonly Rule[] {
    return this.#rules;
  }

  /** False when there is no such rule. */
  remove(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    return this.#rules.length < before;
  }

  /** No rule is left, and every message is at its first try again. */
  clear(): void {
    this.#rules = [];
    this.#tries.clear();
  }

  #count(key: string, tries: number): void {
    // Deleted first, so that the Map's order is the order of the last try.
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    if (this.#tries.size > MAX_COUNTED) this.#tries.delete(this.#tries.keys().next().value ?? '');
  }
}
