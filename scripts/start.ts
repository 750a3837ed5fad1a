import { parseArgs } from 'node:util';
import { runDemo } from './local/demo.ts';
import { startDetached, tellStarter } from './local/detached.ts';
import { interruption } from './local/interruption.ts';
import { createLocalSystem } from './local/local-system.ts';
import { claimInstance, releaseInstance, requireNoInstance } from './local/running-instance.ts';
import { addresses } from './local/services.ts';
import { welcome } from './local/welcome.ts';

const usage = `./scripts/start.sh starts Postrider, Kafka and MongoDB on this machine.
  --no-demo   send no demonstration
  --fresh     throw away the local data first
  --detach    stay up in the background; ./scripts/stop.sh ends it`;

const options = {
  'no-demo': { type: 'boolean' },
  fresh: { type: 'boolean' },
  detach: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const secondsUp = (): number => process.uptime();

function log(line: string): void {
  console.log(line);
  tellStarter({ line });
}

async function demonstrate(): Promise<void> {
  await runDemo(addresses, process.stdout).catch((error: Error) => log(`The demonstration failed: ${error.message}`));
}

async function stayUp(fresh: boolean, demo: boolean): Promise<void> {
  claimInstance();
  const asked = interruption(log);
  const system = createLocalSystem(fresh, log);
  const up = async (): Promise<void> => {
    await system.start();
    tellStarter('ready');
    const seconds = secondsUp();
    if (demo) await demonstrate();
    console.log(welcome(seconds, 'Ctrl-C stops everything.'));
    await asked;
  };
  try {
    await Promise.race([up(), asked]);
  } finally {
    await system.stop();
    releaseInstance();
  }
  log('stopped');
}

async function leaveBehind(fresh: boolean, demo: boolean): Promise<void> {
  requireNoInstance();
  const state = await startDetached(import.meta.filename, ['--no-demo', ...(fresh ? ['--fresh'] : [])], log);
  if (state === 'failed') return void (process.exitCode = 1);
  const seconds = secondsUp();
  if (demo) await demonstrate();
  console.log(welcome(seconds, './scripts/stop.sh stops everything.'));
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({ options });
  if (flags.help) return console.log(usage);
  await (flags.detach ? leaveBehind : stayUp)(flags.fresh ?? false, !flags['no-demo']);
}

// The terminal may be gone before the services are: what is still to be said must not end this process.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

await main().catch((error: Error & { code?: string }) => {
  log(error.message);
  if (error.code?.startsWith('ERR_PARSE_ARGS')) log(usage);
  process.exitCode = 1;
});
process.exit();
