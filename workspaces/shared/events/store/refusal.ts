import type { mongo } from 'mongoose';
import { messageOf } from '../../errors/app-error.ts';
import { isTlsFault } from '../../service/tls-fault.ts';

/** AuthenticationFailed; mongod says it for an unknown user and a wrong password alike. */
const AUTHENTICATION_FAILED = 18;

/** What MongoDB or TLS has against our settings, in a sentence; undefined where trying again may help. */
export function refusalOfMongo(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    const code = 'code' in cause ? cause.code : undefined;
    if (code === AUTHENTICATION_FAILED)
      return `MongoDB refuses the user or the password (MONGODB_URI, MONGODB_USERNAME, MONGODB_PASSWORD): ${messageOf(cause)}`;
    if (isTlsFault(code)) return `no TLS with MongoDB (MONGODB_URI, MONGODB_TLS_CA_FILE): ${messageOf(cause)}`;
  }
  return undefined;
}

function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  // Nobody was selected: why is told of each server.
  const reason = (error as { reason?: unknown }).reason;
  const ofServers =
    reason && (reason as mongo.TopologyDescription).servers instanceof Map
      ? [...(reason as mongo.TopologyDescription).servers.values()].flatMap((server) => causesOf(server.error))
      : [];
  return [error, ...causesOf(error.cause), ...ofServers];
}
