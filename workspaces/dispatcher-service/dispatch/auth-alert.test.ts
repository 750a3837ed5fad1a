import type { SendResult } from '@postrider/shared/events/send-result.ts';
import { createLogger } from '@postrider/shared/service/logger.ts';
import { createRegistry } from '@postrider/shared/service/metrics.ts';
import { createMetrics } from '../metrics.ts';
import { AuthAlert } from './auth-alert.ts';

const refused: SendResult = { outcome: 'failed', errorClass: 'auth', retryable: true, code: '401', detail: 'no' };
const down: SendResult = { outcome: 'failed', errorClass: 'provider_down', retryable: true, detail: 'HTTP 503' };

function alerting() {
  const registry = createRegistry('test');
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  const alert = new AuthAlert(['twilio', 'smtp'], createMetrics(registry).authFailed, logger);
  const figures = async (): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('postrider_provider_auth_failed{'));
  const levels = (): number[] => lines.map((line) => (JSON.parse(line) as { level: number }).level);
  return { alert, figures, levels };
}

test('a refusal of credentials raises the figure of its provider, with one line of log however often it comes', async () => {
  const { alert, figures, levels } = alerting();
  for (let n = 0; n < 50; n += 1) alert.observe('twilio', refused);
  alert.observe('twilio', down);
  const [twilio, smtp] = await figures();
  expect(twilio).toMatch(/provider="twilio".* 1$/);
  expect(smtp).toMatch(/provider="smtp".* 0$/);
  expect(levels()).toHaveLength(1);
});

test('the first success takes it back, once', async () => {
  const { alert, figures, levels } = alerting();
  alert.observe('twilio', refused);
  alert.observe('twilio', { outcome: 'accepted' });
  alert.observe('twilio', { outcome: 'delivered' });
  for (const line of await figures()) expect(line).toMatch(/ 0$/);
  expect(levels()).toHaveLength(2);
});
