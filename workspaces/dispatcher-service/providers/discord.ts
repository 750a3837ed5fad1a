import type { ChatMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { list } from '@postrider/shared/service/config.ts';
import { z } from 'zod';
import { addressRange } from '../ssrf/address-guard.ts';
import { createChatProvider, namedWebhooks } from './chat-webhook.ts';
import {
  type Answered,
  BAD_RECIPIENT,
  type Classified,
  classOfStatus,
  DOWN,
  parseJson,
  RATE_LIMITED,
  refused,
  senseless,
} from './json-api.ts';
import type { Provider } from './provider.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const discordSettings = {
  /** Webhooks by name: `default=https://discord.com/api/webhooks/…,ops=https://…`. */
  DISCORD_WEBHOOKS: namedWebhooks.default(new Map()),
  /** The sandbox, whose webhooks are then Discord's too. */
  DISCORD_BASE_URL: httpUrl.default('https://discord.com'),
  WEBHOOK_ALLOW_ADDRESSES: list(addressRange).default([]),
};

/** Always there: an event may bring its webhook along. @throws ConfigError */
export function createDiscordProvider(settings: z.output<z.ZodObject<typeof discordSettings>>): Provider<ChatMessage> {
  return createChatProvider({
    name: 'discord',
    webhooks: settings.DISCORD_WEBHOOKS,
    bases: [settings.DISCORD_BASE_URL, ...OTHER_HOSTS],
    path: /^\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+$/,
    request: (message, url) => ({ url: withConfirmation(url), body: bodyOf(message) }),
    result: resultOf,
    allowedAddresses: settings.WEBHOOK_ALLOW_ADDRESSES,
  });
}

const OTHER_HOSTS = ['https://discordapp.com', 'https://ptb.discord.com', 'https://canary.discord.com'];

/** Without it Discord does not say when a message could not be kept. */
function withConfirmation(url: URL): URL {
  const confirmed = new URL(url);
  confirmed.searchParams.set('wait', 'true');
  return confirmed;
}

/** https://docs.discord.com/developers/resources/webhook#execute-webhook */
function bodyOf({ text, embeds, mentions = false }: ChatMessage) {
  return { content: text, ...(embeds && { embeds }), ...(!mentions && { allowed_mentions: { parse: [] } }) };
}

// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
// The webhook is the address: one that has gone says nothing of the others.
const BY_CODE: Record<number, Classified> = {
  10003: BAD_RECIPIENT, // unknown channel
  10015: BAD_RECIPIENT, // unknown webhook
  50027: BAD_RECIPIENT, // invalid webhook token
  20016: RATE_LIMITED, // slow mode
  20028: RATE_LIMITED, // the channel's limit of writes
  20029: RATE_LIMITED, // the server's
  40062: RATE_LIMITED, // the service resource's
  130000: DOWN, // overloaded
};

const answerBody = z.object({
  id: z.string().optional().catch(undefined),
  code: z.number().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  /** Seconds, with a fraction. */
  retry_after: z.number().optional().catch(undefined),
});

function resultOf(answer: Answered, hidden: string[]): SendResult {
  const body = answerBody.safeParse(parseJson(answer.body)).data;
  if (answer.status === 204) return { outcome: 'delivered' };
  if (answer.status >= 200 && answer.status < 300) {
    return body?.id === undefined ? senseless(answer) : { outcome: 'delivered', messageId: body.id };
  }
  const known = answer.status === 429 || body?.code === undefined ? undefined : BY_CODE[body.code];
  const classified = known ?? withoutCode(answer.status);
  const retryAfterMs = body?.retry_after === undefined ? undefined : Math.ceil(body.retry_after * 1_000);
  // 0 is no code: a general error.
  return refused(
    answer,
    { ...classified, code: body?.code || answer.status, detail: body?.message, retryAfterMs },
    hidden,
  );
}

function withoutCode(status: number): Classified {
  return status === 401 || status === 403 || status === 404 ? BAD_RECIPIENT : classOfStatus(status);
}
