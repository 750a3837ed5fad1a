import { startSystem, type System } from '../system/system.ts';
import { type ExportedSpan, type OtlpReceiver, startOtlpReceiver } from '../system/otlp-receiver.ts';
import { until } from '../system/until.ts';

const CLIENT_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';

let collector: OtlpReceiver;
let system: System;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  system = await startSystem({
    name: 'tracing',
    instances: { critical: 0 },
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=abc',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
}, 120_000);
afterAll(async () => {
  try {
    await system.stop();
  } finally {
    // An open server would keep jest from ending.
    await collector.close();
  }
}, 60_000);

const named = (spans: ExportedSpan[], name: string, service?: string): ExportedSpan[] =>
  spans.filter((span) => span.name === name && (service === undefined || span.service === service));
const parentOf = (spans: ExportedSpan[], { parentSpanId }: ExportedSpan): ExportedSpan | undefined =>
  spans.find(({ spanId }) => spanId === parentSpanId);
/** The names from a span up to the first of its trace. */
const wayTo = (spans: ExportedSpan[], span: ExportedSpan | undefined): string[] =>
  span ? [...wayTo(spans, parentOf(spans, span)), span.name] : [];

/** The spans of a trace, once those are there that end last. */
const trace = (traceId: string, complete: (spans: ExportedSpan[]) => boolean): Promise<ExportedSpan[]> =>
  until(`the spans of ${traceId}`, () => {
    const spans = collector.spans().filter((span) => span.traceId === traceId);
    if (!complete(spans)) throw new Error(JSON.stringify(spans.map(({ service, name }) => `${service}: ${name}`)));
    return spans;
  });
const traceIdOf = async (id: string): Promise<string> =>
  (await system.client.get<{ traceId: string }>(`/v1/events/${id}`)).body.traceId;

describe('the trace of an event', () => {
  const topic = (name: string) => `${system.topicPrefix}${name}`;
  let id: string;
  let spans: ExportedSpan[];

  beforeAll(async () => {
    id = await system.client.accept(
      {
        channel: 'webhook',
        eventId: 'client-own-id-4711',
        payload: {
          url: `${system.sandbox.webhook('fail-2/traced')}?token=query-secret-1`,
          body: { note: 'payload-secret-2' },
          headers: { authorization: 'header-secret-3' },
        },
        metadata: { note: 'metadata-secret-4' },
      },
      { traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01` },
    );
    await system.client.eventually(id, 'COMPLETED');
    const counts = { POST: 3, [`process ${topic('failed-events')}`]: 2, [`process ${topic('retry-events')}`]: 2 };
    spans = await trace(
      CLIENT_TRACE,
      (all) =>
        Object.entries(counts).every(([name, count]) => named(all, name).length === count) &&
        all.filter((span) => !parentOf(all, span)).length === 1,
    );
  }, 60_000);

  it("begins below its client's span, and is connected: only the first span has its parent elsewhere", () => {
    const strangers = spans.filter((span) => !parentOf(spans, span));
    expect(strangers).toMatchObject([{ name: 'POST /v1/events', kind: 'SERVER', parentSpanId: CLIENT_SPAN }]);
    expect(strangers[0]?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/events',
      'http.response.status_code': 202,
    });
    const [accepted] = named(spans, 'accept event');
    expect(parentOf(spans, accepted as ExportedSpan)?.name).toBe('POST /v1/events');
    expect(accepted?.attributes).toMatchObject({ 'postrider.event.id': id, 'postrider.outcome': 'created' });
  });

  it('leads through Kafka to the call of the receiver, and from a failure to its decision', () => {
    const accepted = ['POST /v1/events', 'accept event'];
    const sent = [...accepted, `send ${topic('default-events')}`, `process ${topic('default-events')}`];
    const retried = [...accepted, `send ${topic('retry-events')}`, `process ${topic('retry-events')}`];
    const calls = named(spans, 'POST').map((span) => wayTo(spans, span));
    expect(calls.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      [...sent, 'POST'],
      [...retried, 'POST'],
      [...retried, 'POST'],
    ]);
    const decided = [`send ${topic('failed-events')}`, `process ${topic('failed-events')}`];
    const decisions = named(spans, `process ${topic('failed-events')}`, 'retry-service');
    expect(decisions.map((span) => wayTo(spans, span))).toEqual([
      [...sent, ...decided],
      [...retried, ...decided],
    ]);
    for (const { attributes } of decisions) {
      expect(attributes).toMatchObject({ 'postrider.event.id': id, 'postrider.decision': 'retry' });
    }
    const causes = named(spans, `send ${topic('retry-events')}`, 'retry-service').map(
      ({ attributes }) => attributes['postrider.cause'],
    );
    expect(causes).toEqual(['due', 'due']);
  });

  it('links each attempt after the first to the one before', () => {
    const attempts = spans
      .filter(({ attributes, kind }) => kind === 'CONSUMER' && attributes['postrider.outcome'] !== undefined)
      .toSorted((a, b) => Number(a.attributes['postrider.attempt']) - Number(b.attributes['postrider.attempt']));
    expect(
      attempts.map(({ service, failed, attributes }) => [service, attributes['postrider.attempt'], failed]),
    ).toEqual([
      ['dispatcher-default', 1, true],
      ['dispatcher-retry', 2, true],
      ['dispatcher-retry', 3, false],
    ]);
    expect(attempts.map(({ links }) => links)).toEqual([
      [],
      [{ traceId: CLIENT_TRACE, spanId: attempts[0]?.spanId }],
      [{ traceId: CLIENT_TRACE, spanId: attempts[1]?.spanId }],
    ]);
    expect(attempts[0]?.attributes).toMatchObject({
      'error.type': 'provider_down',
      'messaging.system': 'kafka',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic('default-events'),
      'messaging.consumer.group.name': topic('dispatcher-default'),
    });
  });

  it('tells of each call what HTTP tells, and goes on at the receiver', async () => {
    const calls = named(spans, 'POST');
    expect(calls.map(({ kind }) => kind)).toEqual(['CLIENT', 'CLIENT', 'CLIENT']);
    const answers = calls.map(({ failed, attributes }) => `${failed} ${attributes['http.response.status_code']}`);
    expect(answers.toSorted()).toEqual(['false 200', 'true 500', 'true 500']);
    const { port } = new URL(system.sandbox.url);
    for (const { attributes } of calls) {
      expect(attributes).toMatchObject({ 'server.address': '127.0.0.1', 'server.port': Number(port) });
    }
    const delivered = calls.find(({ failed }) => !failed);
    const [arrival] = await system.sandbox.received({ channel: 'webhook', id });
    expect(arrival?.headers?.['traceparent']).toBe(`00-${CLIENT_TRACE}-${delivered?.spanId}-01`);
  });

  it('is found from the log, by trace and span', async () => {
    const attempt = named(spans, `process ${topic('default-events')}`)[0];
    await until('the line of the attempt', () =>
      system.service('default').log().includes(`"trace_id":"${CLIENT_TRACE}","span_id":"${attempt?.spanId}"`),
    );
  });
});

describe('an event that cannot be delivered', () => {
  it('has a new trace without a client that has one, and its end in it', async () => {
    const id = await system.client.accept({
      channel: 'webhook',
      payload: { url: system.sandbox.webhook('reject'), body: {} },
    });
    await system.client.eventually(id, 'DEAD_LETTERED');
    const announced = `send ${system.topicPrefix}dead-letter-events`;
    const spans = await trace(await traceIdOf(id), (all) => named(all, announced).length > 0);
    expect(
      spans.filter((span) => !parentOf(spans, span)).map(({ name, parentSpanId }) => [name, parentSpanId]),
    ).toEqual([['POST /v1/events', '']]);
    const [decision] = named(spans, `process ${system.topicPrefix}failed-events`);
    expect(decision).toMatchObject({
      failed: true,
      attributes: { 'postrider.decision': 'dead_letter', 'postrider.reason': 'rejected', 'error.type': 'rejected' },
    });
  });
});

describe('an e-mail', () => {
  it('has a span of its SMTP conversation', async () => {
    const id = await system.client.accept({
      channel: 'email',
      payload: { to: 'ada.secret-5@example.com', subject: 'subject-secret-6', text: 'text-secret-7' },
    });
    await system.client.eventually(id, 'COMPLETED');
    const spans = await trace(await traceIdOf(id), (all) => named(all, 'send smtp').length > 0);
    expect(named(spans, 'send smtp')[0]).toMatchObject({
      kind: 'CLIENT',
      attributes: { 'network.protocol.name': 'smtp', 'server.address': '127.0.0.1' },
    });
  });
});

describe('what the collector gets', () => {
  it('is what the settings of OpenTelemetry say, and holds no recipient, payload, credential or path', () => {
    const [request] = collector.requests();
    expect(request).toMatchObject({ path: '/v1/traces', headers: { 'x-collector-key': 'abc' } });
    const text = collector.bytes().toString('latin1');
    expect(text).toContain('deployment.environment.name');
    expect(text).not.toMatch(/secret-\d|client-own-id|example\.com|fail-2|whsec_/);
  });
});
