import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { localFolder } from '../../scripts/local/project.ts';
import { createApiKey, SCOPES } from '../../workspaces/shared/service/api-keys.ts';
import { startSystem } from '../system/system.ts';
import type { FuzzOptions } from './options.ts';
import type { Surroundings } from './run.ts';

/** Requests as the schemas allow them are refused all the same where rules go beyond JSON Schema: that is not looked at. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
];
const MAX_SECONDS = 150;

/**
 * Has schemathesis (https://schemathesis.io, `pip install schemathesis`) make requests of the OpenAPI documents of a whole system, and
 * judge the answers by them. SCHEMATHESIS is its program, where it is not on the PATH. @throws when it finds something.
 */
export async function runSchemathesis(
  { seed }: FuzzOptions,
  { kafkaBrokers, mongodbUri, log, onStart }: Surroundings,
): Promise<void> {
  const { key, line } = createApiKey('schemathesis', [...SCOPES]);
  const env = { AUTH: 'required', API_KEYS: line, HEALTH_ALERT_RECEIVER: 'on-call@example.com' };
  const system = await startSystem({ name: 'schemathesis', kafkaBrokers, mongodbUri, env });
  onStart?.(() => system.stop());
  const unsound: string[] = [];
  for (const service of ['retry-service', 'ingestion']) {
    log(`schemathesis asks ${service}`);
    const document = `${system.service(service).url}/openapi.json`;
    const code = await run([
      'run',
      document,
      `--header=Authorization: Bearer ${key}`,
      // It answers 502 and 504 for what becomes of the e-mail, as documented.
      '--exclude-path-regex=send-async',
      `--checks=${CHECKS.join(',')}`,
      '--phases=examples,coverage,fuzzing',
      `--max-time=${MAX_SECONDS}`,
      `--seed=${seed}`,
      '--continue-on-failure',
    ]);
    if (code !== 0) unsound.push(service);
  }
  if (unsound.length > 0) throw new Error(`not sound: ${unsound.join(', ')}`);
}

async function run(args: string[]): Promise<number> {
  const child = spawn(process.env['SCHEMATHESIS'] ?? 'schemathesis', args, {
    // It leaves a folder of its own where it runs.
    cwd: localFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
