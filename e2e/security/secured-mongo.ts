import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { mongodSettings, replicaSet } from '../../scripts/local/mongo-settings.ts';
import { downloadMongod, mongodOnPath, wheelMongod } from '../../scripts/local/mongod-program.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { startProcess } from '../../scripts/local/process.ts';
import { until } from '../system/until.ts';
import type { Certificates } from './certificates.ts';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

export interface SecuredMongo {
  port: number;
  stop(): Promise<void>;
}

/** A replica set of one that speaks TLS only, and whose user may read and write the database postrider and nothing else. */
export async function startSecuredMongo(
  folder: string,
  { ca, server }: Certificates,
  { user, password }: { user: string; password: string },
): Promise<SecuredMongo> {
  const onPath = await mongodOnPath();
  if (!onPath) await downloadMongod(console.error);
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  // What members of a replica set know each other by; mongod asks for one where there are users.
  const keyFile = join(folder, 'members.key');
  writeFileSync(keyFile, randomBytes(48).toString('base64'), { mode: 0o400 });
  const place = ['--dbpath', data, '--bind_ip', '127.0.0.1', '--auth', '--keyFile', keyFile];
  const tls = ['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', server, '--tlsCAFile', ca];
  const mongod = startProcess({
    command: onPath ?? wheelMongod,
    args: [...place, ...mongodSettings(port), ...tls, '--tlsAllowConnectionsWithoutCertificates'],
    cwd: folder,
    logFile: join(folder, 'mongod.log'),
    pidFile: join(folder, 'mongod.pid'),
  });
  const uri = `mongodb://localhost:${port}/?directConnection=true&tls=true`;
  const connect = (): Promise<mongoose.mongo.MongoClient> =>
    mongoose.mongo.MongoClient.connect(uri, { tlsCAFile: ca, serverSelectionTimeoutMS: 1_000 });
  const client = await until('mongod', connect, START_LIMIT_MS);
  const admin = client.db('admin');
  // Until there is a user, whoever comes from this machine may make a replica set and the first one.
  await admin.command({ replSetInitiate: { _id: replicaSet, members: [{ _id: 0, host: `localhost:${port}` }] } });
  await until(
    'a primary',
    async () => (await admin.command({ hello: 1 }))['isWritablePrimary'] as boolean,
    START_LIMIT_MS,
  );
  await admin.command({ createUser: 'admin', pwd: password, roles: ['root'] });
  await client.close();
  const asAdmin = await mongoose.mongo.MongoClient.connect(uri, {
    tlsCAFile: ca,
    auth: { username: 'admin', password },
  });
  const roles = [{ role: 'readWrite', db: 'postrider' }];
  await asAdmin.db('admin').command({ createUser: user, pwd: password, roles });
  await asAdmin.close();
  return {
    port,
    stop: async () => {
      await mongod.stop(STOP_LIMIT_MS);
    },
  };
}
