import { parseExactJson } from '../service/exact-json.ts';
import { DEFAULT_PROVIDERS } from './channels.ts';
import type { AttemptDocument, EventDocument } from './event.ts';
import { type Acceptance, eventRequest, newEvent } from './event-request.ts';
import { toDetailedView, toEventView } from './event-view.ts';

const now = new Date('2030-01-31T09:00:00Z');
const acceptance: Acceptance = {
  now,
  defaultProviders: DEFAULT_PROVIDERS,
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  idempotencyKey: 'key-of-the-client',
};

const eventOf = (body: unknown, change: Partial<EventDocument> = {}): EventDocument => ({
  ...newEvent(eventRequest.parse(body), acceptance),
  ...change,
});
const sms = { channel: 'sms', payload: { to: '+12025550123', text: 'Hello' } };
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('an event as it is shown', () => {
  it('has what its client sent, and where it stands', () => {
    const event = eventOf({ ...sms, eventId: 'e-1', metadata: { order: 1 } });
    expect(toEventView(event)).toEqual({
      id: event._id,
      eventId: 'e-1',
      channel: 'sms',
      priority: 'default',
      provider: 'twilio',
      status: 'QUEUED',
      createdAt: now,
      updatedAt: now,
      attempts: 0,
      metadata: { order: 1 },
      traceId: 'a'.repeat(32),
      payload: sms.payload,
    });
  });

  it('hides the secret of a webhook, and what its headers prove', () => {
    const headers = {
      Authorization: 'Bearer hunter2',
      'x-api-key': 'hunter2',
      Cookie: 'sid=hunter2',
      'X-Auth-Token': 'hunter2',
      'client-secret': 'hunter2',
      'x-password': 'hunter2',
      'x-shop': 'visible',
    };
    const event = eventOf({ channel: 'webhook', payload: { url: 'https://a.example/x', body: {}, headers, secret } });
    const text = JSON.stringify(toDetailedView(event, []));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(secret.slice('whsec_'.length));
    expect(text).toContain('visible');
  });

  it("hides the path of a chat's webhook, which is all that it takes to write there", () => {
    const url = 'https://hooks.slack.com/services/T0/B0/hunter2';
    const { payload } = toEventView(eventOf({ channel: 'chat', payload: { url, text: 'Hello' } }));
    expect(payload).toEqual({ url: 'https://hooks.slack.com/***', text: 'Hello' });
  });

  it('shows the numbers of a webhook body as they came, also those that a double does not hold', () => {
    const body = parseExactJson('{"id":12345678901234567890}');
    const event = eventOf({ channel: 'webhook', payload: { url: 'https://a.example', body } });
    expect(JSON.stringify(toEventView(event))).toContain('"body":{"id":12345678901234567890}');
  });

  it('shows a webhook body as the JSON that it is, and mailboxes as people write them', () => {
    const body = { a: [1, { $set: null }] };
    expect(toEventView(eventOf({ channel: 'webhook', payload: { url: 'https://a.example', body } })).payload).toEqual({
      url: 'https://a.example',
      body,
    });
    const mail = { to: 'Ada <ada@example.com>', replyTo: 'bob@example.com', subject: 'Hello', text: 'Plain' };
    expect(toEventView(eventOf({ channel: 'email', payload: mail })).payload).toEqual(mail);
  });

  it('says when its next attempt is due while it waits for it, and at no other time', () => {
    const dueAt = new Date('2030-01-31T09:05:00Z');
    expect(toEventView(eventOf(sms, { status: 'RETRYING', dueAt }))).toMatchObject({ nextAttemptAt: dueAt });
    expect(toEventView(eventOf({ ...sms, sendAt: dueAt.toISOString() }))).toMatchObject({ nextAttemptAt: dueAt });
    expect(toEventView(eventOf(sms, { status: 'PROCESSING', dueAt }))).not.toHaveProperty('nextAttemptAt');
  });

  it('says why and when it became a dead letter', () => {
    const deadLetter = { reason: 'exhausted', errorClass: 'network', at: now } as const;
    expect(toEventView(eventOf(sms, { status: 'DEAD_LETTERED', deadLetter }))).toMatchObject({ deadLetter });
  });

  it('says nothing of how Postrider keeps it', () => {
    const event = eventOf(sms, { takenBy: 'token-of-a-claim', lastReplayId: 'replay-7', deferrals: 0 });
    const view = toDetailedView(event, []);
    for (const field of [
      '_id',
      'idempotencyKey',
      'requestHash',
      'takenBy',
      'queue',
      'tries',
      'dueAt',
      'lastReplayId',
      'deferrals',
    ]) {
      expect(view).not.toHaveProperty(field);
    }
    expect(JSON.stringify(view)).not.toMatch(/key-of-the-client|token-of-a-claim/);
  });

  it('comes without its payload in lists', () => {
    const { payload: _payload, ...listed } = eventOf(sms);
    expect(toEventView(listed as EventDocument)).not.toHaveProperty('payload');
  });
});

describe('the attempts of an event', () => {
  it('are shown with what the provider said, and without whose claim they were', () => {
    const attempt: AttemptDocument = {
      _id: 'id:1',
      eventId: 'id',
      number: 1,
      provider: 'twilio',
      takenBy: 'token-of-a-claim',
      startedAt: now,
      duration: 12,
      outcome: 'failed',
      errorClass: 'rate_limited',
      retryable: true,
      code: '429',
      detail: 'too many',
      retryAfterMs: 1_000,
    };
    expect(toDetailedView(eventOf(sms), [attempt]).attempts).toEqual([
      {
        number: 1,
        provider: 'twilio',
        startedAt: now,
        durationMs: 12,
        outcome: 'failed',
        errorClass: 'rate_limited',
        retryable: true,
        code: '429',
        detail: 'too many',
        retryAfterMs: 1_000,
      },
    ]);
  });
});
