import { AppError } from '@postrider/shared/errors/app-error.ts';
import type { EventDocument } from '@postrider/shared/events/event.ts';
import { webhookSecret } from '@postrider/shared/events/payloads/webhook.ts';
import { list } from '@postrider/shared/service/config.ts';
import { z } from 'zod';

export const statusSettings = {
  /** Sign what is posted to the statusUrl of events that bring no secret of their own: `whsec_` and base64, one or several. */
  STATUS_WEBHOOK_SECRET: list(webhookSecret).pipe(z.array(z.string()).min(1).max(3)).optional(),
  /** Whether the status of every event is kept on the topic `event-status`. */
  EVENT_STATUS_TOPIC: z.enum(['on', 'off']).default('off'),
};
export type StatusSettings = z.output<z.ZodObject<typeof statusSettings>>;

/** Marks a new event whose changes of status are to be told. @throws AppError `validation_failed` where they could not be signed. */
export type Follow = (event: EventDocument) => EventDocument;

export function createFollow({ STATUS_WEBHOOK_SECRET, EVENT_STATUS_TOPIC }: StatusSettings): Follow {
  return (event) => {
    if (event.statusUrl !== undefined && event.statusSecret === undefined && STATUS_WEBHOOK_SECRET === undefined) {
      throw new AppError('validation_failed', 'the request has faulty fields', {
        fields: [
          { path: 'statusSecret', message: 'is required with a statusUrl: this service has no secret of its own' },
        ],
      });
    }
    // On the topic stands the first status, too.
    return EVENT_STATUS_TOPIC === 'on' ? { ...event, followed: true, tellAt: event.createdAt } : event;
  };
}
