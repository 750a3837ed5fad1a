import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideInfrastructure } from '../../scripts/local/infrastructure.ts';
import { freePort } from '../../scripts/local/ports.ts';
import { localFolder } from '../../scripts/local/project.ts';
import { runAndExit } from '../bench/cleanup.ts';
import { type CommandOptions, readOptions, USAGE } from './options.ts';
import { printReport } from './print-report.ts';
import { runFuzz } from './run.ts';
import { runSchemathesis } from './schemathesis.ts';

const options = optionsOrExit();
const log = (line: string): void => void process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${line}\n`);

await runAndExit(async (cleanup) => {
  log(`seed ${options.seed}: starting Kafka and MongoDB`);
  const infrastructure = await provideInfrastructure({
    name: `fuzz-${process.pid}`,
    kafkaPort: await freePort(),
    mongoPort: await freePort(),
    fresh: true,
    log,
    onCrash: (server) => log(`the server on ${server.address} ended by itself`),
  });
  cleanup.add(() => infrastructure.stop({ discard: true }));
  if (options.schemathesis)
    return runSchemathesis(options, { ...infrastructure, log, onStart: (stop) => cleanup.add(stop) });
  const report = await runFuzz(options, { ...infrastructure, log, onStart: (stop) => cleanup.add(stop) });
  const folder = join(localFolder, 'fuzz');
  const file = join(folder, `${options.seed}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  process.stdout.write(`${printReport(report)}\n${file}\n`);
  if (report.findings.length > 0) throw new Error('not sound');
});

function optionsOrExit(): CommandOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
