import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector } from 'undici';
import { type AddressGuard, BlockedAddressError } from './address-guard.ts';
import type { ResolveHost } from './resolve-host.ts';

/**
 * undici's connector, for addresses that the guard permits. Checking and connecting use the same answer of DNS, so a
 * second answer cannot lead elsewhere; every new connection is checked anew.
 */
export function guardedConnector(
  permits: AddressGuard,
  resolve: ResolveHost,
  timeoutMs: number,
): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup: guardedLookup(permits, resolve) });
  return (options, callback) => {
    // net.connect never calls `lookup` for an IP address.
    if (isIP(options.hostname) !== 0 && !permits(options.hostname)) {
      process.nextTick(callback, new BlockedAddressError(), null);
      return;
    }
    connect(options, callback);
  };
}

/** One refused address refuses the name: which of them gets connected to is chance. */
function guardedLookup(permits: AddressGuard, resolve: ResolveHost): LookupFunction {
  const resolvePermitted = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname);
    if (!addresses.every((address) => permits(address))) throw new BlockedAddressError();
    return addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  });
  return (hostname, { all }, callback) => {
    resolvePermitted(hostname, (error, found) => {
      if (error) callback(error, '');
      else if (all) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    });
  };
}
