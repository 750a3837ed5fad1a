import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { Clock } from '@postrider/shared/service/clock.ts';
import { type RawRequest, rawBody } from '@postrider/shared/service/raw-body.ts';
import type { Express, RequestHandler } from 'express';
import type { CallbackMetrics } from './metrics.ts';
import type { CallbackReader } from './readers.ts';
import type { ReadingTaker } from './take-readings.ts';

/** SendGrid sends no more than 768 KB at once: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
const MAX_CALLBACK_BYTES = 1_048_576;

export interface CallbackRouteParts {
  readers: ReadonlyMap<string, CallbackReader>;
  taker: ReadingTaker;
  clock: Clock;
  metrics: CallbackMetrics;
  /** PUBLIC_URL; providers that sign the address have no reader without it. */
  publicUrl: string | undefined;
}

/** `/v1/callbacks/:provider`, without an API key: the signature says who it is. MessageBird reports by GET. */
export function addCallbackRoutes(app: Express, parts: CallbackRouteParts): void {
  app
    .route('/v1/callbacks/:provider')
    .all(requireReader(parts))
    .get(rawBody(0), takeCallback(parts))
    .post(rawBody(MAX_CALLBACK_BYTES), takeCallback(parts));
}

type OfProvider = RequestHandler<{ provider: string }>;

/** Before the body is read. */
function requireReader({ readers }: CallbackRouteParts): OfProvider {
  return (request, _response, next) => {
    const { provider } = request.params;
    next(
      readers.has(provider)
        ? undefined
        : new AppError(
            'not_found',
            `no callbacks are taken from ${provider.slice(0, 64)}: it has none, or no secret is set`,
          ),
    );
  };
}

function takeCallback({ readers, taker, clock, metrics, publicUrl = '' }: CallbackRouteParts): OfProvider {
  return async (request, response) => {
    const { provider } = request.params;
    const reader = readers.get(provider) as CallbackReader;
    const { originalUrl, headers, body } = request as unknown as RawRequest;
    try {
      const readings = reader.read({ url: publicUrl + originalUrl, headers, body, now: clock.now() });
      await taker.take(reader, readings);
    } catch (error) {
      const refused = error instanceof AppError && error.code === 'unauthorized';
      metrics.callbacks.inc({ provider, result: refused ? 'refused' : 'failed' });
      throw error;
    }
    metrics.callbacks.inc({ provider, result: 'taken' });
    // 200 and no other: Mailgun repeats what is answered otherwise.
    response.status(200).end();
  };
}
