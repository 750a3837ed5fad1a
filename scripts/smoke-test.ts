import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { follow } from './smoke/follow.ts';
import { createRemote } from './smoke/remote.ts';
import { sampleEvents } from './smoke/sample-events.ts';

const usage = `usage: ./scripts/smoke-test.sh URL [KEY] [options]

Sends one event of each configured channel through the system whose ingestion-service is at URL, and follows each to its
end. Exits with 0 when every one was delivered, with 1 otherwise.

  KEY               an API key with the scopes events:write and events:read; none where AUTH=disabled
  --email ADDRESS   a test recipient, and so --sms NUMBER, --push TOKEN, --chat TARGET (the name of one of SLACK_WEBHOOKS)
                    and --webhook URL. With any of them, only their channels are tried: so it is done with real providers.
  --sandbox URL     without recipients, all channels are tried, with recipients that the provider sandbox delivers to; this
                    is where the dispatchers find it; http://provider-sandbox:3100 unless said
  --timeout SECONDS how long the deliveries may take, 90 unless said`;

const options = {
  email: { type: 'string' },
  sms: { type: 'string' },
  push: { type: 'string' },
  chat: { type: 'string' },
  webhook: { type: 'string' },
  sandbox: { type: 'string', default: 'http://provider-sandbox:3100' },
  timeout: { type: 'string', default: '90' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { sandbox, timeout, help, ...recipients } = values;
  const [url, key] = positionals;
  const limitMs = Number(timeout) * 1_000;
  if (help) {
    console.log(usage);
    return 0;
  }
  if (!url || !URL.canParse(url) || positionals.length > 2 || !(limitMs > 0)) {
    console.error(usage);
    return 2;
  }
  const remote = createRemote(url, key);
  await remote.ready();
  const events = sampleEvents(recipients, sandbox, `smoke test ${randomUUID()}`);
  return follow(remote, events, limitMs, process.stdout);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`the smoke test failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
