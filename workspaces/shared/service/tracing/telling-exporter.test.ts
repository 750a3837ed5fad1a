import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { createLogger } from '../logger.ts';
import { tellingExporter } from './telling-exporter.ts';

/** What is said while a collector answers so, to two spans each time. */
function said(
  answers: (Error | undefined)[],
): [message: string, lost: number | undefined, error: string | undefined][] {
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  const collector: SpanExporter = {
    export: (_spans, done) => {
      const error = answers.shift();
      done(error ? { code: ExportResultCode.FAILED, error } : { code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => undefined,
  };
  const exporter = tellingExporter(collector, logger);
  while (answers.length > 0) exporter.export([{}, {}] as ReadableSpan[], () => undefined);
  return lines.map((line) => {
    const { msg, lost, error } = JSON.parse(line) as { msg: string; lost?: number; error?: string };
    return [msg, lost, error];
  });
}

const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
const LOST = 'traces cannot be exported; they are dropped until they can';

describe('a collector', () => {
  it('that is well is not mentioned', () => {
    expect(said([undefined, undefined])).toEqual([]);
  });

  it('that is away is mentioned once each time, and once when it is back', () => {
    expect(said([undefined, refused, refused, refused, undefined, undefined, new Error('HTTP 500')])).toEqual([
      [LOST, undefined, 'ECONNREFUSED'],
      ['traces are exported again', 6, undefined],
      [LOST, undefined, 'HTTP 500'],
    ]);
  });
});
