import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../scripts/local/command.ts';

/** A CA and what it signed; all are paths of PEM files. */
export interface Certificates {
  ca: string;
  /** Of a server that is called localhost, and by no other name; key and certificate together. */
  server: string;
  clientCertificate: string;
  clientKey: string;
  /** Another CA, which signed none of them. */
  strangersCa: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

export async function makeCertificates(folder: string): Promise<Certificates> {
  const file = (name: string): string => join(folder, name);
  const request = (name: string, ...options: string[]): Promise<unknown> =>
    runCommand('openssl', [
      'req',
      '-x509',
      ...KEY,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.crt`),
      ...options,
    ]);
  const signed = ['-CA', file('ca.crt'), '-CAkey', file('ca.key')];

  await request('ca');
  await request('strangers');
  await request('server', ...signed, '-addext', 'subjectAltName=DNS:localhost');
  await request('client', ...signed);
  const server = file('server.pem');
  writeFileSync(server, readFileSync(file('server.key'), 'utf8') + readFileSync(file('server.crt'), 'utf8'));
  return {
    ca: file('ca.crt'),
    server,
    clientCertificate: file('client.crt'),
    clientKey: file('client.key'),
    strangersCa: file('strangers.crt'),
  };
}
