import type { DockerEngine } from './docker-engine.ts';
import { runInDocker } from './docker-server.ts';
import { mongoReady } from './mongo-ready.ts';
import { mongodSettings } from './mongo-settings.ts';
import type { Server, ServerOptions } from './server.ts';

export const mongoImage = 'mongo:8.0';

export function startDockerMongo(engine: DockerEngine, options: ServerOptions): Promise<Server> {
  const { port } = options;
  return runInDocker(
    engine,
    {
      kind: 'mongo',
      title: 'MongoDB',
      portVariable: 'POSTRIDER_MONGO_PORT',
      image: mongoImage,
      environment: {},
      command: ['mongod', '--bind_ip_all', ...mongodSettings(port)],
      dataFolder: '/data/db',
      ready: (signal) => mongoReady(`127.0.0.1:${port}`, signal),
    },
    options,
  );
}
