import { type ChildProcess, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const HERE = pathToFileURL(`${import.meta.dirname}/`).href;
const children: ChildProcess[] = [];

interface Ended {
  code: number | null;
  log: { msg: string; step?: string; err?: { message: string } }[];
  errors: string;
}

/** A process that runs `body` as its start, and what it leaves behind; `said` resolves when it logs `ready`. */
function service(body: string, stopTimeoutMs = 2_000) {
  const program = `
    import { runService, settingsOrExit } from '${HERE}lifecycle.ts';
    import { ConfigError } from '${HERE}config.ts';
    import { createLogger } from '${HERE}logger.ts';
    const logger = createLogger('test', 'info');
    // Written at once, and so in order; the log is written in the background.
    const note = (text) => process.stderr.write(text + '\\n');
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => {}, 1_000);
    await runService(logger, ${stopTimeoutMs}, async (lifecycle) => {${body}});`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], { stdio: 'pipe' });
  children.push(child);
  let [out, errors] = ['', ''];
  const ready = Promise.withResolvers<void>();
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out.includes('"ready"')) ready.resolve();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      const log = out.split('\n').filter(Boolean);
      resolve({ code, errors, log: log.map((line) => JSON.parse(line) as Ended['log'][number]) });
    });
  });
  return { child, ready: ready.promise, ended };
}

const messages = ({ log }: Ended): string[] => log.map(({ msg }) => msg);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('a service', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s: its steps in reverse order, each awaited, exit code 0, no log line lost',
    async (signal) => {
      const { child, ready, ended } = service(`
        lifecycle.onStop('database', () => { note('database closed'); logger.info('last words'); });
        lifecycle.onStop('consumer', async () => { process.kill(process.pid, '${signal}'); await pause(20); note('consumer closed'); });
        lifecycle.onStop('http', () => note('http closed, stopping: ' + lifecycle.stopping));
        lifecycle.stopped.addEventListener('abort', () => note('told, stopping: ' + lifecycle.stopping));
        logger.info('ready');`);
      await ready;
      child.kill(signal);

      const end = await ended;
      expect(end.code).toBe(0);
      expect(end.errors.trim().split('\n')).toEqual([
        'told, stopping: true',
        'http closed, stopping: true',
        'consumer closed',
        'database closed',
      ]);
      expect(new Set(messages(end))).toEqual(new Set(['ready', 'last words', 'stopped']));
    },
  );

  it('that is stopped while it starts does not call fatal what its own stop took away from the start', async () => {
    const { child, ready, ended } = service(`
      const closed = new Promise((_, reject) => lifecycle.onStop('database', () => { reject(new Error('closed')); return pause(20); }));
      logger.info('ready');
      await closed;`);
    await ready;
    child.kill('SIGTERM');

    const end = await ended;
    expect(end.code).toBe(0);
    expect(end.log).toContainEqual(
      expect.objectContaining({
        level: 'info',
        msg: 'stopped while starting',
        err: expect.objectContaining({ message: 'closed' }),
      }),
    );
    expect(messages(end)).not.toContain('the start failed');
  });

  it('goes on with its stop when a step fails, and names the step', async () => {
    const { child, ready, ended } = service(`
      lifecycle.onStop('database', () => logger.info('database closed'));
      lifecycle.onStop('consumer', () => { throw new Error('no coordinator'); });
      logger.info('ready');`);
    await ready;
    child.kill('SIGTERM');

    const end = await ended;
    expect(end.code).toBe(0);
    expect(messages(end)).toContain('database closed');
    expect(end.log).toContainEqual(
      expect.objectContaining({ step: 'consumer', err: expect.objectContaining({ message: 'no coordinator' }) }),
    );
  });

  it('that cannot stop in time ends all the same, with exit code 1', async () => {
    const { child, ready, ended } = service(
      `lifecycle.onStop('consumer', () => new Promise(() => {})); logger.info('ready');`,
      50,
    );
    await ready;
    child.kill('SIGTERM');

    const end = await ended;
    expect(end.code).toBe(1);
    expect(messages(end)).toContain('the graceful stop took too long; exiting');
  });

  it.each([
    ['an exception nobody caught', `logger.info('ready'); setTimeout(() => { throw new Error('a bug'); }, 1);`],
    ['a rejection nobody handled', `logger.info('ready'); void Promise.reject(new Error('a bug'));`],
    ['a start that fails', `logger.info('ready'); throw new Error('a bug');`],
    ['a part that reports it', `logger.info('ready'); lifecycle.fail('the consumer crashed', new Error('a bug'));`],
  ])('closes and exits with code 1 after %s, so that a supervisor starts it anew', async (_case, body) => {
    const end = await service(`lifecycle.onStop('database', () => logger.info('database closed')); ${body}`).ended;
    expect(end.code).toBe(1);
    expect(end.log).toContainEqual(
      expect.objectContaining({ level: 'fatal', err: expect.objectContaining({ message: 'a bug' }) }),
    );
    expect(messages(end)).toEqual(expect.arrayContaining(['database closed', 'stopped']));
  });

  it('that is stopped during its start closes what it has opened', async () => {
    const { child, ready, ended } = service(`
      lifecycle.onStop('database', () => logger.info('database closed'));
      logger.info('ready');
      await new Promise(() => {});`);
    await ready;
    child.kill('SIGTERM');

    const end = await ended;
    expect(end.code).toBe(0);
    expect(new Set(messages(end))).toEqual(new Set(['ready', 'database closed', 'stopped']));
  });

  it('whose settings are faulty says so in plain words and exits with code 1', async () => {
    const end = await service(
      `settingsOrExit(() => { throw new ConfigError('faulty settings:\\n  PORT: is required'); });`,
    ).ended;
    expect(end).toMatchObject({ code: 1, errors: 'faulty settings:\n  PORT: is required\n' });
  });
});
