/** A way to break the services, by replacing text of one of their files. Each is a mistake that a change could bring in. */
interface Mutation {
  /** The end of the file's path. */
  file: string;
  find: string;
  replace: string;
}

/** One in so many events or batches is treated wrongly. */
const ONE_IN = 50;
const sometimes = `Math.random() < 1 / ${ONE_IN}`;

const PROVIDER_CALL = 'return await Promise.race([send, overdue]);';

export const MUTATIONS = {
  /** The client has its 202, and nothing is stored yet. */
  'accept-before-insert': {
    file: 'ingestion-service/acceptance/accept-events.ts',
    find: 'const results = await confirmed(parts, events.length, insertEvents(parts.database, events));',
    replace: `setTimeout(() => void insertEvents(parts.database, events).catch(() => undefined), 1_000);
  const results = events.map((event) => ({ outcome: 'created', event }));`,
  },
  'forget-to-store': {
    file: 'shared/events/store/acceptance.ts',
    find: 'await database.events.insertMany(events, { ordered: false });',
    replace: `await database.events.insertMany(events.filter(() => !(${sometimes})), { ordered: false });`,
  },
  'send-twice': {
    file: 'dispatcher-service/dispatch/attempt.ts',
    find: PROVIDER_CALL,
    replace: `if (${sometimes}) await provider.send(payload, { eventId, createdAt, traceparent, signal: controller.signal });
    ${PROVIDER_CALL}`,
  },
  /** Offsets are committed with the claim undone: the sweeper finds the event, and it is sent a second time. */
  'undo-claims': {
    file: 'dispatcher-service/dispatch/deliver.ts',
    find: "await recorder.record({ kind: 'attempt', attempt: document, traceparent });",
    replace: `if (${sometimes}) return recorder.record({ kind: 'deferral', eventId: event._id, former: event.deferrals, reason: 'undone', delayMs: 500 });
  await recorder.record({ kind: 'attempt', attempt: document, traceparent });`,
  },
  'drop-sends': {
    file: 'dispatcher-service/dispatch/attempt.ts',
    find: 'const send = provider.send(',
    replace: `if (${sometimes}) return { outcome: 'delivered' };
    const send = provider.send(`,
  },
  /** Claims without an end: what a dispatcher held when it died is never seen again. */
  'endless-leases': {
    file: 'dispatcher-service/dispatch/dispatcher.ts',
    find: 'new Date(now.getTime() + sendTimeoutMs + leaseMarginMs)',
    replace: 'new Date(now.getTime() + 86_400_000)',
  },
  'forget-claimed': {
    file: 'dispatcher-service/dispatch/dispatcher.ts',
    find: 'started.add(event._id);',
    replace: `started.add(event._id);
    if (${sometimes}) return [];`,
  },
  'wrong-ids': {
    file: 'dispatcher-service/dispatch/deliver.ts',
    find: 'return attempt(provider, event, sendTimeoutMs, logger);',
    replace: `return attempt(provider, ${sometimes} ? { ...event, _id: \`f\${event._id.slice(1)}\` } : event, sendTimeoutMs, logger);`,
  },
} as const satisfies Record<string, Mutation>;

export type MutationName = keyof typeof MUTATIONS;
export const MUTATION_NAMES = Object.keys(MUTATIONS) as MutationName[];
