import type { CarrierGateways } from '@postrider/shared/events/carrier-gateways.ts';
import type { Database } from '@postrider/shared/events/store/database.ts';
import type { authenticate } from '@postrider/shared/service/api-keys.ts';
import { jsonBody } from '@postrider/shared/service/json-body.ts';
import type { Express, RequestHandler } from 'express';
import { MAX_EVENT_BYTES } from '../api/post-events.ts';
import type { TypedEventParts } from '../api/typed-events.ts';
import { postAppointment } from './appointments.ts';
import { acceptBasic, mailGuard, refuseBasic } from './authentication.ts';
import { createDeliveryWatch } from './delivery-watch.ts';
import { postFormerEvent } from './event-dispatch.ts';
import { listSignals, postSignal } from './event-signals.ts';
import { answerDetail } from './former-errors.ts';
import { postEmailAlert, postHealthAlert, postSlackAlert } from './health-alerts.ts';
import { deleteReminder, postReminder } from './reminders.ts';
import { postSendAsync, postSendEmail } from './send-email.ts';
import { postSendSms } from './send-sms.ts';
import { addServicePages } from './service-pages.ts';
import type { IntegrationSettings } from './settings.ts';
import type { IntegrationParts } from './typed-messages.ts';

export interface IntegrationRouteParts extends TypedEventParts {
  database: Database;
  allow: ReturnType<typeof authenticate>;
  logger: IntegrationParts['logger'];
  /** Aborted when the service is to end. */
  stopped: AbortSignal;
  config: IntegrationSettings & {
    AUTH: 'required' | 'disabled';
    DEFAULT_PHONE_COUNTRY: string;
    CARRIER_GATEWAYS_FILE: CarrierGateways;
  };
}

/** The endpoints of the systems that Postrider replaces; README.md in this folder says which, and where they differ. */
export function addIntegrationRoutes(app: Express, routeParts: IntegrationRouteParts): void {
  const { database, allow, config } = routeParts;
  const parts = { ...routeParts, phoneCountry: config.DEFAULT_PHONE_COUNTRY, sender: config.SENDER_ADDR };
  const mayWrite = allow('events:write');
  const body = jsonBody(MAX_EVENT_BYTES);

  app.post(
    '/event',
    mayWrite,
    body,
    postFormerEvent(parts, { country: parts.phoneCountry, topic: config.DEFAULT_PUSH_TOPIC }),
  );
  addServicePages(app, database);

  const mayMail = mailGuard(config, allow, 'events:write');
  const watch = createDeliveryWatch(database, routeParts.stopped);
  for (const path of ['/send-email', '/api/v1/mail/send-email']) {
    app.post(path, mayMail, body, postSendEmail(parts), answerDetail);
  }
  for (const path of ['/send-async', '/api/v1/mail/send-async']) {
    app.post(path, mayMail, body, postSendAsync(parts, watch, config.SEND_ASYNC_TIMEOUT_MS), answerDetail);
  }
  for (const path of ['/send-sms', '/api/v1/sms/send-email-sms']) {
    app.post(path, mayMail, body, postSendSms(parts, config.CARRIER_GATEWAYS_FILE), answerDetail);
  }

  app.post('/api/v1/health-alert', mayWrite, body, postHealthAlert(parts, config.HEALTH_ALERT_RECEIVER), answerDetail);
  app.post('/api/v1/email-alert', mayWrite, body, postEmailAlert(parts, config.HEALTH_ALERT_RECEIVER), answerDetail);
  app.post('/api/v1/slack-alert', mayWrite, body, postSlackAlert(parts), answerDetail);

  const { open, basic } = webhookGuards(config, mayWrite);
  app.post('/webhook/events', open, body, postAppointment(parts), answerDetail);
  app.post('/v1/webhook/events', basic, body, postAppointment(parts), answerDetail);

  app.post('/api/v1/events', mayWrite, body, postSignal(parts), answerDetail);
  app.get('/api/v1/events', allow('events:read'), listSignals(database), answerDetail);
  app.post('/api/v1/notifications', mayWrite, body, postReminder(parts), answerDetail);
  app.delete('/api/v1/notifications/:id', mayWrite, deleteReminder({ ...parts, database }), answerDetail);
}

/** Of `/webhook/events`, and of the same under /v1, which wants credentials as soon as there are some. */
function webhookGuards(
  { AUTH, BASIC_AUTH_USER: user, BASIC_AUTH_PASSWORD: password }: IntegrationRouteParts['config'],
  mayWrite: RequestHandler,
) {
  if (user === undefined || password === undefined) return { open: mayWrite, basic: mayWrite };
  return {
    open: acceptBasic({ user, password }, mayWrite),
    basic: acceptBasic({ user, password }, AUTH === 'required' ? mayWrite : refuseBasic),
  };
}
