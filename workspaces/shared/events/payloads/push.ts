import { z } from 'zod';
import { text } from '../text.ts';
import { recordOf } from './record.ts';

/** FCM's limit, and about that of the others: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
const MAX_BYTES = 4_096;

// FCM's own names: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages#Message
const RESERVED_KEY = /^(?:from|message_type|google.*|gcm.*)$/i;

const dataKey = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/, 'must be a name of letters, digits, dash and underscore')
  .refine((name) => !RESERVED_KEY.test(name) && name !== 'constructor', 'this name is reserved');

const data = recordOf(dataKey, text());

const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_048);

export const pushPayload = z
  .strictObject({
    /** The device: FCM's registration token or OneSignal's subscription id. */
    token: z
      .string()
      .regex(/^[\w:.~%-]{8,1024}$/, 'must be a device token')
      .optional(),
    /** The client's own id of the user, as the app tells it to OneSignal. */
    externalId: text().min(1).max(128).optional(),
    /** All who have subscribed: FCM's topic or OneSignal's segment. */
    topic: z
      .string()
      .regex(/^[\w.~%-]{1,900}$/, 'must be a topic of letters, digits and -_.~%')
      .optional(),
    title: text().min(1).max(1_000),
    body: text().min(1),
    image: webUrl.optional(),
    /** Opened by a tap. */
    link: webUrl.optional(),
    /** For the app. */
    data: data.optional(),
  })
  .superRefine((push, context) => {
    if (push.token === undefined && push.externalId === undefined && push.topic === undefined) {
      context.addIssue({ code: 'custom', path: ['token'], message: 'a token, an externalId or a topic is required' });
    }
    const { token: _token, externalId: _externalId, topic: _topic, ...content } = push;
    if (Buffer.byteLength(JSON.stringify(content)) > MAX_BYTES) {
      context.addIssue({
        code: 'custom',
        path: ['body'],
        message: `all of the message has at most ${MAX_BYTES} bytes`,
      });
    }
  });

export type PushMessage = z.output<typeof pushPayload>;
