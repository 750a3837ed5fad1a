import type { Request, Response } from 'express';
import { type Behaviour, isAccepted, type Provider, PROVIDERS } from '../behaviours/behaviour.ts';
import { answerAs } from '../behaviours/http-answer.ts';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';

export interface Stores {
  rules: RuleBook;
  received: ReceivedStore;
}

export interface ApiMessage {
  provider: Provider;
  recipient: string;
  /** The event's id as far as the wire carries one. */
  id: string | null;
  providerMessageId: string | null;
  sender?: string | null;
  subject?: string | null;
  text: string | null;
}

export interface Answer {
  status: number;
  body: object | string;
}

export interface ApiAnswers {
  taken: Answer;
  refused(behaviour: Behaviour): Answer;
}

/** One message over a provider's HTTP API: decided on, kept when it is taken over, and answered as that provider does. */
export function receiveMessage(
  { rules, received }: Stores,
  request: Request,
  response: Response,
  message: ApiMessage,
  answers: ApiAnswers,
): Behaviour {
  const { provider, recipient, id, text } = message;
  const behaviour = rules.decide({ provider, recipient, identity: id ?? text ?? '' });
  const { action, status, retryAfter } = behaviour;
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  if (!isAccepted(behaviour)) {
    received.refuse(PROVIDERS[provider], action);
    answerAs(behaviour, response, () => send(response, answers.refused(behaviour)));
    return behaviour;
  }
  const headers = withoutCredentials(request.headers);
  received.add({
    channel: PROVIDERS[provider],
    sender: null,
    subject: null,
    html: null,
    ...message,
    headers,
    body: sourceOf(request),
  });
  answerAs(behaviour, response, () => {
    const body = action === 'garbage' ? '{"id": "' : answers.taken.body;
    send(response, { status: status ?? answers.taken.status, body });
  });
  return behaviour;
}

/** An answer that no behaviour asked for: wrong credentials, a faulty request. */
export function refuse(
  { received }: Stores,
  response: Response,
  provider: Provider,
  reason: 'auth' | 'invalid',
  answer: Answer,
): void {
  received.refuse(PROVIDERS[provider], reason);
  send(response, answer);
}

export function send(response: Response, { status, body }: Answer): void {
  response.status(status);
  if (typeof body === 'string') response.type('text').send(body);
  else response.json(body);
}

/** What `express.text` has read. */
export function sourceOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}

/** The object of a JSON body; undefined for anything else. */
export function objectIn(request: Request): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(sourceOf(request));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The object that a field holds; an empty one for anything else. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function withoutCredentials(headers: Request['headers']): Request['headers'] {
  return { ...headers, ...(headers.authorization && { authorization: '…' }) };
}
