import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { replicaSet } from './mongo-settings.ts';

export const mongodbUri = (address: string): string => `mongodb://${address}/?replicaSet=${replicaSet}`;

/**
 * Makes the mongod at this address the only member of a replica set (transactions and majority writes need one) and
 * resolves when it is the primary.
 */
export async function mongoReady(address: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (await isPrimary(address)) return;
    await pause(100, undefined, { signal });
  }
}

async function isPrimary(address: string): Promise<boolean> {
  const client = new mongoose.mongo.MongoClient(`mongodb://${address}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1000,
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['isWritablePrimary'] && hello['me'] === address) return true;
    await join(admin, address);
    return false;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

const configuration = (address: string) => ({ _id: replicaSet, members: [{ _id: 0, host: address }] });

/** A new member is the set; data that was served on another port names that port, and would wait for itself there. */
async function join(admin: mongoose.mongo.Db, address: string): Promise<void> {
  const config = await admin.command({ replSetGetConfig: 1 }).then(
    (reply) => reply['config'],
    (error: unknown) => {
      if ((error as mongoose.mongo.MongoServerError).codeName !== 'NotYetInitialized') throw error;
    },
  );
  const version = (config?.version ?? 0) + 1;
  if (!config) await admin.command({ replSetInitiate: configuration(address) });
  else if (config.members[0].host !== address)
    await admin.command({ replSetReconfig: { ...config, ...configuration(address), version }, force: true });
}
