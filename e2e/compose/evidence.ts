interface Arrival {
  seq: number;
  id: string | null;
  recipient: string;
  receivedAtMs: number;
}

const PAGE = 2_000;
const AT_ONCE = 4;
const FINAL = new Set(['COMPLETED', 'DEAD_LETTERED', 'CANCELED']);

export async function newestArrival(sandboxUrl: string): Promise<number> {
  const response = await fetch(`${sandboxUrl}/received/count`);
  return ((await response.json()) as { lastSeq: number }).lastSeq;
}

/** What the sandbox received of a run. It keeps 20,000 arrivals: at 30 a second, more than ten minutes. */
export async function arrivalsOf(
  sandboxUrl: string,
  run: string,
  since: number,
): Promise<{ id: string; at: number }[]> {
  const arrivals: { id: string; at: number }[] = [];
  for (let after = since; ; ) {
    const response = await fetch(`${sandboxUrl}/received?since=${after}&limit=${PAGE}`);
    const { items } = (await response.json()) as { items: Arrival[] };
    for (const { id, recipient, receivedAtMs } of items) {
      if (recipient.includes(run)) arrivals.push({ id: id ?? '', at: receivedAtMs });
    }
    const last = items.at(-1);
    if (!last || items.length < PAGE) return arrivals;
    after = last.seq;
  }
}

/** The status of each event by its id; those that were final before are not asked for again. */
export async function statusesOf(
  url: string,
  ids: readonly string[],
  before: ReadonlyMap<string, string>,
  key?: string,
): Promise<Map<string, string>> {
  const statuses = new Map(before);
  const open = ids.filter((id) => !FINAL.has(before.get(id) ?? ''));
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key}` } : {};
  const askNext = async (): Promise<void> => {
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const response = await fetch(`${url}/v1/events/${id}`, { headers });
      const { status } = (await response.json()) as { status?: string };
      statuses.set(id, response.ok ? (status ?? '') : `HTTP ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askNext));
  return statuses;
}
