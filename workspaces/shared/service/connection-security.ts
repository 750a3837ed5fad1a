import { ConfigError } from './config.ts';

/** TLS and SASL of the brokers, as the settings give them. */
export interface KafkaSecurity {
  KAFKA_SSL?: 'on' | 'off';
  /** Texts in PEM. */
  KAFKA_SSL_CA_FILE?: string | undefined;
  KAFKA_SSL_CERT_FILE?: string | undefined;
  KAFKA_SSL_KEY_FILE?: string | undefined;
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  KAFKA_SASL_USERNAME?: string | undefined;
  KAFKA_SASL_PASSWORD?: string | undefined;
  KAFKA_SASL_PASSWORD_FILE?: string | undefined;
}

/** Login and TLS of MongoDB beside its URI. */
export interface MongoSecurity {
  MONGODB_USERNAME?: string | undefined;
  MONGODB_PASSWORD?: string | undefined;
  MONGODB_PASSWORD_FILE?: string | undefined;
  /** Texts in PEM. */
  MONGODB_TLS_CA_FILE?: string | undefined;
  MONGODB_TLS_CERT_KEY_FILE?: string | undefined;
}

type Security = KafkaSecurity & MongoSecurity;
type Name = Exclude<keyof Security, 'KAFKA_SSL'>;

/** @throws ConfigError where one setting is given and what belongs to it is not. */
export function requireWholeSecurity(settings: Security): void {
  const faults: string[] = [];
  const given = (...names: Name[]): Name[] => names.filter((name) => settings[name] !== undefined);

  if (settings.KAFKA_SSL !== 'on') {
    for (const name of given('KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'))
      faults.push(`${name}: needs KAFKA_SSL=on`);
  }
  if (given('KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE').length === 1)
    faults.push('KAFKA_SSL_CERT_FILE, KAFKA_SSL_KEY_FILE: both or neither');

  const logins: [user: Name[], password: Name, file: Name][] = [
    [['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME'], 'KAFKA_SASL_PASSWORD', 'KAFKA_SASL_PASSWORD_FILE'],
    [['MONGODB_USERNAME'], 'MONGODB_PASSWORD', 'MONGODB_PASSWORD_FILE'],
  ];
  for (const [user, password, file] of logins) {
    const passwords = given(password, file).length;
    if (passwords === 2) faults.push(`${password}, ${file}: one of them only`);
    const parts = given(...user).length + Math.min(1, passwords);
    if (parts > 0 && parts <= user.length)
      faults.push(`${[...user, password].join(', ')} (or ${file}): all of them or none`);
  }
  if (faults.length > 0) throw new ConfigError(`faulty settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}
