import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

/** Logs once that spans cannot be exported, and once that they are again: a dead collector is no reason for a log without end. */
export function tellingExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let lost: number | undefined;
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) {
          if (lost !== undefined) logger.info({ lost }, 'traces are exported again');
          lost = undefined;
        } else {
          if (lost === undefined) {
            logger.warn(
              { error: reasonOf(result.error) },
              'traces cannot be exported; they are dropped until they can',
            );
          }
          lost = (lost ?? 0) + spans.length;
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** A refused connection has a code and no message. */
function reasonOf(error: (Error & { code?: string | number }) | undefined): string {
  return [error?.code, error?.message].filter(Boolean).join(' ') || 'unknown';
}
