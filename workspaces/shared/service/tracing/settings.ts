import { z } from 'zod';
import { wholeNumber } from '../config.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/**
 * OpenTelemetry's own settings, as far as they are heeded here or must be sound:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The exporter reads the others itself: HEADERS, COMPRESSION,
 * CERTIFICATE, CLIENT_KEY and CLIENT_CERTIFICATE, each also with TRACES_ before it.
 */
export const tracingSettings = {
  /** Tracing is on where one of the two is set. The first gets /v1/traces put after it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.enum(['http/protobuf']).default('http/protobuf'),
  /** Of one export with all its tries, in milliseconds. */
  OTEL_EXPORTER_OTLP_TIMEOUT: wholeNumber(100, 60_000).default(10_000),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  OTEL_SDK_DISABLED: z.stringbool().default(false),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  /** The share of traces, for the two samplers by ratio. */
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0?\.\d+|[01](?:\.0*)?)$/, 'must be a share from 0 to 1')
    .default('1')
    .transform(Number),
  /** Spans that wait for their export at most; what comes then is dropped. */
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1, 1_000_000).default(8_192),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1, 65_536).default(512),
  /** How long spans wait for company, in milliseconds. */
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 600_000).default(5_000),
};

export type TracingSettings = z.output<z.ZodObject<typeof tracingSettings>>;

export function isTracingOn(settings: TracingSettings): boolean {
  if (settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none') return false;
  return Boolean(settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
}
