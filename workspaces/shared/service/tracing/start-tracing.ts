import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { isTracingOn, type TracingSettings } from './settings.ts';
import type { Tracing } from './tracing.ts';

/** How long a stop waits for the last spans to be sent, in milliseconds. */
const FLUSH_LIMIT_MS = 3_000;

/**
 * Undefined while the settings leave tracing off. The one place that loads OpenTelemetry: it costs some 20 MiB.
 * To be called before anything else registers its stop, so that spans made by these are sent, too.
 */
export async function startTracing(
  settings: TracingSettings,
  service: string,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<Tracing | undefined> {
  if (!isTracingOn(settings)) return undefined;
  const { createExportedTracing } = await import('./exported-tracing.ts');
  const tracing = createExportedTracing(settings, service, logger);
  lifecycle.onStop('traces', async () => {
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, FLUSH_LIMIT_MS);
    // What could not be exported was told by the exporter.
    await Promise.race([tracing.stop().catch(() => undefined), limit.promise]);
    clearTimeout(timer);
  });
  logger.info({ sampler: settings.OTEL_TRACES_SAMPLER }, 'traces are exported');
  return tracing;
}
