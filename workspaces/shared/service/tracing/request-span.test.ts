import express from 'express';
import { listen } from '../http-server.ts';
import { requestSpan, traceRequests } from './request-span.ts';
import { recordedTracing } from './tracing-in-test.ts';

const CLIENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** What the requests became, whose span the handler saw. */
async function asked(requests: [method: string, path: string][]) {
  const tracing = recordedTracing();
  const seen: (string | undefined)[] = [];
  const app = express();
  app.use(traceRequests(tracing));
  app.all('/things/:id', (request, response) => {
    seen.push(requestSpan(request)?.traceparent);
    response.status(request.params.id === 'broken' ? 503 : 202).end();
  });
  const server = await listen(app, { HOST: '127.0.0.1', PORT: 0 });
  for (const [method, path] of requests) {
    await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers: { traceparent: CLIENT } });
  }
  await server.close();
  return { seen, spans: tracing.spans() };
}

describe('a request', () => {
  it("has a span of its route below its client's, and nothing of its path", async () => {
    const { seen, spans } = await asked([['POST', '/things/ada@example.com?token=1']]);
    const [span] = spans;
    expect(span).toMatchObject({
      name: 'POST /things/:id',
      attributes: { 'http.request.method': 'POST', 'http.route': '/things/:id', 'http.response.status_code': 202 },
      parentSpanContext: { spanId: '00f067aa0ba902b7' },
    });
    expect(seen).toEqual([`00-4bf92f3577b34da6a3ce929d0e0e4736-${span?.spanContext().spanId}-01`]);
    expect(JSON.stringify(span?.attributes)).not.toMatch(/ada|token/);
  });

  it('that only asks has none', async () => {
    const { seen, spans } = await asked([['GET', '/things/1']]);
    expect(seen).toEqual([undefined]);
    expect(spans).toEqual([]);
  });

  it('has failed with a 5xx, and is named by its method where no route takes it', async () => {
    const { spans } = await asked([
      ['PATCH', '/things/broken'],
      ['DELETE', '/nowhere'],
    ]);
    expect(spans.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['PATCH /things/:id', '503'],
      ['DELETE', undefined],
    ]);
  });
});
