import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { createApiKey } from '@postrider/shared/service/api-keys.ts';
import { startSystem, type System } from '../e2e/system/system.ts';

const { key, line } = createApiKey('smoke-test', ['events:write', 'events:read']);
let system: System;

beforeAll(async () => {
  system = await startSystem({
    name: 'smoke',
    instances: { critical: 1 },
    env: {
      AUTH: 'required',
      API_KEYS: line,
      // No provider of push messages.
      FIREBASE_PROJECT_ID: '',
      FIREBASE_CLIENT_EMAIL: '',
      FIREBASE_PRIVATE_KEY: '',
      ONESIGNAL_APP_ID: '',
      ONESIGNAL_API_KEY: '',
    },
  });
}, 120_000);
afterAll(() => system.stop(), 60_000);

/** As an operator runs it, with this process's Node. */
function smokeTest(...args: string[]): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, 'smoke-test.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, system.service('ingestion').url, ...args], (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

it('an event of each channel is delivered, and a channel without a provider is told, not counted', async () => {
  const { code, output } = await smokeTest(key, '--sandbox', system.sandbox.url);
  expect(output).toContain('the smoke test passed');
  expect(output).toMatch(/push \(critical\) +not configured/);
  for (const channel of ['email', 'sms', 'chat', 'webhook'])
    expect(output).toMatch(new RegExp(`${channel} \\(\\w+\\) +delivered\n`));
  expect(code).toBe(0);
  expect((await system.sandbox.received({})).map(({ channel }) => channel).toSorted()).toEqual([
    'chat',
    'email',
    'sms',
    'webhook',
  ]);
}, 120_000);

it('with recipients, only their channels are tried; one that is not reached fails it', async () => {
  const { code, output } = await smokeTest(key, '--email', 'reject@example.com');
  expect(output).toMatch(/email \(default\) +NOT DELIVERED: GET \/v1\/events\//);
  expect(output).not.toContain('webhook');
  expect(code).toBe(1);
});

it('a key that is not known fails it with the answer', async () => {
  const { code, output } = await smokeTest('prk_none');
  expect(output).toContain(': 401 ');
  expect(code).toBe(1);
});
