export interface FollowedEvent {
  status: string;
  attempts: { provider: string; outcome: string; errorClass?: string; error?: string }[];
  history: { status: string }[];
  deadLetter?: { reason: string };
}

export interface Remote {
  /** @throws when the system is not ready for events. */
  ready(): Promise<void>;
  /** Answers the event's id. */
  accept(event: object): Promise<string>;
  read(id: string): Promise<FollowedEvent>;
  cancel(id: string): Promise<void>;
}

const CALL_LIMIT_MS = 15_000;

/** The ingestion-service of a running system. Its calls throw with the answer when that is not what was asked for. */
export function createRemote(url: string, key?: string): Remote {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
      method,
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    }).catch((error: Error) => {
      const { message } = error.cause instanceof Error ? error.cause : error;
      throw new Error(`${method} ${path} of ${url}: ${message}`);
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} of ${url}: ${response.status} ${answer.slice(0, 500)}`);
    return JSON.parse(answer);
  };
  return {
    async ready() {
      await call('GET', 'ready');
    },
    async accept(event) {
      return ((await call('POST', 'v1/events', event)) as { id: string }).id;
    },
    async read(id) {
      return (await call('GET', `v1/events/${id}`)) as FollowedEvent;
    },
    async cancel(id) {
      await call('DELETE', `v1/events/${id}`);
    },
  };
}
