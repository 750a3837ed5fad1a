import { createApiKey, SCOPES, type Scope } from '@postrider/shared/service/api-keys.ts';

const usage = `usage: ./scripts/create-api-key.sh ID SCOPE [SCOPE...]

Makes an API key and prints it, once, with the line to add to the setting API_KEYS of ingestion-service and retry-service.
  ID     names the client in logs and replays: letters, digits, - and _
  SCOPE  ${SCOPES.join(', ')}`;

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

function faultsOf(id: string, scopes: string[]): string[] {
  const unknown = scopes.filter((scope) => !isScope(scope));
  return [
    ...(/^[A-Za-z0-9_-]+$/.test(id) ? [] : [`${JSON.stringify(id)} is no ID: letters, digits, - and _ only`]),
    ...(scopes.length === 0 ? ['a key without a scope opens nothing: name one at least'] : []),
    ...unknown.map((scope) => `there is no scope ${JSON.stringify(scope)}: ${SCOPES.join(', ')}`),
  ];
}

function main([id, ...scopes]: string[]): void {
  if (id === '--help' || id === '-h') return console.log(usage);
  const faults = id === undefined ? [usage] : faultsOf(id, scopes);
  if (id === undefined || faults.length > 0) {
    console.error(faults.join('\n'));
    process.exitCode = 1;
    return;
  }
  const { key, line } = createApiKey(id, [...new Set(scopes)].filter(isScope));
  console.log(`The key, for the client alone; it is stored nowhere and not shown again:

  ${key}

What Postrider is to know of it; with other keys, separated by commas:

  API_KEYS=${line}`);
}

main(process.argv.slice(2));
