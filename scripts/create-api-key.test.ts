import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { authSettings } from '@postrider/shared/service/api-keys.ts';
import { readSettings } from '@postrider/shared/service/config.ts';

function run(...args: string[]) {
  const program = join(import.meta.dirname, 'create-api-key.ts');
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

describe('create-api-key', () => {
  it('prints a key and a line that the services take', () => {
    const { status, stdout } = run('billing', 'events:write', 'dead-letters:replay', 'events:write');

    expect(status).toBe(0);
    expect(stdout.match(/^ {2}prk_billing_\S{22}$/gm)).toHaveLength(1);
    const line = /^ {2}API_KEYS=(.*)$/m.exec(stdout)?.[1];
    expect(readSettings(authSettings, { API_KEYS: line }).API_KEYS).toMatchObject([
      { id: 'billing', scopes: ['events:write', 'dead-letters:replay'] },
    ]);
  });

  it.each([
    [['billing', 'events:delete'], /no scope "events:delete": events:write, events:read, dead-letters:replay/],
    [['billing:prod', 'events:read'], /"billing:prod" is no ID/],
    [['billing'], /without a scope/],
    [[], /^usage:/],
  ])('says what is wrong with %j', (args, message) => {
    const { status, stdout, stderr } = run(...args);

    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});
