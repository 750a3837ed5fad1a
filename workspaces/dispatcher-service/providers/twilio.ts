import type { SmsMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { Agent } from 'undici';
import { z } from 'zod';
import { type Exchange, exchange, withoutAnswer } from './http-exchange.ts';
import type { Provider, SendContext } from './provider.ts';
import { publicDetail } from './public-detail.ts';
import { areGiven } from './required-settings.ts';
import { retryAfterMs } from './retry-after.ts';
import { classOfTwilioError } from './twilio-error.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const twilioSettings = {
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC\w{8,}$/, 'must start with AC')
    .optional(),
  TWILIO_AUTH_TOKEN: z.string().min(1).optional(),
  /** Sender of messages that name none: a number, an alphanumeric sender, or the SID of a messaging service. */
  TWILIO_FROM: z.string().min(1).optional(),
  /** Another edge or region of Twilio's, or the sandbox. */
  TWILIO_BASE_URL: httpUrl.default('https://api.twilio.com'),
  /** Where Twilio reports what became of a message. Without it, acceptance by Twilio counts as delivery. */
  TWILIO_STATUS_CALLBACK_URL: httpUrl.optional(),
};

const CONNECT_TIMEOUT_MS = 5_000;

/** Loaded at the first message: a dispatcher that sends no SMS need not pay for the SDK. */
const loadSdk = async () => (await import('twilio')).default;

/** @returns undefined where Twilio is not configured. @throws ConfigError where it is by half. */
export function createTwilioProvider(
  settings: z.output<z.ZodObject<typeof twilioSettings>>,
): Provider<SmsMessage> | undefined {
  if (!areGiven(settings, ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'])) return undefined;
  const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token, TWILIO_STATUS_CALLBACK_URL: callback } = settings;
  const base = new URL(settings.TWILIO_BASE_URL);
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  return {
    destination: () => 'twilio',

    async send(message, context) {
      const twilio = await loadSdk();
      const wire = new Wire(agent, base, context.signal);
      // A client for each send: it carries this send's signal, and costs 8 us. Without an edge and a region of its
      // own the SDK would take them from the environment.
      const client = twilio(sid, token, { httpClient: wire.asClient(), edge: '', region: '' });
      let thrown: unknown;
      try {
        await client.messages.create({
          to: message.to,
          body: message.text,
          ...senderOf(message.from ?? settings.TWILIO_FROM),
          ...(callback !== undefined && { statusCallback: withAttempt(callback, context) }),
        });
      } catch (error) {
        thrown = error;
      }
      if (!wire.ended) throw thrown;
      if (wire.ended.kind !== 'answered') return withoutAnswer(wire.ended, context.signal);
      const result = resultOf(wire.ended, callback === undefined ? 'delivered' : 'accepted');
      return result.outcome === 'failed'
        ? { ...result, detail: publicDetail(result.detail, [message.to, message.text, sid, token]) }
        : result;
    },

    close: () => agent.destroy(),
  };
}

function senderOf(from: string): { from: string } | { messagingServiceSid: string } {
  return /^MG[0-9a-f]{32}$/i.test(from) ? { messagingServiceSid: from } : { from };
}

/** Twilio calls back before we have recorded its id of the message, now and then; ours is in the URL. */
function withAttempt(callback: string, { eventId, attempt }: SendContext): string {
  const url = new URL(callback);
  url.searchParams.set('eventId', eventId);
  url.searchParams.set('attempt', String(attempt));
  return url.href;
}

/** Carries the one request of one send, and remembers how it ended: the SDK's errors tell neither phase nor headers. */
class Wire {
  ended: Exchange | undefined;
  readonly #agent: Agent;
  readonly #base: URL;
  readonly #signal: AbortSignal;

  constructor(agent: Agent, base: URL, signal: AbortSignal) {
    this.#agent = agent;
    this.#base = base;
    this.#signal = signal;
  }

  /** The SDK declares a class with private members, and calls nothing but `request`. */
  asClient(): RequestClient {
    return { request: (options: RequestClient.RequestOptions) => this.#request(options) } as unknown as RequestClient;
  }

  async #request(
    options: RequestClient.RequestOptions,
  ): Promise<{ statusCode: number; body: string; headers: object }> {
    const { uri, username, password, headers, data } = options;
    const request = {
      origin: this.#base.origin,
      path: this.#base.pathname.replace(/\/$/, '') + new URL(uri).pathname,
      method: 'POST',
      headers: { ...headers, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      body: new URLSearchParams(data as Record<string, string>).toString(),
    };
    this.ended = await exchange(this.#agent, request, { signal: this.#signal, keepBody: true });
    if (this.ended.kind !== 'answered') throw this.ended.error;
    return { statusCode: this.ended.status, body: this.ended.body, headers: {} };
  }
}

// https://www.twilio.com/docs/messaging/api/message-resource, or https://www.twilio.com/docs/usage/twilios-response#exceptions
const answer = z.object({
  sid: z.string().optional().catch(undefined),
  status: z.union([z.string(), z.number()]).optional().catch(undefined),
  code: z.number().nullish().catch(undefined),
  message: z.string().nullish().catch(undefined),
  error_code: z.number().nullish().catch(undefined),
  error_message: z.string().nullish().catch(undefined),
});

function resultOf(ended: Extract<Exchange, { kind: 'answered' }>, success: 'delivered' | 'accepted'): SendResult {
  const body = answer.safeParse(parseJson(ended.body)).data;
  const code = body?.code ?? body?.error_code ?? undefined;
  const isOk = ended.status >= 200 && ended.status < 300;
  if (isOk && code === undefined) {
    if (body?.sid !== undefined && body.status !== 'failed' && body.status !== 'undelivered') {
      return { outcome: success, messageId: body.sid };
    }
    const detail = `HTTP ${ended.status} without a message in it`;
    return { outcome: 'failed', errorClass: 'unknown_outcome', retryable: true, code: String(ended.status), detail };
  }
  const wait = retryAfterMs(ended.retryAfter, Date.now());
  return {
    outcome: 'failed',
    ...classOfTwilioError(code, ended.status),
    code: String(code ?? ended.status),
    detail: body?.message ?? body?.error_message ?? `HTTP ${ended.status}`,
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
