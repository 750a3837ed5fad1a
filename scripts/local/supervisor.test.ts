import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, isFree } from './ports.ts';
import { logsFolder } from './project.ts';
import type { ServiceSpec } from './services.ts';
import { superviseServices } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'postrider-supervisor-'));
const tag = `stand-in-${process.pid}`;
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const file of readdirSync(logsFolder)) if (file.startsWith(tag)) rmSync(join(logsFolder, file));
});

/** A service that is ready at once, and does `behaviour` besides. */
async function standIn(name: string, behaviour: string): Promise<ServiceSpec> {
  const main = join(folder, `${name}.mjs`);
  writeFileSync(
    main,
    `import http from 'node:http';
     http.createServer((request, response) => {
       if (request.url === '/crash') process.exit(7);
       response.end();
     }).listen(process.env.PORT, '127.0.0.1', () => { ${behaviour} });`,
  );
  const port = await freePort();
  return { name: `${tag}-${name}`, main, port, env: { PORT: `${port}` } };
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/ready`).then(
    () => true,
    () => false,
  );

it('a service that crashes is started again and said to be; a stop leaves no port behind', async () => {
  const lines: string[] = [];
  const steady = await standIn('steady', '');
  const shaky = await standIn('shaky', '');
  const supervisor = superviseServices([steady, shaky], (line) => lines.push(line));
  await supervisor.ready;

  await fetch(`http://127.0.0.1:${shaky.port}/crash`).catch(() => {});
  await pause(200);
  expect(await answers(shaky.port)).toBe(false);
  expect(lines).toEqual([expect.stringContaining(`${shaky.name} ended with exit code 7; it is started again in 1 s`)]);
  for (let tries = 0; lines.length < 2 && tries < 100; tries += 1) await pause(50);
  expect(lines[1]).toBe(`${shaky.name} is ready again`);
  expect(await answers(steady.port)).toBe(true);

  await supervisor.stop();
  expect(await Promise.all([isFree(steady.port), isFree(shaky.port)])).toEqual([true, true]);
});

it('a service that dies at start is named with what it said last, and not started again', async () => {
  const lines: string[] = [];
  const good = await standIn('good', '');
  const faulty = await standIn('faulty', '');
  writeFileSync(faulty.main, `console.error('PORT: expected a number'); process.exit(1);`);
  const supervisor = superviseServices([good, faulty], (line) => lines.push(line));

  await expect(supervisor.ready).rejects.toThrow(/faulty ended with exit code 1 before it was ready[^]*PORT: expected/);

  await supervisor.stop();
  expect(await isFree(good.port)).toBe(true);
  expect(lines).toEqual([]);
});
