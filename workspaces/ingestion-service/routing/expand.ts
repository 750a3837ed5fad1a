import { AppError, type FieldError } from '@postrider/shared/errors/app-error.ts';
import { toFieldErrors } from '@postrider/shared/errors/validation.ts';
import type { EventRequest } from '@postrider/shared/events/event-request.ts';
import { PAYLOADS } from '@postrider/shared/events/payloads.ts';
import { afterQuietHours } from '@postrider/shared/events/quiet-hours.ts';
import { sendTimeOf } from '@postrider/shared/events/send-time.ts';
import type { ChildRequest, TypedEventRequest } from '@postrider/shared/events/typed-event.ts';
import { render } from '../templates/render.ts';
import type { Templates } from '../templates/templates.ts';
import { CHANNEL_FIELDS } from './channel-fields.ts';
import { valueAt } from './path.ts';
import type { Route, RouteMessage, Routes } from './routes.ts';

export interface RoutingParts {
  routes: Routes;
  templates: Templates;
}

/** One message of a typed event, with what it was made of. */
export interface RoutedMessage {
  template?: string;
  request: ChildRequest;
}

const MAX_CHILDREN = 50;

/**
 * What a typed event becomes by its route: a message for each entry whose conditions hold and each of its recipients. Pure but for `now`.
 * @throws AppError `unprocessable` naming every fault: no route, a missing variable, no recipient, a payload that its channel refuses.
 */
export function expand({ routes, templates }: RoutingParts, event: TypedEventRequest, now: Date): RoutedMessage[] {
  const route = routes.find(event.type);
  if (!route) throw unprocessable([{ path: 'type', message: 'no route takes events of this type' }]);
  const faults: FieldError[] = [];
  const wanted = route.messages.filter(({ when }) => when.every((holds) => holds(event)));
  const reachable = wanted.filter((message) => !message.optional || recipientOf(message, event) !== undefined);
  const messages = (reachable.length > 0 ? reachable : wanted).flatMap((message) => {
    const built = build(templates, route, message, event, now);
    if ('faults' in built) faults.push(...built.faults);
    return 'messages' in built ? built.messages : [];
  });
  if (messages.length > MAX_CHILDREN) {
    faults.push({ path: 'data', message: `makes ${messages.length} messages; at most ${MAX_CHILDREN} are allowed` });
  }
  if (faults.length > 0) throw unprocessable(faults);
  return messages;
}

type Built = { messages: RoutedMessage[] } | { faults: FieldError[] };

function build(templates: Templates, route: Route, message: RouteMessage, event: TypedEventRequest, now: Date): Built {
  const { channel } = message;
  const content = contentOf(templates, message, event, now);
  const recipients = recipientsOf(message, event);
  const faults = [content, recipients].flatMap((part) => ('faults' in part ? part.faults : []));
  if ('faults' in content || 'faults' in recipients) return { faults };
  const priority = event.priority ?? message.priority ?? route.priority;
  const sendAt = sendTimeOf(event, now);
  const hours = priority === 'critical' && !route.quietHours?.alsoCritical ? undefined : route.quietHours;
  const allowed = hours && afterQuietHours(sendAt && sendAt > now ? sendAt : now, hours);
  const messages: RoutedMessage[] = [];
  for (const recipient of recipients.values) {
    const payload = PAYLOADS[channel].safeParse({
      ...message.payload,
      ...content.fields,
      ...(recipient !== undefined && { [CHANNEL_FIELDS[channel].recipient]: recipient }),
    });
    if (!payload.success) {
      faults.push(...toFieldErrors(payload.error, `${channel}.payload`));
      continue;
    }
    const request = {
      channel,
      payload: payload.data,
      priority,
      ...(message.provider && { provider: message.provider }),
      ...(hours && { quietHours: hours }),
      ...(allowed && allowed > now && { sendAt: allowed }),
    } as ChildRequest & Pick<EventRequest, 'channel'>;
    messages.push({ ...(content.template !== undefined && { template: content.template }), request });
  }
  return faults.length > 0 ? { faults } : { messages };
}

type Content = { fields: Record<string, unknown>; template?: string } | { faults: FieldError[] };

function contentOf(templates: Templates, message: RouteMessage, event: TypedEventRequest, now: Date): Content {
  const { channel } = message;
  const { type, data, to = {}, locale, metadata = {}, eventId } = event;
  const name = message.template ?? type;
  const template = templates.find(name, channel, locale);
  if (template) {
    const rendered = render(template, { type, eventId, data, to, locale, metadata });
    return 'faults' in rendered ? rendered : { ...rendered, template: template.file };
  }
  // The shape that Standard Webhooks recommends: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-structure
  if (channel === 'webhook') return { fields: { body: { type, timestamp: now.toISOString(), data } } };
  return { faults: [{ path: 'type', message: `there is no template ${name}/${channel}.liquid` }] };
}

function recipientsOf(
  message: RouteMessage,
  event: TypedEventRequest,
): { values: (string | undefined)[] } | { faults: FieldError[] } {
  const found = recipientOf(message, event);
  if (found === undefined && !CHANNEL_FIELDS[message.channel].needsRecipient) return { values: [undefined] };
  const values = [found].flat();
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return { values };
  const [path = 'to', ...others] = pathsOf(message);
  const fault =
    found === undefined
      ? `is missing: the recipient of the ${message.channel} message`
      : 'must be a recipient, or a list of them';
  return { faults: [{ path, message: others.length > 0 ? `${fault} (or ${others.join(', ')})` : fault }] };
}

function recipientOf(message: RouteMessage, event: TypedEventRequest): unknown {
  if (message.address !== undefined) return message.address;
  return pathsOf(message)
    .map((path) => valueAt(event, path))
    .find((value) => value !== undefined);
}

const pathsOf = ({ channel, to }: RouteMessage): string[] => to ?? [`to.${CHANNEL_FIELDS[channel].byName}`];

/** Each field once: what is missing in one part of a template is mostly missing in the others, too. */
function unprocessable(faults: FieldError[]): AppError {
  const fields = [...new Map(faults.toReversed().map((fault) => [fault.path, fault])).values()].toReversed();
  return new AppError('unprocessable', 'the event cannot become messages', { fields });
}
