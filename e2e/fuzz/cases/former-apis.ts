import * as fc from 'fast-check';
import { bytesOf, requestBytes } from '../wire/request-bytes.ts';
import type { Case } from './case.ts';
import type { Json } from './events.ts';
import { hostileKey, loneSurrogate, MARKER, oddJson, oddMoment, oddText, PHONE, toWire } from './hostile.ts';
import type { Header } from './request.ts';

const address = fc.constantFrom(`${MARKER}@example.com`, `Ada <${MARKER}@example.com>`);
const phone = fc.constantFrom(PHONE, '202-555-0188', '(202) 555-0188 ext. 5', '+999999999999999', MARKER);
const free = fc.dictionary(fc.oneof(hostileKey, fc.constantFrom('email', 'phone', 'name')), oddJson, { maxKeys: 3 });

/** Answers when the message is sent, or is given up, or not yet. */
const WAITS = '/api/v1/mail/send-async';

/** What each endpoint of a former system takes, with hostile texts in it. */
const BODIES: Record<string, fc.Arbitrary<Json>> = {
  '/send-email/': fc.record({ email_to: address, email_from: address, subject: oddText, message: oddText }),
  [WAITS]: fc.record({ email_to: address, subject: fc.constant(MARKER), message: oddText }),
  '/api/v1/sms/send-email-sms': fc.record({
    message: oddText.map((text) => text.slice(0, 900)),
    phone_number: phone,
    provider: fc.constantFrom('Verizon', 'T-Mobile', 'nobody', '__proto__'),
  }),
  '/api/v1/health-alert': fc.record({
    issues: fc.array(oddText, { maxLength: 3 }),
    channels: fc.subarray(['email', 'slack', 'discord']),
  }),
  '/api/v1/email-alert': fc.record({ message: oddText }),
  '/api/v1/slack-alert': fc.record({
    message: oddText,
    channel: fc.constantFrom('default', '#default', 'constructor'),
  }),
  '/webhook/events': fc.record({
    event_type: fc.oneof(fc.constantFrom('APPOINTMENT_CREATED', 'appointment.canceled', '../x'), hostileKey),
    appointment_id: oddText,
    slot: free,
    metadata: fc.oneof(free, fc.record({ email: address, phone, name: oddText })),
  }),
  '/api/v1/events/': fc.record({
    type: fc.constantFrom('user.signup', 'payment.failed', 'custom', 'nobody.knows'),
    payload: fc.oneof(free, fc.record({ email: address, phone, message: oddText, amount: fc.integer() })),
  }),
  '/api/v1/notifications/': fc.record({
    notification_type: fc.constantFrom('license_expiry', 'x.y', '../x', ''),
    entity_id: fc.oneof(fc.integer(), oddText),
    target_date: fc.oneof(fc.constantFrom('2999-01-31', '2999-02-29', '2999-01-31 09:00:00.123456'), oddMoment),
    lead_time_days: fc.constantFrom(0, 7, 4_000, -1, 1e9),
    email: address,
    phone,
  }),
};

/**
 * Requests of the former systems' clients: right, or with one field that is not. Not every answer names an event: each request
 * has a key of its own, under which what it made is found.
 */
export function formerApis(auth: Header): fc.Arbitrary<Case> {
  const value = fc.oneof(oddJson, oddText, oddMoment, loneSurrogate, fc.constant(undefined));
  const fault = fc.option(fc.tuple(fc.nat(), value));
  const requests = Object.entries(BODIES).map(([target, sound]) =>
    fc.tuple(sound, fault, fc.uuid()).map(([body, fault, uuid]): Case => {
      // Not `channel`: the name of a webhook in the settings, which logs show.
      const names = Object.keys(body).filter((name) => name !== 'channel');
      const changed = fault ? { ...body, [names[fault[0] % names.length] ?? '']: fault[1] } : body;
      const key = `former-${uuid}`;
      const headers: Header[] = [auth, ['Content-Type', 'application/json'], ['Idempotency-Key', key]];
      return {
        service: 'ingestion',
        kind: `former ${target}`,
        former: key,
        formerErrors: true,
        answers: 1,
        ...(target === WAITS && { may: [502, 504] }),
        pieces: [requestBytes({ method: 'POST', target, headers, body: bytesOf(toWire(changed)) })],
      };
    }),
  );
  return fc.oneof(...requests);
}
