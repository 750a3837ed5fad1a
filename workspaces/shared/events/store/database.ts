import mongoose, { type Model, type mongo, Schema } from 'mongoose';
import type { ReportDocument } from '../delivery-report.ts';
import type { AttemptDocument, EventDocument } from '../event.ts';
import { STATUSES } from '../status.ts';
import type { PoisonDocument } from '../poison.ts';
import type { ReplayDocument } from '../replay.ts';
import type { ErasureDocument } from '../erasure.ts';
import type { KeptDocument, RetentionDocument } from '../retention.ts';
import type { SuppressionDocument } from '../suppression.ts';
import type { MongoSecurity } from '../../service/connection-security.ts';
import { withinTime } from '../../service/time-limit.ts';
import { failInterruptedWrites } from './driver-drain-patch.ts';
import { quietIdlePools } from './driver-idle-patch.ts';

failInterruptedWrites();
quietIdlePools();

const statusChange = new Schema({ status: String, at: Date, reason: String, by: String }, { _id: false });
const anything = Schema.Types.Mixed;

const eventSchema = new Schema<EventDocument>(
  {
    _id: String,
    channel: String,
    priority: String,
    provider: String,
    payload: anything,
    metadata: anything,
    eventId: String,
    idempotencyKey: String,
    requestHash: String,
    traceparent: String,
    createdAt: Date,
    sendAt: Date,
    expiresAt: Date,
    parentId: String,
    type: { type: String },
    statusUrl: String,
    statusSecret: anything,
    followed: Boolean,
    tellAt: Date,
    toldBy: String,
    toldThrough: Date,
    quietHours: anything,
    status: { type: String, enum: STATUSES },
    queue: String,
    dueAt: Date,
    takenBy: String,
    attempts: Number,
    tries: Number,
    deferrals: Number,
    formerProviders: { type: [String], default: undefined },
    formerTries: Number,
    history: [statusChange],
    deadLetter: anything,
    lastReplayId: String,
  },
  { collection: 'events', versionKey: false, minimize: false, autoIndex: false },
);
// Only events that somebody waits for stand in it, so it stays small however many are stored.
eventSchema.index({ status: 1, queue: 1, dueAt: 1 }, { partialFilterExpression: { dueAt: { $exists: true } } });
eventSchema.index(
  { idempotencyKey: 1 },
  { unique: true, partialFilterExpression: { idempotencyKey: { $exists: true } } },
);
// Typed events only.
eventSchema.index({ createdAt: -1, _id: -1 }, { partialFilterExpression: { children: { $exists: true } } });
/** Types of events by the former endpoints of e-mail and SMS: `task.send-email` and its like. */
export const TASK_TYPES = { $gte: 'task.', $lt: 'task/' } as const;
// Those alone stand in it.
eventSchema.index({ createdAt: -1, type: 1 }, { partialFilterExpression: { type: TASK_TYPES } });
// Events that nobody follows cost it nothing.
eventSchema.index({ tellAt: 1 }, { partialFilterExpression: { followed: true, tellAt: { $exists: true } } });
eventSchema.index({ 'deadLetter.at': 1, _id: 1 }, { partialFilterExpression: { status: 'DEAD_LETTERED' } });

const attemptSchema = new Schema<AttemptDocument>(
  {
    _id: String,
    eventId: String,
    number: Number,
    provider: String,
    takenBy: String,
    startedAt: Date,
    duration: Number,
    outcome: String,
    messageId: String,
    errorClass: String,
    retryable: Boolean,
    code: String,
    detail: String,
    retryAfterMs: Number,
  },
  { collection: 'attempts', versionKey: false, autoIndex: false },
);

const replaySchema = new Schema<ReplayDocument>(
  { _id: String },
  { collection: 'replays', versionKey: false, strict: false, autoIndex: false },
);
replaySchema.index({ status: 1, dueAt: 1 });

/** Seconds that a report is kept, open or not; a provider that repeats one later finds the event long at its end. */
const REPORTS_KEPT_S = 7 * 24 * 60 * 60;

const reportSchema = new Schema<ReportDocument>(
  { _id: String },
  { collection: 'reports', versionKey: false, strict: false, autoIndex: false },
);
reportSchema.index({ dueAt: 1 }, { partialFilterExpression: { dueAt: { $exists: true } } });
reportSchema.index({ receivedAt: 1 }, { expireAfterSeconds: REPORTS_KEPT_S });

const suppressionSchema = new Schema<SuppressionDocument>(
  { _id: String },
  { collection: 'suppressions', versionKey: false, strict: false, autoIndex: false },
);
suppressionSchema.index({ createdAt: -1, _id: -1 });

const keptSchema = new Schema<KeptDocument>(
  { _id: String },
  { collection: 'retention_kept', versionKey: false, strict: false, autoIndex: false },
);
keptSchema.index({ job: 1, dueAt: 1 });

const erasureSchema = new Schema<ErasureDocument>(
  { _id: String },
  { collection: 'erasures', versionKey: false, strict: false, autoIndex: false },
);
erasureSchema.index({ dueAt: 1 }, { partialFilterExpression: { status: 'RUNNING' } });

/** A secret that services make and share. */
interface KeyDocument {
  _id: string;
  secret: string;
}

/** A provider that some dispatcher has configured; `_id` is its name. */
interface ConfiguredProviderDocument {
  _id: string;
  seenAt: Date;
}

/** The account of a provider whose rate is limited; `_id` is the provider's name. */
export interface RateDocument {
  _id: string;
  /** When the next message may be sent. */
  next: Date;
  /** Of the last reservation: whether it was granted, its first moment, and when it was asked for. */
  granted: boolean;
  from: Date;
  at: Date;
}

/** One connection: the driver's collections for the hot paths (no hydration), mongoose's models for queries and indexes. */
export interface Database {
  events: mongo.Collection<EventDocument>;
  attempts: mongo.Collection<AttemptDocument>;
  replays: mongo.Collection<ReplayDocument>;
  poison: mongo.Collection<PoisonDocument>;
  reports: mongo.Collection<ReportDocument>;
  suppressions: mongo.Collection<SuppressionDocument>;
  keys: mongo.Collection<KeyDocument>;
  providers: mongo.Collection<ConfiguredProviderDocument>;
  rates: mongo.Collection<RateDocument>;
  retention: mongo.Collection<RetentionDocument>;
  retentionKept: mongo.Collection<KeptDocument>;
  erasures: mongo.Collection<ErasureDocument>;
  models: {
    event: Model<EventDocument>;
    attempt: Model<AttemptDocument>;
    replay: Model<ReplayDocument>;
    report: Model<ReportDocument>;
    suppression: Model<SuppressionDocument>;
    kept: Model<KeptDocument>;
    erasure: Model<ErasureDocument>;
  };
  /** The server's time, as it answers a greeting. */
  serverTime(): Promise<Date>;
  /** Undefined when the primary answers, else why not. */
  notReady(): Promise<string | undefined>;
  close(): Promise<void>;
}

const PING_LIMIT_MS = 2_000;

/**
 * Connects, waiting 3 s for a primary. Writes are acknowledged by the majority, in its journal. No call waits for ever: 3 s
 * for a primary, 5 s for a connection of the pool, 15 s for an answer, and once more of each where the driver tries again.
 */
export async function openDatabase(
  settings: MongoSecurity & { MONGODB_URI: string; MONGODB_DB_NAME: string; appName: string },
): Promise<Database> {
  const connection = mongoose.createConnection(settings.MONGODB_URI, {
    dbName: settings.MONGODB_DB_NAME,
    appName: settings.appName,
    ...securityOf(settings),
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
    readPreference: 'primary',
    serverSelectionTimeoutMS: 3_000,
    connectTimeoutMS: 3_000,
    // A member that does not answer is given up after 6 s instead of 13 s.
    heartbeatFrequencyMS: 3_000,
    socketTimeoutMS: 15_000,
    maxPoolSize: 20,
    waitQueueTimeoutMS: 5_000,
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    ignoreUndefined: true,
  });
  await connection.asPromise();
  const { db } = connection;
  if (!db) throw new Error('mongoose connected without a database');
  return {
    events: db.collection<EventDocument>('events'),
    attempts: db.collection<AttemptDocument>('attempts'),
    replays: db.collection<ReplayDocument>('replays'),
    poison: db.collection<PoisonDocument>('poison_messages'),
    reports: db.collection<ReportDocument>('reports'),
    suppressions: db.collection<SuppressionDocument>('suppressions'),
    keys: db.collection<KeyDocument>('keys'),
    providers: db.collection<ConfiguredProviderDocument>('providers'),
    rates: db.collection<RateDocument>('rates'),
    retention: db.collection<RetentionDocument>('retention'),
    retentionKept: db.collection<KeptDocument>('retention_kept'),
    erasures: db.collection<ErasureDocument>('erasures'),
    models: {
      event: connection.model<EventDocument>('Event', eventSchema),
      attempt: connection.model<AttemptDocument>('Attempt', attemptSchema),
      replay: connection.model<ReplayDocument>('Replay', replaySchema),
      report: connection.model<ReportDocument>('Report', reportSchema),
      suppression: connection.model<SuppressionDocument>('Suppression', suppressionSchema),
      kept: connection.model<KeptDocument>('Kept', keptSchema),
      erasure: connection.model<ErasureDocument>('Erasure', erasureSchema),
    },
    serverTime: async () => {
      const { localTime } = await db.admin().command({ hello: 1 });
      return localTime as Date;
    },
    notReady: async () => {
      try {
        await withinTime('a ping', PING_LIMIT_MS, db.command({ ping: 1 }));
        return undefined;
      } catch {
        return 'MongoDB does not answer';
      }
    },
    close: () => connection.close(),
  };
}

function securityOf(settings: MongoSecurity): mongoose.ConnectOptions {
  const { MONGODB_TLS_CA_FILE: ca, MONGODB_TLS_CERT_KEY_FILE: certificate, MONGODB_USERNAME: username } = settings;
  const password = settings.MONGODB_PASSWORD ?? settings.MONGODB_PASSWORD_FILE;
  return {
    ...((ca || certificate) && { tls: true }),
    ...(ca && { ca }),
    ...(certificate && { cert: certificate, key: certificate }),
    ...(username && password && { auth: { username, password } }),
  };
}

/** Creates what is missing; safe to run by every service at every start. */
export async function ensureIndexes({ models }: Database): Promise<void> {
  for (const model of Object.values(models)) {
    await model.createCollection().catch((error: unknown) => {
      // 48: NamespaceExists, another service was first.
      if ((error as { code?: number }).code !== 48) throw error;
    });
    await model.createIndexes();
  }
}
