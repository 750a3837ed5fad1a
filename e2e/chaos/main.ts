import { interruption } from '../../scripts/local/interruption.ts';
import { type ChaosOptions, readOptions, USAGE } from './options.ts';
import { printReport } from './print-report.ts';
import { runChaos } from './run.ts';

const log = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${line}\n`);
const options = optionsOrExit();
const steps: (() => Promise<void>)[] = [];
const stopped = new AbortController();
// Asked once, what was done so far is judged; asked twice, the processes end at once with this one.
void interruption(log).then(() => stopped.abort());

let sound = false;
try {
  const report = await runChaos(options, { cleanup: (step) => steps.push(step), log, stopped: stopped.signal });
  sound = report.sound;
  process.stdout.write(`${printReport(report)}\n`);
} finally {
  for (const step of steps.reverse()) await step().catch((error: unknown) => log(String(error)));
}
process.exit(sound ? 0 : 1);

function optionsOrExit(): ChaosOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
