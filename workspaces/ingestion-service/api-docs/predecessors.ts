import { type Operation, type Operations, SECURITY } from '@postrider/shared/service/openapi.ts';
import { z } from 'zod';
import { appointmentRequest } from '../integrations/appointments.ts';
import { formerEventRequest } from '../integrations/event-dispatch.ts';
import { SIGNAL_TYPES, signalRequest, signalsQuery } from '../integrations/event-signals.ts';
import { alertRequest, healthAlertRequest } from '../integrations/health-alerts.ts';
import { REMINDER_STATUSES, reminderRequest } from '../integrations/reminders.ts';
import { sendEmailRequest } from '../integrations/send-email.ts';
import { sendSmsRequest } from '../integrations/send-sms.ts';

/** Besides the API key: how the former systems' clients say who they are. */
export const FORMER_SECURITY = {
  ...SECURITY,
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'HS256 by API_KEY' },
  basic: { type: 'http', scheme: 'basic', description: 'BASIC_AUTH_USER and BASIC_AUTH_PASSWORD' },
};

const DETAILS = [401, 403, 408, 409, 413, 415, 422, 503];
const id = '0198b2f0-1a2b-7c3d-8e4f-5a6b7c8d9e0f';

const formerEvent: Operation = {
  tag: 'Event dispatch',
  summary: 'POST /v1/events as the former event dispatch had it',
  security: ['apiKey'],
  body: {
    schema: formerEventRequest,
    examples: {
      sms: { channel: 'sms', payload: { message: 'Test SMS', phoneNumber: '2025555555' }, priority: 'default' },
    },
  },
  answers: {
    201: {
      description: 'Stored',
      schema: z.object({ message: z.literal('Event Ingested'), id: z.uuid(), status: z.string() }),
      example: { message: 'Event Ingested', id, status: 'QUEUED' },
    },
  },
  errors: ['idempotency_conflict', 'overloaded', 'unavailable'],
};

const result = z.object({ result: z.string() });
const mail = {
  email_to: 'ada@example.com',
  email_from: 'app@example.com',
  subject: 'Hello',
  message: '<p>Hi</p>',
  user_id: 'u-1',
};
const mailing: Pick<Operation, 'tag' | 'security' | 'errors' | 'details'> = {
  tag: 'E-mail and SMS service',
  security: ['token', 'apiKey'],
  errors: [],
  details: DETAILS,
};

const sendEmail: Operation = {
  ...mailing,
  summary: 'Queue an e-mail',
  body: { schema: sendEmailRequest, examples: { mail } },
  answers: { 201: { description: 'Queued', schema: result, example: { result: `${id}, the e-mail is queued` } } },
};
const sendAsync: Operation = {
  ...sendEmail,
  summary: 'Send an e-mail, answered once the provider took it',
  answers: {
    201: {
      description: 'Taken by the provider',
      schema: result,
      example: { result: 'Email sent @ 2030-01-31 09:00:00.000000' },
    },
  },
  details: [...DETAILS, 502, 504],
};
const sendSms: Operation = {
  ...mailing,
  summary: "Queue a text message through the carrier's e-mail gateway",
  body: {
    schema: sendSmsRequest,
    examples: { text: { message: 'Hello', phone_number: '2025550123', provider: 'tmobile' } },
  },
  answers: { 201: { description: 'Queued', schema: result, example: { result: `${id}, the text message is queued` } } },
};

const alerts: Pick<Operation, 'tag' | 'security' | 'errors' | 'details'> = {
  ...mailing,
  tag: 'Health alerts',
  security: ['apiKey'],
};
const status = z.object({ status: z.string(), channels: z.array(z.string()).optional() });
const alert = { schema: alertRequest, examples: { message: { message: 'Disk full', channel: '#default' } } };

const appointment: Operation = {
  ...mailing,
  tag: 'Hospital webhooks',
  security: ['basic', 'apiKey'],
  summary: 'An appointment was created, changed or cancelled',
  body: {
    schema: appointmentRequest,
    examples: { created: { event_type: 'APPOINTMENT_CREATED', appointment_id: 'A123', patient_id: 'P9' } },
  },
  answers: {
    200: {
      description: 'Stored; trace_id is the id of the event',
      schema: z.object({ ack: z.literal(true), trace_id: z.uuid() }),
      example: { ack: true, trace_id: id },
    },
  },
  details: [400, ...DETAILS],
};
const health = (summary: string, schema: z.ZodType, example: unknown): Operation => ({
  tag: 'Hospital webhooks',
  summary,
  answers: { 200: { description: 'Well', schema, example } },
  errors: [],
});
const general = health('Well, with an id for the log', z.object({ status: z.literal('ok'), trace_id: z.uuid() }), {
  status: 'ok',
  trace_id: id,
});
const live = health('Alive', z.object({ status: z.literal('alive') }), { status: 'alive' });
const ready: Operation = {
  ...health('Ready', z.object({ status: z.literal('ready') }), { status: 'ready' }),
  details: [503],
};

const signal = z.object({
  id: z.uuid(),
  type: z.string(),
  payload: z.looseObject({}),
  created_at: z.iso.datetime(),
});
const signalExample = {
  id,
  type: SIGNAL_TYPES[0],
  payload: { email: 'ada@example.com' },
  created_at: '2030-01-31T09:00:00.000Z',
};
const notifications: Pick<Operation, 'tag' | 'security' | 'errors' | 'details'> = {
  ...mailing,
  tag: 'Event notifications',
  security: ['apiKey'],
};
const reminder = z.object({
  id: z.uuid(),
  notification_type: z.string(),
  entity_id: z.union([z.string(), z.number()]).nullable(),
  target_date: z.string().nullable(),
  lead_time_days: z.int().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  status: z.enum(REMINDER_STATUSES),
  created_at: z.iso.datetime(),
  sent_at: z.null(),
});
const reminderAsked = {
  notification_type: 'password.expiry',
  entity_id: 'user-7',
  target_date: '2030-01-31',
  lead_time_days: 7,
  email: 'ada@example.com',
};
const reminderExample = {
  ...reminderAsked,
  id,
  phone: null,
  status: 'SCHEDULED',
  created_at: '2030-01-01T09:00:00.000Z',
  sent_at: null,
};

/** The endpoints of the systems that Postrider replaces. A slash at the end of a path may be there or not. */
export const predecessorDocs: Operations = {
  'POST /event': formerEvent,
  'POST /send-email': sendEmail,
  'POST /api/v1/mail/send-email': sendEmail,
  'POST /send-async': sendAsync,
  'POST /api/v1/mail/send-async': sendAsync,
  'POST /send-sms': sendSms,
  'POST /api/v1/sms/send-email-sms': sendSms,
  'POST /api/v1/health-alert': {
    ...alerts,
    summary: 'Tell the one who is responsible what is not well',
    body: { schema: healthAlertRequest, examples: { issues: { issues: ['service-a-failure'] } } },
    answers: { 200: { description: 'Queued', schema: status, example: { status: 'Health alert email sent' } } },
  },
  'POST /api/v1/email-alert': {
    ...alerts,
    summary: 'A message by e-mail to the one who is responsible',
    body: alert,
    answers: { 200: { description: 'Queued', schema: status, example: { status: 'Email alert sent' } } },
  },
  'POST /api/v1/slack-alert': {
    ...alerts,
    summary: 'A message to Slack',
    body: alert,
    answers: { 200: { description: 'Queued', schema: status, example: { status: 'Slack alert sent' } } },
  },
  'POST /webhook/events': appointment,
  'POST /v1/webhook/events': appointment,
  'GET /healthcheck': general,
  'GET /healthcheck/live': live,
  'GET /healthcheck/ready': ready,
  'GET /v1/healthcheck': general,
  'GET /v1/healthcheck/live': live,
  'GET /v1/healthcheck/ready': ready,
  'POST /api/v1/events': {
    ...notifications,
    summary: 'Publish an event',
    body: {
      schema: signalRequest,
      examples: { signup: { type: 'user.signup', payload: { email: 'ada@example.com' } } },
    },
    answers: { 200: { description: 'Stored', schema: signal, example: signalExample } },
  },
  'GET /api/v1/events': {
    ...notifications,
    summary: 'List events, newest first',
    query: signalsQuery,
    answers: { 200: { description: 'Events', schema: z.array(signal), example: [signalExample] } },
  },
  'POST /api/v1/notifications': {
    ...notifications,
    summary: 'Schedule a reminder',
    body: { schema: reminderRequest, examples: { reminder: reminderAsked } },
    answers: { 201: { description: 'Scheduled', schema: reminder, example: reminderExample } },
  },
  'DELETE /api/v1/notifications/:id': {
    ...notifications,
    summary: 'Cancel a reminder',
    path: { id: z.string() },
    answers: {
      200: { description: 'Canceled', schema: reminder, example: { ...reminderExample, status: 'CANCELED' } },
    },
    details: [...DETAILS, 404],
  },
  'GET /': {
    tag: 'Event notifications',
    summary: 'A page for browsers, a welcome in JSON for others',
    answers: {
      200: {
        description: 'Welcome',
        schema: z.object({ message: z.string(), docs: z.string() }),
        example: { message: 'Welcome to the Event Notification Service API', docs: '/docs' },
      },
    },
    errors: [],
  },
};
