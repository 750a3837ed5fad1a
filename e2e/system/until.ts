import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `look` answers something truthy, and answers that.
 * @throws after `limitMs`, with what was waited for and the last answer or error.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  limitMs = 20_000,
): Promise<Exclude<T, false | undefined | null | 0>> {
  const deadline = performance.now() + limitMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await look();
      if (answer) return answer as Exclude<T, false | undefined | null | 0>;
      last = answer;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    await delay(50);
  }
  throw new Error(`waited ${limitMs} ms for ${what}; last seen: ${JSON.stringify(last)}`);
}
