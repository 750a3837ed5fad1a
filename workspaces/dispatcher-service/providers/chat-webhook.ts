import { createHash } from 'node:crypto';
import type { ChatMessage } from '@postrider/shared/events/payloads.ts';
import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { ConfigError, list } from '@postrider/shared/service/config.ts';
import { z } from 'zod';
import { type AddressRange, createAddressGuard } from '../ssrf/address-guard.ts';
import { guardedConnector } from '../ssrf/guarded-connector.ts';
import { createResolveHost, type ResolveHost } from '../ssrf/resolve-host.ts';
import { withoutAnswer } from './http-exchange.ts';
import { type Answered, JsonApi } from './json-api.ts';
import type { Provider } from './provider.ts';

/** `ops=https://…,default=https://…`: incoming webhooks by the names that events call them by. */
export const namedWebhooks = list(
  z.string().regex(/^[\w.-]{1,80}=https?:\/\/\S+$/, 'must be name=URL, separated by commas'),
).transform((entries) => new Map(entries.map((entry) => splitAtFirst(entry, '='))));

export interface ChatService {
  name: 'slack' | 'discord';
  webhooks: ReadonlyMap<string, string>;
  /** Where its webhooks stand, and what follows there; nothing else is called. */
  bases: string[];
  path: RegExp;
  /** The body, and the URL to send it to. */
  request(message: ChatMessage, url: URL): { url: URL; body: object };
  result(answer: Answered, hidden: string[]): SendResult;
  allowedAddresses: AddressRange[];
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A chat that is spoken to by incoming webhooks: their URLs are addresses and credentials in one.
 * @throws ConfigError where one of the settings is not a webhook of the service.
 */
export function createChatProvider(
  service: ChatService,
  resolve: ResolveHost = createResolveHost(),
): Provider<ChatMessage> {
  for (const [name, url] of service.webhooks) {
    if (isWebhook(url, service)) continue;
    const setting = `${service.name.toUpperCase()}_WEBHOOKS`;
    throw new ConfigError(`faulty settings:\n  ${setting}: ${name} is not an incoming webhook of ${service.name}`);
  }
  const permits = createAddressGuard(service.allowedAddresses);
  const api = new JsonApi(guardedConnector(permits, resolve, CONNECT_TIMEOUT_MS));

  return {
    // Each webhook has a rate limit, and a failure, of its own.
    destination: ({ url, target = 'default' }) =>
      `${service.name}:${url === undefined ? target : createHash('sha256').update(url).digest('base64url').slice(0, 16)}`,

    async send(message, context) {
      const { target = 'default' } = message;
      const given = message.url ?? service.webhooks.get(target);
      if (given === undefined) return unknownTarget(service.name, target);
      if (!isWebhook(given, service)) return notOfService(service.name);

      const url = new URL(given);
      const request = service.request(message, url);
      // Chats have no id of the sender's own; the header is for receivers that stand in for one.
      const headers = { 'x-postrider-event-id': context.eventId };
      const ended = await api.post(request.url, request.body, headers, context.signal);
      if (ended.kind !== 'answered') return withoutAnswer(ended, context.signal);
      return service.result(ended, [given, url.pathname, message.text]);
    },

    close: () => api.close(),
  };
}

function isWebhook(text: string, { bases, path }: ChatService): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, origin, pathname } = new URL(text);
  if (username || password) return false;
  return bases.some((base) => {
    const prefix = base.replace(/\/$/, '');
    const address = origin + pathname;
    return address.startsWith(`${prefix}/`) && path.test(address.slice(prefix.length));
  });
}

function unknownTarget(name: string, target: string): SendResult {
  const detail = `no webhook of ${name} is named ${target}`;
  return { outcome: 'failed', errorClass: 'bad_recipient', retryable: false, detail };
}

function notOfService(name: string): SendResult {
  const detail = `the URL is not an incoming webhook of ${name}`;
  return { outcome: 'failed', errorClass: 'bad_recipient', retryable: false, detail };
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
