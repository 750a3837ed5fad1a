import { type SandboxInTest, sandboxInTest } from '../sandbox-in-test.ts';

describe('PUT, GET and DELETE /behaviour', () => {
  let sandbox: SandboxInTest;
  beforeAll(async () => {
    sandbox = await sandboxInTest();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  const list = async (): Promise<unknown> => (await fetch(`${sandbox.url}/behaviour`)).json();

  it('a rule is added, seen with its use, and removed', async () => {
    const rule = await sandbox.behave({ channel: 'webhook', match: 'orders', action: 'fail', times: 1 });
    expect(rule).toEqual({ id: rule.id, used: 0, channel: 'webhook', match: 'orders', action: 'fail', times: 1 });

    const statuses = [];
    for (let at = 0; at < 2; at += 1) {
      statuses.push((await fetch(`${sandbox.url}/webhooks/orders`, { method: 'POST', body: '{}' })).status);
    }
    expect(statuses).toEqual([500, 200]);
    expect(await list()).toEqual({ rules: [{ ...rule, used: 1 }] });

    expect((await fetch(`${sandbox.url}/behaviour/${rule.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${sandbox.url}/behaviour/${rule.id}`, { method: 'DELETE' })).status).toBe(404);
    expect(await list()).toEqual({ rules: [] });
  });

  it('DELETE /behaviour ends all rules', async () => {
    await sandbox.behave({ channel: 'sms', action: 'fail' });
    await sandbox.behave({ channel: 'email', action: 'fail' });
    expect((await fetch(`${sandbox.url}/behaviour`, { method: 'DELETE' })).status).toBe(204);
    expect(await list()).toEqual({ rules: [] });
  });

  it('a faulty rule is refused with every faulty field', async () => {
    const response = await fetch(`${sandbox.url}/behaviour`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'fax', action: 'explode', times: 0, probability: 2, forever: true }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['action', 'channel', 'forever', 'probability', 'times']);
    expect(await list()).toEqual({ rules: [] });
  });

  it('so is one for a provider of another channel', async () => {
    const answer = await sandbox.behave({ channel: 'sms', provider: 'mailgun', action: 'fail' });
    expect(answer).toMatchObject({ status: 400, errors: [{ path: 'provider' }] });
    expect(await list()).toEqual({ rules: [] });
  });
});
