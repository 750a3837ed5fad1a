import { readFileSync } from 'node:fs';
import { z } from 'zod';
import shipped from './carrier-gateways.json' with { type: 'json' };

/** The hosts of the carriers' e-mail gateways by the carriers' names, as `nameOfCarrier` writes them. */
export type CarrierGateways = ReadonlyMap<string, string>;

const table = z
  .record(z.string(), z.string().regex(/^(?:[a-z0-9-]+\.)+[a-z]{2,}$/i, 'must be a host name'))
  .transform(
    (entries): CarrierGateways => new Map(Object.entries(entries).map(([name, host]) => [nameOfCarrier(name), host])),
  );

export const shippedCarrierGateways: CarrierGateways = table.parse(shipped);

export const carrierSettings = {
  /** A JSON file with `{"carrier": "host of its e-mail gateway"}` in place of the shipped table. */
  CARRIER_GATEWAYS_FILE: z
    .string()
    .transform((file, context): CarrierGateways => {
      try {
        return table.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a readable JSON file of carriers and host names' });
        return z.NEVER;
      }
    })
    .default(shippedCarrierGateways),
};

/** `T-Mobile`, `t mobile` and `TMOBILE` are one. */
export function nameOfCarrier(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The host of a carrier's gateway; undefined for a carrier that is not in the table. */
export function gatewayOf(carrier: string, gateways: CarrierGateways): string | undefined {
  return gateways.get(nameOfCarrier(carrier));
}
