import { parseArgs } from 'node:util';

export interface FuzzOptions {
  requests: number;
  seed: number;
}

export interface CommandOptions extends FuzzOptions {
  /** Instead of our own requests: those that schemathesis makes of the services' OpenAPI documents. */
  schemathesis: boolean;
}

export const USAGE = 'npm run fuzz -- [--requests 5000] [--seed N] [--schemathesis]';

/** @throws with what is wrong. */
export function readOptions(args: string[], randomSeed = Math.floor(Math.random() * 1e6)): CommandOptions {
  const { values } = parseArgs({
    args,
    options: {
      requests: { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(randomSeed) },
      schemathesis: { type: 'boolean', default: false },
    },
  });
  return {
    requests: wholeNumber('requests', values.requests, 1, 1e8),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 31 - 1),
    schemathesis: values.schemathesis,
  };
}

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < low || value > high)
    throw new Error(`--${name} must be a whole number from ${low} to ${high}`);
  return value;
}
