// `_bsontype`: the driver takes its owner for a BSON value, throws, and the whole batch that it stands in is not stored.
const FORBIDDEN_KEYS = new Set(['__proto__', 'prototype', 'constructor', '_bsontype']);

export interface JsonShapeLimits {
  maxDepth: number;
  /** Refuse keys that MongoDB or JavaScript could take for something else: `$…`, keys with dots, `__proto__` and kin. */
  plainKeys: boolean;
}

/**
 * What is wrong with a free JSON value, or undefined. Walks with a stack of its own: a hostile depth
 * must not overflow the call stack, here or in a later JSON.stringify.
 */
export function faultInJson(value: unknown, { maxDepth, plainKeys }: JsonShapeLimits): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.value === null || typeof top.value !== 'object') continue;
    if (top.depth >= maxDepth) return `is nested deeper than ${maxDepth} levels`;
    for (const [key, child] of Object.entries(top.value)) {
      if (plainKeys && (key.startsWith('$') || key.includes('.') || key.includes('\0') || FORBIDDEN_KEYS.has(key))) {
        return `has a key that is not allowed: ${JSON.stringify(key.slice(0, 40))}`;
      }
      stack.push({ value: child, depth: top.depth + 1 });
    }
  }
  return undefined;
}
