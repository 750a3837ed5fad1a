import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { answerCalls } from '../processes/calls.ts';

/** What taking a request in costs by itself: Express, the body parsed, an answer of the same form, and nothing done. */
const app = express();
app.use(express.json({ limit: '8mb' }));

const receipt = () => ({ id: randomUUID(), status: 'QUEUED', createdAt: new Date() });

app.post('/v1/events', (_request, response) => {
  response.status(202).json(receipt());
});
app.post('/v1/events/batch', (request, response) => {
  const { events } = request.body as { events: unknown[] };
  response.status(202).json({ results: events.map(receipt) });
});

const calls = {
  listen: async (): Promise<string> => {
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};
export type EndpointCalls = typeof calls;

answerCalls(calls);
