import { z } from 'zod';
import {
  AUTH,
  BAD_RECIPIENT,
  type Classified,
  classOfStatus,
  DOWN,
  parseJson,
  RATE_LIMITED,
  REJECTED,
} from './json-api.ts';

// https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
const BY_CODE: Record<string, Classified> = {
  UNREGISTERED: BAD_RECIPIENT, // the app was uninstalled, or its token has ended
  SENDER_ID_MISMATCH: BAD_RECIPIENT, // the token is of another project
  INVALID_ARGUMENT: REJECTED,
  QUOTA_EXCEEDED: RATE_LIMITED, // of the project, the device or the topic
  UNAVAILABLE: DOWN,
  INTERNAL: DOWN,
  THIRD_PARTY_AUTH_ERROR: AUTH, // the project's own credentials at Apple, or for web push
  // Of Google's APIs as a whole: https://cloud.google.com/apis/design/errors#handling_errors
  UNAUTHENTICATED: AUTH,
  PERMISSION_DENIED: AUTH,
  NOT_FOUND: AUTH, // the project
  RESOURCE_EXHAUSTED: RATE_LIMITED,
};

const errorBody = z.object({
  error: z.object({
    message: z.string().optional().catch(undefined),
    status: z.string().optional().catch(undefined),
    details: z
      .array(
        z.object({
          errorCode: z.string().optional().catch(undefined),
          fieldViolations: z
            .array(z.object({ field: z.string().optional().catch(undefined) }))
            .optional()
            .catch(undefined),
        }),
      )
      .optional()
      .catch(undefined),
  }),
});

export interface FirebaseError extends Classified {
  code: string;
  detail: string | undefined;
}

export function classOfFirebaseError(status: number, body: string): FirebaseError {
  const { error } = errorBody.safeParse(parseJson(body)).data ?? {};
  // FCM's own code says more than the one of Google's APIs.
  const own = error?.details?.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
  const code = own ?? error?.status;
  const fields = error?.details?.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field)) ?? [];
  const isAboutToken =
    code === 'INVALID_ARGUMENT' &&
    (fields.includes('message.token') || /registration token/i.test(error?.message ?? ''));
  const known = code === undefined ? undefined : BY_CODE[code];
  const classified = isAboutToken ? BAD_RECIPIENT : (known ?? classOfStatus(status));
  return { ...classified, code: code ?? String(status), detail: error?.message };
}
