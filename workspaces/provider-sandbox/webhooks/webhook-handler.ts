import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { type Behaviour, isAccepted } from '../behaviours/behaviour.ts';
import { answerAs } from '../behaviours/http-answer.ts';
import type { RuleBook } from '../behaviours/rule-book.ts';
import type { ReceivedStore } from '../received/received-store.ts';

const MAX_BODY_BYTES = 1024 * 1024;
const STATUS: Partial<Record<Behaviour['action'], number>> = { fail: 500, reject: 400, 'rate-limit': 429 };

// 8 MiB of JSON that never ends and is no UTF-8.
const GARBAGE = { chunk: Buffer.alloc(64 * 1024, Buffer.from([0x22, 0xff, 0xfe, 0x7b])), chunks: 128 };

export function isWebhookPath(url: string): boolean {
  return url.startsWith('/webhooks/');
}

/** Any receiver's endpoint, on bare node:http. */
export function createWebhookHandler({
  rules,
  received,
}: {
  rules: RuleBook;
  received: ReceivedStore;
}): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST' && request.method !== 'PUT') {
      response.setHeader('Allow', 'POST, PUT');
      return sendJson(response, 405, { error: 'only POST and PUT' });
    }
    readBody(request, (body) => {
      if (body === undefined) return sendJson(response, 413, { error: `more than ${MAX_BODY_BYTES} bytes` });
      const behaviour = receive(request, body);
      answerAs(behaviour, response, () => answer(behaviour, response));
    });
  };

  function receive(request: IncomingMessage, body: string): Behaviour {
    const recipient = request.url ?? '/';
    const id = request.headers['webhook-id'];
    const eventId = typeof id === 'string' ? id : null;
    const behaviour = rules.decide({ provider: 'webhook', recipient, identity: eventId ?? recipient });
    if (!isAccepted(behaviour)) {
      received.refuse('webhook', behaviour.action);
      return behaviour;
    }
    received.add({
      channel: 'webhook',
      provider: 'webhook',
      recipient,
      sender: null,
      id: eventId,
      providerMessageId: null,
      subject: null,
      text: null,
      html: null,
      headers: request.headers,
      body,
      method: request.method ?? 'POST',
    });
    return behaviour;
  }
}

/** Undefined when the body is too large; never calls back for one that breaks off. */
function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    done(size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks, size).toString('utf8'));
  });
}

function answer({ action, status, retryAfter }: Behaviour, response: ServerResponse): void {
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  const code = status ?? STATUS[action] ?? 200;
  if (action === 'garbage') return sendGarbage(response, code);
  sendJson(response, code, STATUS[action] ? { error: action } : { received: true });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
  response.end(text);
}

function sendGarbage(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  const chunks = Array.from({ length: GARBAGE.chunks }, () => GARBAGE.chunk);
  // Clients do well to stop reading; that is no error here.
  pipeline(Readable.from(chunks), response, () => undefined);
}
