import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../report/table.ts';
import { byFunction, byModule, type CpuProfile, type SelfTime, selfTimes } from './self-time.ts';

const ROWS = 25;

/** Prints where the services were busy: node e2e/bench/profile/main.ts [--from SECONDS] FOLDER-OR-FILE... */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0' } },
});
const fromSeconds = Number(values.from);
const files = positionals.flatMap((path) =>
  path.endsWith('.cpuprofile') ? [path] : readdirSync(path).map((name) => join(path, name)),
);

for (const file of files) {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const modules = selfTimes(profile, fromSeconds, byModule);
  const busy = modules.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = (times: SelfTime[]): string[][] =>
    times
      .slice(0, ROWS)
      .map(({ name, milliseconds }) => [
        name,
        milliseconds.toFixed(0),
        `${((100 * milliseconds) / busy).toFixed(1)} %`,
      ]);
  process.stdout.write(`\n${basename(file)}: busy for ${(busy / 1_000).toFixed(1)} s\n`);
  process.stdout.write(`${table([['module', 'ms', 'share'], ...rows(modules)])}\n\n`);
  process.stdout.write(
    `${table([['function', 'ms', 'share'], ...rows(selfTimes(profile, fromSeconds, byFunction))])}\n`,
  );
}
