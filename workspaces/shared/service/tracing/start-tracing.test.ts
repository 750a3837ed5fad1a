import { spawnSync } from 'node:child_process';
import { readSettings } from '../config.ts';
import { isTracingOn, tracingSettings } from './settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

/** What a process loads and says that starts tracing with these settings, makes spans, and stops. */
function started(environment: Record<string, string>): { loaded: string[]; said: string } {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context); } });
    const { startTracing } = await import('./start-tracing.ts');
    const { tracingSettings } = await import('./settings.ts');
    const { readSettings } = await import('../config.ts');
    const { createLogger } = await import('../logger.ts');
    const said = [];
    const logger = createLogger('test', 'info', { write: (line) => said.push(line) });
    const steps = [];
    const lifecycle = { onStop: (_, step) => steps.push(step) };
    const tracing = await startTracing(readSettings(tracingSettings, process.env), 'test', logger, lifecycle);
    for (let n = 0; tracing && n < 20; n += 1) {
      tracing.start('work', { kind: 'internal' }).end();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const step of steps) await step();
    console.log(JSON.stringify({ loaded, said: said.join('') }));
    process.exit(0);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  try {
    return JSON.parse(stdout) as { loaded: string[]; said: string };
  } catch {
    throw new Error(stderr);
  }
}

describe('tracing', () => {
  it.each([
    [{}, false],
    [ENDPOINT, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example/v1/traces' }, true],
    [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }, false],
    [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }, false],
  ])('with %p is on: %p', (environment, on) => {
    expect(isTracingOn(readSettings(tracingSettings, environment))).toBe(on);
  });

  it('loads nothing of OpenTelemetry and says nothing while it is off', () => {
    const { loaded, said } = started({});
    expect(loaded.filter((name) => name.includes('opentelemetry'))).toEqual([]);
    expect(loaded).toContain('./start-tracing.ts');
    expect(said).toBe('');
  });

  it('says once that there is no collector, and stops all the same', () => {
    const { loaded, said } = started({
      ...ENDPOINT,
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    });
    expect(loaded).toContain('@opentelemetry/sdk-trace');
    expect(said.match(/traces cannot be exported/g)).toHaveLength(1);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ])('refuses a start with a %s that it cannot heed', (name, value) => {
    expect(() => readSettings(tracingSettings, { ...ENDPOINT, [name]: value })).toThrow(name);
  });
});
