import { setTimeout as pause } from 'node:timers/promises';

const intervalMs = 200;
const answerLimitMs = 2000;

/** Asks until the service says that it is ready; `onReason` hears why it is not yet. */
export async function untilReady(url: string, onReason: (reason: string) => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    const reason = await notReady(url);
    if (reason === undefined) return;
    onReason(reason);
    await pause(intervalMs, undefined, { signal });
  }
}

async function notReady(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(answerLimitMs) });
    const text = await response.text();
    return response.ok ? undefined : (reasonIn(text) ?? `GET /ready answers ${response.status}`);
  } catch {
    return 'GET /ready is not answered';
  }
}

function reasonIn(text: string): string | undefined {
  try {
    const { reason } = JSON.parse(text) as { reason?: unknown };
    return typeof reason === 'string' ? reason : undefined;
  } catch {
    return undefined;
  }
}
