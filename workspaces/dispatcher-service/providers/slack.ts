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
  RATE_LIMITED,
  REJECTED,
  refused,
  senseless,
} from './json-api.ts';
import type { Provider } from './provider.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const slackSettings = {
  /** Incoming webhooks by name: `default=https://hooks.slack.com/services/…,ops=https://…`. */
  SLACK_WEBHOOKS: namedWebhooks.default(new Map()),
  /** The sandbox, whose webhooks are then Slack's too. */
  SLACK_BASE_URL: httpUrl.default('https://hooks.slack.com'),
  WEBHOOK_ALLOW_ADDRESSES: list(addressRange).default([]),
};

/** Always there: an event may bring its webhook along. @throws ConfigError */
export function createSlackProvider(settings: z.output<z.ZodObject<typeof slackSettings>>): Provider<ChatMessage> {
  return createChatProvider({
    name: 'slack',
    webhooks: settings.SLACK_WEBHOOKS,
    bases: [settings.SLACK_BASE_URL, 'https://hooks.slack-gov.com'],
    path: /^\/services\/[\w/-]+$/,
    request: (message, url) => ({ url, body: bodyOf(message) }),
    result: resultOf,
    allowedAddresses: settings.WEBHOOK_ALLOW_ADDRESSES,
  });
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function bodyOf({ text, blocks, mentions = false }: ChatMessage) {
  // `<!channel>` and `<@U123>` notify people: https://docs.slack.dev/messaging/formatting-message-text
  return { text: mentions ? text : text.replace(/<(?=[!@])/g, '&lt;'), ...(blocks && { blocks }) };
}

// The word that Slack answers: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
// The webhook is the address: one that has gone says nothing of the others.
const BY_WORD: Record<string, Classified> = {
  no_service: BAD_RECIPIENT, // disabled, removed or wrong
  no_service_id: BAD_RECIPIENT,
  no_active_hooks: BAD_RECIPIENT,
  no_team: BAD_RECIPIENT,
  team_disabled: BAD_RECIPIENT,
  invalid_token: BAD_RECIPIENT,
  user_not_found: BAD_RECIPIENT,
  channel_not_found: BAD_RECIPIENT,
  channel_is_archived: BAD_RECIPIENT,
  action_prohibited: BAD_RECIPIENT, // an administrator's restriction
  posting_to_general_channel_denied: BAD_RECIPIENT,
  invalid_payload: REJECTED,
  invalid_blocks: REJECTED,
  invalid_blocks_format: REJECTED,
  no_text: REJECTED,
  missing_text_or_fallback_or_attachments: REJECTED,
  too_many_attachments: REJECTED,
  rate_limited: RATE_LIMITED,
  rollup_error: DOWN,
};

function resultOf(answer: Answered, hidden: string[]): SendResult {
  const word = answer.body.trim();
  if (answer.status >= 200 && answer.status < 300) {
    return word === 'ok' ? { outcome: 'delivered' } : senseless(answer);
  }
  const isWord = /^[a-z_]{1,60}$/.test(word);
  const classified = BY_WORD[word] ?? withoutWord(answer.status);
  return refused(answer, { ...classified, code: isWord ? word : answer.status, detail: isWord ? word : '' }, hidden);
}

function withoutWord(status: number): Classified {
  return status === 401 || status === 403 || status === 404 || status === 410 ? BAD_RECIPIENT : classOfStatus(status);
}
