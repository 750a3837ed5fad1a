import { z } from 'zod';
import { faultInJson } from '../../service/json-shape.ts';
import { text } from '../text.ts';
import { recordOf } from './record.ts';

const MAX_JSON_DEPTH = 64;

// Hop-by-hop and framing headers, and those that Postrider writes itself.
const RESERVED_HEADER =
  /^(?:connection|content-length|content-type|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|webhook-.*|traceparent)$/i;

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'must be a header name')
  .refine((name) => !RESERVED_HEADER.test(name), 'this header is set by Postrider')
  // Stored under its name: the driver takes `_bsontype` for a BSON value, and throws for the whole batch; `$ref` makes a reference.
  .refine((name) => name !== '_bsontype' && !name.startsWith('$'), 'this header name is not allowed');

const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a header value');

const headers = recordOf(headerName, headerValue).refine(
  (given) => Object.keys(given).length <= 50,
  'at most 50 headers',
);

/** Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes. */
export const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ followed by base64 of 24 to 64 bytes');
const MAX_SECRETS = 3;

export const webhookPayload = z.strictObject({
  url: text()
    .max(2_048)
    .superRefine((given, context) => {
      const url = URL.canParse(given) ? new URL(given) : undefined;
      if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
        context.addIssue({ code: 'custom', message: 'must be an http or https URL' });
      } else if (url.username || url.password) {
        context.addIssue({ code: 'custom', message: 'must not hold credentials; use headers' });
      }
    }),
  /** Any JSON value; kept and sent as its text, so that it arrives, and is signed, exactly as stored. */
  body: z.unknown().transform((value, context): string => {
    const fault =
      value === undefined ? 'is required' : faultInJson(value, { maxDepth: MAX_JSON_DEPTH, storable: false });
    if (fault) {
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    }
    return JSON.stringify(value);
  }),
  headers: headers.optional(),
  /** Signs as Standard Webhooks do; with several secrets once by each, so that a receiver can change from one to the next. */
  secret: z.union([webhookSecret, z.array(webhookSecret).min(1).max(MAX_SECRETS)]).optional(),
});

export type WebhookSecrets = string | string[];
export type WebhookMessage = z.output<typeof webhookPayload>;
