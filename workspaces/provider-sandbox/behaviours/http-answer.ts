import type { ServerResponse } from 'node:http';
import type { Behaviour } from './behaviour.ts';

/** Lets an HTTP request wait, or lose its connection, as the behaviour says; `answer` is for all other cases. */
export function answerAs({ action, delayMs }: Behaviour, response: ServerResponse, answer: () => void): void {
  const act = (): void => {
    if (action === 'hang' || action === 'drop') response.destroy();
    else answer();
  };
  if (delayMs === 0) return act();
  const timer = setTimeout(act, delayMs);
  response.once('close', () => clearTimeout(timer));
}
