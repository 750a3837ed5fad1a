import ipaddr from 'ipaddr.js';
import { addressRange, createAddressGuard } from './address-guard.ts';

const guard = createAddressGuard([]);

const REFUSED = [
  '0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255',
  '192.168.1.1 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1',
  '224.0.0.1 240.0.0.1 255.255.255.255',
  // Azure's metadata service.
  '168.63.129.16',
  ':: ::1 fe80::1 fec0::1 fc00::1 fd12::1 ff02::1 100::1 5f00::1 4000::1',
  '2001::1 2001:2::1 2001:db8::1 2001:10::1 3fff::1',
  // An IPv4 address within: mapped, compatible, NAT64 (well-known and local prefix), 6to4.
  '::ffff:127.0.0.1 ::ffff:a00:1 ::ffff:169.254.169.254 ::127.0.0.1',
  '64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1::1',
  // No addresses at all.
  'localhost 127.1 0x7f000001 2130706433 1.2.3.4.5',
];

test.each(['', ...REFUSED.flatMap((line) => line.split(' '))])('%s is refused', (address) => {
  expect(guard(address)).toBe(false);
});

const PUBLIC = [
  '1.1.1.1 8.8.8.8 100.128.0.1 172.32.0.1 192.0.1.1 168.63.129.17 223.255.255.255',
  '2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888',
  '::ffff:8.8.8.8 64:ff9b::808:808',
];

test.each(PUBLIC.flatMap((line) => line.split(' ')))('%s is public', (address) => {
  expect(guard(address)).toBe(true);
});

test('a range on the allow-list is open, whichever way its addresses are written, and nothing beside it', () => {
  const guard = createAddressGuard([ipaddr.parseCIDR('127.0.0.0/8'), ipaddr.parseCIDR('fd00::/64')]);
  const open = ['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1', 'fd00::7', '8.8.8.8'];
  const shut = ['10.0.0.1', '::1', 'fd00:0:0:1::7'];
  expect(open.filter((address) => !guard(address))).toEqual([]);
  expect(shut.filter((address) => guard(address))).toEqual([]);
});

test('a setting that is no address range is refused', () => {
  expect(addressRange.safeParse('10.0.0.0/8').success).toBe(true);
  for (const text of ['10.0.0.1', '10.0.0.0/33', 'localhost', '*']) {
    expect(addressRange.safeParse(text).success).toBe(false);
  }
});
