import type { RequestListener } from 'node:http';
import type { ChatMessage } from '@postrider/shared/events/payloads.ts';
import { ConfigError, readSettings } from '@postrider/shared/service/config.ts';
import { apiInTest } from './api-in-test.ts';
import { createDiscordProvider, discordSettings } from './discord.ts';
import type { Provider, SendContext } from './provider.ts';
import { createSlackProvider, slackSettings } from './slack.ts';

let api: Awaited<ReturnType<typeof apiInTest>>;
let slack: Provider<ChatMessage>;
let discord: Provider<ChatMessage>;

const slackAt = (environment: Record<string, string>) => createSlackProvider(readSettings(slackSettings, environment));
const discordAt = (environment: Record<string, string>) =>
  createDiscordProvider(readSettings(discordSettings, environment));

beforeEach(async () => {
  api = await apiInTest();
  slack = slackAt({
    SLACK_WEBHOOKS: `default=${api.origin}/services/T0/B0/default-s3cret, ops=${api.origin}/services/T0/B1/ops-s3cret`,
    SLACK_BASE_URL: api.origin,
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8',
  });
  discord = discordAt({
    DISCORD_WEBHOOKS: `default=${api.origin}/api/webhooks/1/default-s3cret?thread_id=7`,
    DISCORD_BASE_URL: api.origin,
    WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8',
  });
});
afterEach(async () => {
  await Promise.all([slack.close(), discord.close()]);
  await api.close();
});

const answer = (status: number, body: string | object, headers = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
};
const context = (): SendContext => ({
  eventId: '0199b6a1-7a1e-7000-8000-000000000001',
  attempt: 1,
  createdAt: new Date(),
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: AbortSignal.timeout(2_000),
});
const sent = (at = 0): unknown => JSON.parse(api.requests[at]?.body.toString() ?? '');

describe('a named webhook', () => {
  test('is the one that the event names, else the default one', async () => {
    api.answer(answer(200, 'ok'));
    expect(await slack.send({ text: 'Hello', target: 'ops' }, context())).toEqual({ outcome: 'delivered' });
    await slack.send({ text: 'Hello' }, context());
    expect(api.requests.map(({ url }) => url)).toEqual([
      '/services/T0/B1/ops-s3cret',
      '/services/T0/B0/default-s3cret',
    ]);
  });

  test('that nobody has configured is no recipient', async () => {
    const result = await slack.send({ text: 'Hello', target: 'nobody' }, context());
    expect(result).toMatchObject({ errorClass: 'bad_recipient', retryable: false });
    expect(result.detail).toBe('no webhook of slack is named nobody');
  });

  test('may be of any host of the service', async () => {
    const slackToo = slackAt({
      SLACK_WEBHOOKS: 'a=https://hooks.slack.com/services/T0/B0/x,b=https://hooks.slack-gov.com/services/T0/B0/x',
    });
    const discordToo = discordAt({
      DISCORD_WEBHOOKS: 'a=https://discord.com/api/webhooks/1/x-_Y,b=https://canary.discord.com/api/v10/webhooks/1/x',
    });
    await Promise.all([slackToo.close(), discordToo.close()]);
  });

  test('that is of somebody else stops the start, and its URL is not told', () => {
    const create = () => slackAt({ SLACK_WEBHOOKS: 'ops=https://evil.example/services/T0/B0/s3cret' });
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(/^faulty settings:\n {2}SLACK_WEBHOOKS: ops is not an incoming webhook of slack$/);
    expect(() => discordAt({ DISCORD_WEBHOOKS: 'a=https://discord.com/api/users/1' })).toThrow(ConfigError);
  });

  test('has a rate limit and a circuit of its own, whose name does not tell its URL', () => {
    const url = `${api.origin}/services/T0/B0/other-s3cret`;
    expect(slack.destination({ text: 'a' })).toBe('slack:default');
    expect(slack.destination({ text: 'a', target: 'ops' })).toBe('slack:ops');
    expect(slack.destination({ text: 'a', url })).toBe(slack.destination({ text: 'b', url }));
    expect(slack.destination({ text: 'a', url })).toMatch(/^slack:[\w-]{16}$/);
  });
});

describe('a webhook that the event brings along', () => {
  test.each([
    'https://hooks.slack.com.evil.example/services/T0/B0/x',
    'https://evil.example/services/T0/B0/x',
    'https://hooks.slack.com@evil.example/services/T0/B0/x',
    'https://user:pass@hooks.slack.com/services/T0/B0/x',
    'http://hooks.slack.com/services/T0/B0/x',
    'https://hooks.slack.com:8443/services/T0/B0/x',
    'https://hooks.slack.com./services/T0/B0/x',
    'https://hooks.slack.com/services/../api/x',
    'https://hooks.slack.com/',
    'https://hooks.slack.com/commands/x',
    'https://hooks.slack.com/workflows/T0/A0/1/x',
    'https://slack.com/api/chat.postMessage',
    'http://169.254.169.254/services/T0/B0/x',
    'http://127.0.0.1/services/T0/B0/x',
  ])('is called at Slack only: not %s', async (url) => {
    const real = slackAt({ WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8' });
    const result = await real.send({ text: 'Hello', url }, context());
    await real.close();
    expect(result).toMatchObject({ errorClass: 'bad_recipient', retryable: false });
    expect(result.detail).toBe('the URL is not an incoming webhook of slack');
  });

  test.each([
    'https://discord.com/api/users/@me',
    'https://discord.com/api/webhooks/1',
    'https://discord.com/api/webhooks/1/x/messages/2',
    'https://discord.com/api/webhooks/../users/1',
    'https://evil.example/api/webhooks/1/x',
    'http://discord.com/api/webhooks/1/x',
  ])('is called at Discord only: not %s', async (url) => {
    const real = discordAt({ WEBHOOK_ALLOW_ADDRESSES: '127.0.0.0/8' });
    const result = await real.send({ text: 'Hello', url }, context());
    await real.close();
    expect(result).toMatchObject({ errorClass: 'bad_recipient', retryable: false });
  });

  test('is called at public addresses only, whatever its name resolves to', async () => {
    const guarded = slackAt({ SLACK_BASE_URL: api.origin });
    const result = await guarded.send({ text: 'Hello', url: `${api.origin}/services/T0/B0/x` }, context());
    await guarded.close();
    expect(result).toMatchObject({ errorClass: 'blocked_address', retryable: false });
    expect(api.requests).toEqual([]);
  });
});

describe('Slack', () => {
  test('gets text and blocks; mentions notify nobody unless the event says so', async () => {
    api.answer(answer(200, 'ok'));
    const blocks = [{ type: 'divider' }];
    const text = 'Disk <https://a.example|full> <!channel> <@U123>';
    await slack.send({ text, blocks }, context());
    await slack.send({ text, mentions: true }, context());
    expect(sent(0)).toEqual({ text: 'Disk <https://a.example|full> &lt;!channel> &lt;@U123>', blocks });
    expect(sent(1)).toEqual({ text });
    expect(api.requests[0]?.headers['content-type']).toBe('application/json');
  });

  test.each<[number, string, object]>([
    [400, 'invalid_payload', { errorClass: 'rejected', retryable: false, code: 'invalid_payload' }],
    [400, 'no_text', { errorClass: 'rejected', retryable: false }],
    [400, 'user_not_found', { errorClass: 'bad_recipient', retryable: false }],
    [403, 'action_prohibited', { errorClass: 'bad_recipient', retryable: false }],
    [403, 'invalid_token', { errorClass: 'bad_recipient', retryable: false }],
    [404, 'channel_not_found', { errorClass: 'bad_recipient', retryable: false }],
    [404, 'no_service', { errorClass: 'bad_recipient', retryable: false, code: 'no_service' }],
    [410, 'channel_is_archived', { errorClass: 'bad_recipient', retryable: false }],
    [500, 'rollup_error', { errorClass: 'provider_down', retryable: true }],
    [429, 'rate_limited', { errorClass: 'rate_limited', retryable: true, retryAfterMs: 30_000 }],
    [404, '<html>', { errorClass: 'bad_recipient', retryable: false, code: '404', detail: 'HTTP 404' }],
    [503, '', { errorClass: 'provider_down', retryable: true, code: '503' }],
    [504, '', { errorClass: 'unknown_outcome', retryable: true }],
    [302, '', { errorClass: 'rejected', retryable: false }],
    [200, 'invalid_payload', { errorClass: 'unknown_outcome', retryable: true }],
  ])('that answers %i %s', async (status, word, expected) => {
    api.answer(answer(status, word, { 'retry-after': '30' }));
    expect(await slack.send({ text: 'Hello' }, context())).toMatchObject({ outcome: 'failed', ...expected });
  });
});

describe('Discord', () => {
  test('gets text and embeds, and is asked for the message; mentions notify nobody unless the event says so', async () => {
    api.answer(answer(200, { id: '1234' }));
    const embeds = [{ title: 'Disk' }];
    expect(await discord.send({ text: 'full @everyone', embeds }, context())).toEqual({
      outcome: 'delivered',
      messageId: '1234',
    });
    await discord.send({ text: 'full @everyone', mentions: true }, context());
    expect(api.requests[0]?.url).toBe('/api/webhooks/1/default-s3cret?thread_id=7&wait=true');
    expect(sent(0)).toEqual({ content: 'full @everyone', embeds, allowed_mentions: { parse: [] } });
    expect(sent(1)).toEqual({ content: 'full @everyone' });
  });

  test('may answer with nothing', async () => {
    api.answer(answer(204, ''));
    expect(await discord.send({ text: 'Hello' }, context())).toEqual({ outcome: 'delivered' });
  });

  test.each<[number, object | string, object]>([
    [400, { code: 50035, message: 'Invalid Form Body' }, { errorClass: 'rejected', retryable: false, code: '50035' }],
    [400, { code: 50006, message: 'Cannot send an empty message' }, { errorClass: 'rejected', retryable: false }],
    [
      404,
      { code: 10015, message: 'Unknown Webhook' },
      { errorClass: 'bad_recipient', retryable: false, code: '10015' },
    ],
    [401, { code: 50027, message: 'Invalid Webhook Token' }, { errorClass: 'bad_recipient', retryable: false }],
    [404, '', { errorClass: 'bad_recipient', retryable: false, code: '404' }],
    [429, { message: 'limited', retry_after: 0.2, global: false }, { errorClass: 'rate_limited', retryAfterMs: 200 }],
    [429, '<html>', { errorClass: 'rate_limited', retryable: true, retryAfterMs: 30_000 }],
    [400, { code: 20016, message: 'slow mode' }, { errorClass: 'rate_limited', retryable: true }],
    [503, { code: 130000, message: 'overloaded' }, { errorClass: 'provider_down', retryable: true }],
    [500, { code: 0, message: '500: Internal Server Error' }, { errorClass: 'provider_down', code: '500' }],
    [200, '<html>', { errorClass: 'unknown_outcome', retryable: true }],
  ])('that answers %i %j', async (status, body, expected) => {
    api.answer(answer(status, body, { 'retry-after': '30' }));
    expect(await discord.send({ text: 'Hello' }, context())).toMatchObject({ outcome: 'failed', ...expected });
  });
});

test("no result tells of a webhook's path", async () => {
  api.answer(answer(400, { code: 50035, message: `bad ${api.origin}/api/webhooks/1/default-s3cret?thread_id=7` }));
  expect((await discord.send({ text: 'Hello' }, context())).detail).toBe('bad ***');
});
