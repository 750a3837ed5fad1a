import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readFields, type WireField } from './protobuf.ts';

export interface ExportedSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: string;
  attributes: Record<string, string | number | boolean>;
  /** Of the trace and span ids that it links to. */
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

export interface OtlpReceiver {
  url: string;
  spans(): ExportedSpan[];
  /** All bodies that came, as they came. */
  bytes(): Buffer;
  requests(): { path: string; headers: Record<string, string | string[] | undefined> }[];
  close(): Promise<void>;
}

/** A collector: takes traces by OTLP over HTTP. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const bodies: Buffer[] = [];
  const requests: ReturnType<OtlpReceiver['requests']> = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      bodies.push(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      requests.push({ path: request.url ?? '', headers: request.headers });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => bodies.flatMap(decodeTraces),
    bytes: () => Buffer.concat(bodies),
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const ERROR = 2;

const all = (fields: WireField[], number: number): Buffer[] =>
  fields.flatMap((field) => (field.number === number && Buffer.isBuffer(field.value) ? [field.value] : []));
const first = (fields: WireField[], number: number): Buffer => all(fields, number)[0] ?? Buffer.alloc(0);
const numeric = (fields: WireField[], number: number): number =>
  Number(fields.find((field) => field.number === number && !Buffer.isBuffer(field.value))?.value ?? 0);

// The numbers of the fields: https://github.com/open-telemetry/opentelemetry-proto, trace.proto, common.proto, resource.proto
function decodeTraces(body: Buffer): ExportedSpan[] {
  return all(readFields(body), 1).flatMap((resourceSpans) => {
    const parts = readFields(resourceSpans);
    const service = String(attributesOf(readFields(first(parts, 1)), 1)['service.name']);
    return all(parts, 2).flatMap((scopeSpans) =>
      all(readFields(scopeSpans), 2).map((span) => decodeSpan(service, readFields(span))),
    );
  });
}

function decodeSpan(service: string, fields: WireField[]): ExportedSpan {
  return {
    service,
    traceId: first(fields, 1).toString('hex'),
    spanId: first(fields, 2).toString('hex'),
    parentSpanId: first(fields, 4).toString('hex'),
    name: first(fields, 5).toString(),
    kind: KINDS[numeric(fields, 6)] ?? '?',
    attributes: attributesOf(fields, 9),
    links: all(fields, 13).map((link) => ({
      traceId: first(readFields(link), 1).toString('hex'),
      spanId: first(readFields(link), 2).toString('hex'),
    })),
    failed: numeric(readFields(first(fields, 15)), 3) === ERROR,
  };
}

function attributesOf(fields: WireField[], number: number): ExportedSpan['attributes'] {
  return Object.fromEntries(
    all(fields, number).map((attribute) => {
      const pair = readFields(attribute);
      const [value] = readFields(first(pair, 2));
      return [first(pair, 1).toString(), valueOf(value)];
    }),
  );
}

function valueOf(value: WireField | undefined): string | number | boolean {
  if (value === undefined) return '';
  if (Buffer.isBuffer(value.value)) return value.number === 4 ? value.value.readDoubleLE() : value.value.toString();
  return value.number === 2 ? value.value === 1n : Number(value.value);
}
