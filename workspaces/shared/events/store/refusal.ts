import type { mongo } from 'mongoose';
import { isTlsFault } from '../../service/tls-fault.ts';

/** AuthenticationFailed; mongod says it for an unknown user and a wrong password alike. */
const AUTHENTICATION_FAILED = 18;

/** What MongoDB or TLS has against our settings, in a sentence; undefined where trying again may help. */
export function refusalOfMongo(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    if (cause.code === AUTHENTICATION_FAILED)
      return `MongoDB refuses the user or the password (MONGODB_URI, MONGODB_USERNAME, MONGODB_PASSWORD): ${String(cause.message)}`;
    if (isTlsFault(cause.code))
      return `no TLS with MongoDB (MONGODB_URI, MONGODB_TLS_CA_FILE): ${String(cause.message)}`;
  }
  return undefined;
}

interface Cause {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
  /** Of a selection that found nobody: what is known of each server. */
  reason?: Partial<Pick<mongo.TopologyDescription, 'servers'>>;
}

function causesOf(error: unknown): Cause[] {
  if (typeof error !== 'object' || error === null) return [];
  const { cause, reason } = error as Cause;
  const ofServers = [...(reason?.servers?.values() ?? [])].flatMap((server) => causesOf(server.error));
  return [error, ...causesOf(cause), ...ofServers];
}
