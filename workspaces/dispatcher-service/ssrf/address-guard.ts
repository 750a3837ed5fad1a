import ipaddr from 'ipaddr.js';
import { z } from 'zod';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type AddressRange = [Address, number];

/** An address range such as `10.0.0.0/8`. */
export const addressRange = z.string().transform((text, context): AddressRange => {
  try {
    return ipaddr.parseCIDR(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be address ranges such as 10.0.0.0/8 or fd00::/8' });
    return z.NEVER;
  }
});

/** Says whether a connection to this IP address may be opened. */
export type AddressGuard = (address: string) => boolean;

export class BlockedAddressError extends Error {
  override name = 'BlockedAddressError';
  readonly code = 'BLOCKED_ADDRESS';

  constructor() {
    super('the destination is not a public address');
  }
}

// Special ranges that ipaddr.js calls unicast.
const SPECIAL_IPV4 = ranges(
  // Azure's metadata and DNS service, reachable from every virtual machine there:
  // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  '168.63.129.16/32',
  // Benchmarking, AS112 and AMT: https://www.iana.org/assignments/iana-ipv4-special-registry
  '198.18.0.0/15',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.175.48.0/24',
);

// All addresses of the public internet are of 2000::/3; these in it are special:
// https://www.iana.org/assignments/iana-ipv6-special-registry
const PUBLIC_IPV6 = ranges('2000::/3');
const SPECIAL_IPV6 = ranges('2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20');

// RFC 6052: the last 32 bits are the IPv4 address that a NAT64 gateway connects to.
const NAT64 = ranges('64:ff9b::/96');

/** Public addresses, and whatever lies in the `allowed` ranges. */
export function createAddressGuard(allowed: AddressRange[]): AddressGuard {
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = carriedAddress(ipaddr.parse(text));
    return isWithin(address, allowed) || isPublic(address);
  };
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return !isWithin(address, SPECIAL_IPV4);
  return isWithin(address, PUBLIC_IPV6) && !isWithin(address, SPECIAL_IPV6);
}

/** The IPv4 address that an IPv6 address stands for, where a connection to the one arrives at the other. */
function carriedAddress(address: Address): Address {
  if (!('parts' in address)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return isWithin(address, NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address;
}

function isWithin(address: Address, within: AddressRange[]): boolean {
  return within.some(([base, bits]) => {
    if ('octets' in address) return 'octets' in base && address.match(base, bits);
    return 'parts' in base && address.match(base, bits);
  });
}

function ranges(...texts: string[]): AddressRange[] {
  return texts.map((text) => ipaddr.parseCIDR(text));
}
