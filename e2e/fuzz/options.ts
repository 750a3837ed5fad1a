import { parseArgs } from 'node:util';

export interface FuzzOptions {
  requests: number;
  seed: number;
}

export const USAGE = 'npm run fuzz -- [--requests 5000] [--seed N]';

/** @throws with what is wrong. */
export function readOptions(args: string[], randomSeed = Math.floor(Math.random() * 1e6)): FuzzOptions {
  const { values } = parseArgs({
    args,
    options: {
      requests: { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(randomSeed) },
    },
  });
  return {
    requests: wholeNumber('requests', values.requests, 1, 1e8),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 31 - 1),
  };
}

function wholeNumber(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < low || value > high)
    throw new Error(`--${name} must be a whole number from ${low} to ${high}`);
  return value;
}
