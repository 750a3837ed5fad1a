import type { ContainerRuntimeClient } from 'testcontainers';

export type DockerEngine = ContainerRuntimeClient;

const answerLimitMs = 2000;
const pullLimitMs = 60_000;

/** The Docker engine of this machine, found as testcontainers finds it, if it answers soon. */
export async function findDocker(): Promise<DockerEngine | undefined> {
  // Loaded here: without an engine nobody pays for it.
  const { getContainerRuntimeClient } = await import('testcontainers');
  return within(answerLimitMs, getContainerRuntimeClient());
}

/** Whether the image is here, or comes soon; an engine behind a closed network has an answer for nothing. */
export async function canRun(engine: DockerEngine, image: string): Promise<boolean> {
  const { ImageName } = await import('testcontainers');
  const name = ImageName.fromString(image);
  if (await within(answerLimitMs, engine.image.exists(name))) return true;
  await within(pullLimitMs, engine.image.pull(name));
  return (await within(answerLimitMs, engine.image.exists(name))) ?? false;
}

async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((done) => {
    timer = setTimeout(done, limitMs, undefined);
  });
  return Promise.race([work.catch(() => undefined), limit]).finally(() => clearTimeout(timer));
}
