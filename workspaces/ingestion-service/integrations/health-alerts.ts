import { AppError } from '@postrider/shared/errors/app-error.ts';
import { parseOrThrow } from '@postrider/shared/errors/validation.ts';
import type { Mailbox } from '@postrider/shared/events/payloads.ts';
import { text } from '@postrider/shared/events/text.ts';
import type { ChildRequest } from '@postrider/shared/events/typed-event.ts';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { type IntegrationParts, takeMessages } from './typed-messages.ts';

const CHATS = ['slack', 'discord'] as const;

/** Name of an incoming webhook in the chat provider's settings; a leading `#` is left out. */
const chatChannel = z
  .string()
  .transform((name) => name.replace(/^#/, ''))
  .pipe(z.string().regex(/^[\w.-]{1,80}$/, 'must be a name of letters, digits, dot, dash and underscore'));

export const healthAlertRequest = z.object({
  issues: z.array(text().min(1).max(2_000)).min(1).max(100),
  channels: z
    .array(z.enum(['email', ...CHATS]))
    .max(10)
    .optional(),
  channel: chatChannel.optional(),
});

export const alertRequest = z.object({ message: text().min(1).max(20_000), channel: chatChannel.optional() });

/** `POST /api/v1/health-alert` of the former health-alert dispatcher: an e-mail to the one who is responsible, and chats. */
export function postHealthAlert(parts: IntegrationParts, receiver: Mailbox | undefined): RequestHandler {
  return async (request, response) => {
    const { issues, channels, channel = 'default' } = parseOrThrow(healthAlertRequest, request.body);
    const wanted = new Set(channels?.length ? channels : (['email'] as const));
    const chats = CHATS.filter((chat) => wanted.has(chat));
    const to = {
      ...(wanted.has('email') && { email: addressOf(receiver) }),
      ...(chats.length > 0 && { chat: channel }),
    };
    const data = { issues, date: parts.clock.now().toISOString() };
    await takeMessages(parts, { type: 'health.alert', data, to }, request, (children) => toEach(chats, children));
    response.json(
      channels?.length
        ? { status: 'Health alert process initiated', channels: [...wanted] }
        : { status: 'Health alert email sent' },
    );
  };
}

/** `POST /api/v1/email-alert` */
export function postEmailAlert(parts: IntegrationParts, receiver: Mailbox | undefined): RequestHandler {
  return async (request, response) => {
    const { message } = parseOrThrow(alertRequest, request.body);
    await takeMessages(parts, alert(message, { email: addressOf(receiver) }), request);
    response.json({ status: 'Email alert sent' });
  };
}

/** `POST /api/v1/slack-alert` */
export function postSlackAlert(parts: IntegrationParts): RequestHandler {
  return async (request, response) => {
    const { message, channel = 'default' } = parseOrThrow(alertRequest, request.body);
    await takeMessages(parts, alert(message, { chat: channel }), request, (children) => toEach(['slack'], children));
    response.json({ status: 'Slack alert sent' });
  };
}

const alert = (message: string, to: Record<string, string>) => ({
  type: 'custom',
  priority: 'critical' as const,
  data: { subject: 'Alert', message },
  to,
});

/** A chat message becomes one for each of the chats. */
function toEach(chats: readonly (typeof CHATS)[number][], children: ChildRequest[]): ChildRequest[] {
  return children.flatMap((child) =>
    child.channel === 'chat' ? chats.map((provider) => ({ ...child, provider })) : [child],
  );
}

function addressOf(receiver: Mailbox | undefined): string {
  if (!receiver) throw new AppError('unavailable', 'HEALTH_ALERT_RECEIVER is not set');
  return receiver.name === '' ? receiver.address : `${receiver.name} <${receiver.address}>`;
}
