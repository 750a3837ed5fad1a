import { z } from 'zod';

/** `data.user.email`, `to.phone`, `data.items.0.name`: names and places in lists, joined by dots. */
const PATH = /^(?:type|locale|(?:data|to|metadata)(?:\.[^.\s]+)+)$/;

export const path = z
  .string()
  .max(200)
  .regex(PATH, 'must be a path such as data.user.email, to.phone or metadata.tenant');

/** What stands at a path of a typed event; undefined where nothing does. Own fields only: `constructor` is nobody's. */
export function valueAt(event: object, path: string): unknown {
  let value: unknown = event;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value ?? undefined;
}
