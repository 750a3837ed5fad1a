import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readSettings } from '../service/config.ts';
import { carrierSettings, gatewayOf, shippedCarrierGateways } from './carrier-gateways.ts';

const folder = mkdtempSync(join(tmpdir(), 'carriers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: string) => {
  const file = join(folder, 'carriers.json');
  writeFileSync(file, content);
  return readSettings(carrierSettings, { CARRIER_GATEWAYS_FILE: file }).CARRIER_GATEWAYS_FILE;
};

describe("the carriers' e-mail gateways", () => {
  it.each(['T-Mobile', 't mobile', 'TMOBILE'])('are found however the carrier is written: %s', (carrier) => {
    expect(gatewayOf(carrier, shippedCarrierGateways)).toBe('tmomail.net');
  });

  it('are known for the usual carriers, and for nobody else', () => {
    for (const carrier of ['AT&T', 'Verizon', 'Sprint', 'Cricket', 'Boost Mobile']) {
      expect(gatewayOf(carrier, shippedCarrierGateways)).toMatch(/\./);
    }
    for (const carrier of ['', 'Nobody', '__proto__', 'constructor']) {
      expect(gatewayOf(carrier, shippedCarrierGateways)).toBeUndefined();
    }
  });

  it('may come from a file, which takes the place of the table', () => {
    const gateways = read('{"My Carrier": "sms.carrier.example"}');
    expect(gatewayOf('my-carrier', gateways)).toBe('sms.carrier.example');
    expect(gatewayOf('verizon', gateways)).toBeUndefined();
  });

  it.each(['{', '[]', '{"x": "not a host"}', '{"x": "a@b.example"}'])(
    'stop the start from a faulty file: %s',
    (text) => {
      expect(() => read(text)).toThrow(ConfigError);
    },
  );
});
