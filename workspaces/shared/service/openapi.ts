import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from '../errors/app-error.ts';

export interface Answer {
  description: string;
  /** JSON, unless `type` says otherwise; none: no body. */
  schema?: z.ZodType;
  example?: unknown;
  type?: string;
}

/** One endpoint as its document tells of it. */
export interface Operation {
  tag: string;
  summary: string;
  description?: string;
  /** Names of security schemes, any of which will do; none: open to everybody. */
  security?: string[];
  /** Text parameters: of the path each that stands in it. */
  path?: Record<string, z.ZodType>;
  query?: z.ZodObject;
  headers?: Record<string, z.ZodType>;
  body?: { schema: z.ZodType; examples: Record<string, unknown>; type?: string };
  answers: Record<number, Answer>;
  /** Errors answered as problem+json, besides those that each operation can have. */
  errors: ErrorCode[];
  /** Statuses of errors answered as `{"detail": ...}`; what the route itself finds wrong is then told in no other way. */
  details?: number[];
}

/** By method and path as Express has them: `GET /v1/events/:id`. */
export type Operations = Record<string, Operation>;

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(ERROR_STATUS) as ErrorCode[]),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .describe('RFC 9457');

export const detail = z.looseObject({
  detail: z.union([z.string(), z.array(z.object({ type: z.string(), loc: z.array(z.string()), msg: z.string() }))]),
});

export const SECURITY = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `prk_…`; needless where AUTH=disabled.' },
};

/** Every request can meet these: what comes is no HTTP, a bug. */
const EVERYWHERE: ErrorCode[] = ['malformed_request', 'headers_too_large', 'internal'];
const WITH_BODY: ErrorCode[] = [
  'invalid_json',
  'validation_failed',
  'request_timeout',
  'payload_too_large',
  'unsupported_media_type',
];

/** The OpenAPI document of a service; every schema in it is one that requests are checked by, or answers in tests. */
export function buildOpenApi(
  info: { title: string; description: string },
  operations: Operations,
  securitySchemes: Record<string, object> = SECURITY,
) {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = name.split(' ');
    const item = (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {});
    item[method.toLowerCase()] = toOperation(name, operation);
  }
  return {
    openapi: '3.1.0',
    info: { version: '1', ...info },
    paths,
    components: {
      securitySchemes,
      schemas: { Problem: toJsonSchema(problem, 'output'), Detail: toJsonSchema(detail, 'output') },
    },
  };
}

function toOperation(name: string, operation: Operation) {
  const { tag, summary, description, security = [], body, answers } = operation;
  return {
    operationId: name.replace(/[^A-Za-z0-9]+/g, '_'),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: security.map((scheme) => ({ [scheme]: [] })),
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, toResponse(answer)])),
      ...errorsOf(operation),
    },
  };
}

function contentOf({ schema, examples, type = 'application/json' }: NonNullable<Operation['body']>) {
  const named = Object.entries(examples).map(([summary, value]) => [summary, { value }]);
  return { [type]: { schema: toJsonSchema(schema, 'input'), examples: Object.fromEntries(named) } };
}

function toResponse({ description, schema, example, type = 'application/json' }: Answer) {
  if (!schema) return { description };
  return {
    description,
    content: { [type]: { schema: toJsonSchema(schema, 'output'), ...(example !== undefined && { example }) } },
  };
}

function parametersOf({ path = {}, query, headers = {} }: Operation) {
  const parameters = (place: string, schemas: Record<string, z.ZodType>) =>
    Object.entries(schemas).map(([name, schema]) => ({
      name,
      in: place,
      required: place === 'path',
      schema: toJsonSchema(schema, 'input'),
    }));
  return [...parameters('path', path), ...parameters('query', query?.shape ?? {}), ...parameters('header', headers)];
}

function errorsOf(operation: Operation): Record<string, object> {
  const responses: Record<string, object> = {};
  for (const [status, codes] of Map.groupBy(codesOf(operation), (code) => ERROR_STATUS[code])) {
    const description = codes.map((code) => `\`${code}\``).join(', ');
    responses[status] = errorResponse(description, 'application/problem+json', 'Problem');
  }
  for (const status of operation.details ?? []) {
    responses[status] = errorResponse(STATUS_CODES[status] ?? 'Error', 'application/json', 'Detail');
  }
  return responses;
}

function codesOf({ errors, details, body, path, query, security = [] }: Operation): Set<ErrorCode> {
  if (details) return new Set([...EVERYWHERE, ...errors]);
  return new Set([
    ...EVERYWHERE,
    ...(body ? WITH_BODY : []),
    ...(query || path ? (['validation_failed'] as const) : []),
    ...(security.length > 0 ? (['unauthorized', 'forbidden'] as const) : []),
    ...errors,
  ]);
}

const errorResponse = (description: string, type: string, schema: string) => ({
  description,
  content: { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } },
});

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says it; the expressions are longer than the rest of the schema.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'uuid') delete jsonSchema.pattern;
    },
  });
  return jsonSchema;
}
