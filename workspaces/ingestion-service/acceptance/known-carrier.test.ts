import { AppError } from '@postrider/shared/errors/app-error.ts';
import { eventRequest } from '@postrider/shared/events/event-request.ts';
import { requireKnownCarrier } from './known-carrier.ts';

const sms = (carrier?: string) =>
  eventRequest.parse({ channel: 'sms', payload: { to: '+12025550123', text: 'Hello', ...(carrier && { carrier }) } });
const gateways = new Map([['mycarrier', 'sms.carrier.example']]);

describe('the carrier of a text message', () => {
  it('may be missing, and is one of the table otherwise', () => {
    requireKnownCarrier(sms());
    requireKnownCarrier(sms('T-Mobile'));
    requireKnownCarrier(sms('My Carrier'), gateways);
    expect(() => requireKnownCarrier(sms('My Carrier'))).toThrow(AppError);
    expect(() => requireKnownCarrier(sms('T-Mobile'), gateways)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        fields: [{ path: 'payload.carrier', message: 'no e-mail gateway is known for this carrier' }],
      }),
    );
  });
});
