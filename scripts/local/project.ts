import { rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export const projectFolder = resolve(import.meta.dirname, '../..');

/** What a run leaves on this machine: downloads, data, logs and pid files. Git ignores it. */
export const localFolder = join(projectFolder, '.postrider');
export const downloadsFolder = join(localFolder, 'downloads');
export const logsFolder = join(localFolder, 'logs');
export const pidsFolder = join(localFolder, 'run');

/** One set of Kafka and MongoDB data; runs with different names don't see each other. */
export const dataFolder = (name: string): string => join(localFolder, 'data', name);

export async function discardFolder(name: string, kind: string): Promise<void> {
  await rm(join(dataFolder(name), kind), { recursive: true, force: true });
  // The other server's folder may still be there: whoever leaves last closes the door.
  await rmdir(dataFolder(name)).catch(() => {});
}
