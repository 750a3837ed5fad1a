import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { createOtelTracing, samplerOf } from './otel-tracing.ts';
import type { TracingSettings } from './settings.ts';
import { tellingExporter } from './telling-exporter.ts';
import type { Tracing } from './tracing.ts';

/** Tracing whose spans go to the OTLP endpoint of the settings. The exporter and the detectors read the environment themselves. */
export function createExportedTracing(settings: TracingSettings, service: string, logger: Logger): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': service, 'service.namespace': 'postrider' }))
    // The later wins: what the operator says.
    .merge(
      detectResources({
        detectors: [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector],
      }),
    );
  const processor = new BatchSpanProcessor({
    exporter: tellingExporter(new OTLPTraceExporter(), logger),
    maxQueueSize: settings.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: Math.min(settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, settings.OTEL_BSP_MAX_QUEUE_SIZE),
    scheduledDelayMillis: settings.OTEL_BSP_SCHEDULE_DELAY,
    // The exporter's own limit ends first.
    exportTimeoutMillis: settings.OTEL_EXPORTER_OTLP_TIMEOUT + 1_000,
  });
  return createOtelTracing(samplerOf(settings), processor, resource);
}
