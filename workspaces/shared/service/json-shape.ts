import { isExactNumber } from './exact-json.ts';

// `_bsontype`: the driver takes its owner for a BSON value, throws, and the whole batch that it stands in is not stored.
const FORBIDDEN_KEYS = new Set(['__proto__', 'prototype', 'constructor', '_bsontype']);

const HALF_A_PAIR = 'must not hold half a surrogate pair';

export interface JsonShapeLimits {
  maxDepth: number;
  /**
   * Refuse what would not come back from MongoDB as it was: keys that it or JavaScript could take for something else (`$…`,
   * with dots, `__proto__` and kin), half surrogate pairs, which UTF-8 has not, and numbers that a double does not hold.
   */
  storable: boolean;
}

/**
 * What is wrong with a free JSON value, or undefined. Walks with a stack of its own: a hostile depth
 * must not overflow the call stack, here or in a later JSON.stringify.
 */
export function faultInJson(value: unknown, { maxDepth, storable }: JsonShapeLimits): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (storable && typeof top.value === 'string' && !top.value.isWellFormed()) return HALF_A_PAIR;
    if (isExactNumber(top.value)) {
      if (storable) return 'has a number that cannot be kept exactly; send it as text';
      continue;
    }
    if (top.value === null || typeof top.value !== 'object') continue;
    if (top.depth >= maxDepth) return `is nested deeper than ${maxDepth} levels`;
    for (const [key, child] of Object.entries(top.value)) {
      if (storable && (key.startsWith('$') || key.includes('.') || key.includes('\0') || FORBIDDEN_KEYS.has(key))) {
        return `has a key that is not allowed: ${JSON.stringify(key.slice(0, 40))}`;
      }
      if (storable && !key.isWellFormed()) return HALF_A_PAIR;
      stack.push({ value: child, depth: top.depth + 1 });
    }
  }
  return undefined;
}
