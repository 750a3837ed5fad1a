import { AppError } from '@postrider/shared/errors/app-error.ts';
import { type CarrierGateways, gatewayOf, shippedCarrierGateways } from '@postrider/shared/events/carrier-gateways.ts';
import type { EventRequest } from '@postrider/shared/events/event-request.ts';

/**
 * A carrier that no dispatcher could reach is told at once.
 * @throws AppError `validation_failed`
 */
export function requireKnownCarrier(event: EventRequest, gateways: CarrierGateways = shippedCarrierGateways): void {
  if (event.channel !== 'sms' || event.payload.carrier === undefined) return;
  if (gatewayOf(event.payload.carrier, gateways) !== undefined) return;
  throw new AppError('validation_failed', 'the request has faulty fields', {
    fields: [{ path: 'payload.carrier', message: 'no e-mail gateway is known for this carrier' }],
  });
}
