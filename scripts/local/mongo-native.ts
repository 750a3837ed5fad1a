import { existsSync } from 'node:fs';
import { mongoReady } from './mongo-ready.ts';
import { mongodSettings } from './mongo-settings.ts';
import { downloadMongod, mongodOnPath, wheelMongod } from './mongod-program.ts';
import { runNative } from './native-server.ts';
import { mongodLibraries, type Prerequisite, pip, requirePrerequisites } from './prerequisites.ts';
import type { Log, Server, ServerOptions } from './server.ts';

export const insteadOfNativeMongo =
  'Or start Docker, or put mongod on PATH, or give the address of a replica set as MONGODB_URI.';

/** What it takes to come by a mongod; none where there is one. */
export async function mongoPrerequisites(): Promise<Prerequisite[]> {
  return existsSync(wheelMongod) || (await mongodOnPath()) ? [] : [pip];
}

export async function startNativeMongo(options: ServerOptions): Promise<Server> {
  const mongod = (await mongodOnPath()) ?? (await downloadedMongod(options.log));
  const address = `127.0.0.1:${options.port}`;
  return runNative(
    {
      kind: 'mongo',
      title: 'MongoDB',
      portVariable: 'POSTRIDER_MONGO_PORT',
      command: (data) =>
        Promise.resolve({
          command: mongod,
          args: ['--dbpath', data, '--bind_ip', '127.0.0.1', ...mongodSettings(options.port)],
        }),
      ready: (signal) => mongoReady(address, signal),
    },
    options,
  );
}

async function downloadedMongod(log: Log): Promise<string> {
  await requirePrerequisites(await mongoPrerequisites(), insteadOfNativeMongo, log);
  await downloadMongod(log);
  await requirePrerequisites([mongodLibraries(wheelMongod)], insteadOfNativeMongo, log);
  return wheelMongod;
}
