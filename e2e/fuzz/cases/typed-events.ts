import * as fc from 'fast-check';
import { FAR, type Fault, type Json, faultOfAny, mutated, withFault } from './events.ts';
import { MARKER, oddText, PHONE } from './hostile.ts';

const line = oddText.map((text) => text.replaceAll(/[\r\n\0]/g, ' ').slice(0, 500));

/** A typed event that becomes one to four messages. Most wait for a time that no run sees. */
export function soundTypedEvent(sandbox: string): fc.Arbitrary<Json> {
  const recipients = fc.subarray(
    [
      ['email', `${MARKER}@example.com`],
      ['phone', PHONE],
      ['token', `${MARKER}:device`],
      ['url', `${sandbox}/webhooks/typed`],
    ],
    { minLength: 1 },
  );
  return fc.record(
    {
      type: fc.constant('custom'),
      data: fc.record({ message: line, subject: line }),
      to: recipients.map((pairs) => Object.fromEntries(pairs) as Record<string, string>),
      sendAt: fc.constant(FAR),
      locale: fc.constantFrom('de', 'pt-BR', 'en-GB', 'zh-Hant-TW'),
      priority: fc.constantFrom('critical', 'default'),
      eventId: fc.uuid(),
    },
    { requiredKeys: ['type', 'data', 'to'] },
  );
}

const at = (path: string, ...values: unknown[]): fc.Arbitrary<Fault> =>
  fc.constantFrom(...values).map((value) => ({ path, value }));

const faultOfTyped = fc.oneof(
  at('type', '', '../../etc/passwd', 'a..b', '.', 'custom/email', '__proto__.', 'x'.repeat(101), '\ud800'),
  at('data', 1, [], 'x', { $where: 1 }, { a: { 'b.c': 1 } }),
  at('to', 1, [], 'x'),
  at('to.__proto__', 'x'),
  at('to.email', 1, {}, '', '\ud800'),
  at('locale', '', '../de', 1, 'de_DE.UTF-8', 'x'.repeat(36)),
  at('channels', 1),
);

/** A typed event with exactly one fault, which the answer must name. */
export const faultyTypedEvent = (event: fc.Arbitrary<Json>): fc.Arbitrary<{ json: string; path: string }> =>
  fc
    .tuple(
      event,
      fc.oneof(
        faultOfTyped,
        // A channel makes it a plain event.
        faultOfAny.filter(({ path }) => path !== 'channel' && path !== 'type'),
      ),
    )
    .map(([event, fault]) => ({ json: withFault(event, fault), path: fault.path }));

export const mutatedTypedEvent = (event: fc.Arbitrary<Json>): fc.Arbitrary<string> =>
  mutated(event, ['', 'data', 'to'], ['type', 'data', 'to', 'locale', 'message', 'subject', 'email', 'phone', 'url']);
