/** What a client was told of one event: an id, or why not. */
export interface Answer {
  /** HTTP status; 0 when no answer came. */
  status: number;
  id?: string;
  /** What a typed event has become. */
  children?: readonly { id: string; channel: string }[];
}

/** A client that waits no longer asks again. */
const ANSWER_LIMIT_MS = 10_000;

interface BatchResult {
  id?: string;
  children?: { id: string; channel: string }[];
  duplicate?: boolean;
  error?: { status: number };
}

/** Posts one event, or several as a batch; one answer for each. */
export async function send(url: string, bodies: readonly object[]): Promise<Answer[]> {
  const single = bodies.length === 1;
  const none = (status: number): Answer[] => bodies.map(() => ({ status }));
  try {
    const response = await fetch(`${url}/v1/events${single ? '' : '/batch'}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(single ? bodies[0] : { events: bodies }),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const reply = (await response.json()) as BatchResult & { results?: BatchResult[] };
    if (!response.ok) return none(response.status);
    const results = single ? [reply] : (reply.results ?? []);
    return bodies.map((_, at) => answerOf(results[at], response.status));
  } catch {
    return none(0);
  }
}

function answerOf(result: BatchResult | undefined, status: number): Answer {
  if (result?.id !== undefined) {
    const { id, children, duplicate } = result;
    return { status: duplicate ? 200 : status, id, ...(children && { children }) };
  }
  return { status: result?.error?.status ?? 0 };
}
