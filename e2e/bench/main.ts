import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder } from '../../scripts/local/project.ts';
import { runAndExit } from './cleanup.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { untilQuiet } from './quiet.ts';
import { summarise } from './report/figures.ts';
import { printReport } from './report/report.ts';
import { soakReport } from './report/soak.ts';
import { rehearse, type Run, runOnce } from './run.ts';
import { startStage } from './stage.ts';

const command = process.argv.slice(2);
const options = optionsOrExit();
const startedAt = new Date();
const folder = join(localFolder, 'bench');
const stamp = startedAt.toISOString().replaceAll(':', '-').slice(0, 19);
const log = (line: string): void => void process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);

await runAndExit(async (cleanup) => {
  const stage = await startStage(log, cleanup);
  const profiles = options.profile ? join(folder, `${stamp}-profiles`) : undefined;
  const runs: Run[] = [];
  await rehearse(stage, cleanup, options);
  for (let number = 1; number <= options.runs; number += 1) {
    await untilQuiet(options.waitSeconds, log);
    log(`run ${number} of ${options.runs}`);
    runs.push(await runOnce(stage, cleanup, options, profiles));
  }
  writeReport(runs);
  if (profiles) log(`profiles of the services: ${profiles}`);
});

function writeReport(runs: Run[]): void {
  const summary = summarise(runs);
  const machine = describeMachine();
  const file = join(folder, `${stamp}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ startedAt, command, options, machine, summary, runs }, undefined, 2)}\n`);
  const soaks = runs.flatMap(({ soak }) => (soak?.soak ? [soakReport(soak.soak)] : []));
  const sections = [printReport(summary, runs.length), ...soaks, `${machine.description}\n${file}`];
  process.stdout.write(`\n${sections.join('\n\n')}\n`);
}

function optionsOrExit(): BenchOptions {
  try {
    return readOptions(command);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
