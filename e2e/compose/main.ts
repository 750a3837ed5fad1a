import { type Options, readOptions, USAGE } from './options.ts';
import { complaints, judge } from './outcome.ts';
import { printOutcome } from './print-outcome.ts';
import { rehearse } from './rehearse.ts';

const log = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
const options = optionsOrExit();
const outcome = judge(await rehearse(options, log));
const wrong = complaints(outcome, options.rehearsal);
process.stdout.write(`${printOutcome(outcome, wrong)}\n`);
process.exit(wrong.length === 0 ? 0 : 1);

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(2);
  }
}
