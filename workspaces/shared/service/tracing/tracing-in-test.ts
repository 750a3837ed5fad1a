import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace';
import { createOtelTracing } from './otel-tracing.ts';
import type { Tracing } from './tracing.ts';

/** Tracing as it is, with what it would export. */
export function recordedTracing(sampler: Sampler = new AlwaysOnSampler()): Tracing & { spans(): ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const tracing = createOtelTracing(sampler, new SimpleSpanProcessor({ exporter }));
  return { ...tracing, spans: () => exporter.getFinishedSpans() };
}
