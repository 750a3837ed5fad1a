import { commonSettings, port, readSettings, wholeNumber } from '@postrider/shared/service/config.ts';

const sandboxSettings = {
  ...commonSettings,
  PORT: port().default(3100),
  SMTP_PORT: port().default(1025),
  /** Arrivals that are kept; the oldest make room. The counts go on beyond it. */
  MAX_RECEIVED: wholeNumber(1, 1_000_000).default(20_000),
};

export type SandboxSettings = ReturnType<typeof readSandboxSettings>;

/** @throws ConfigError */
export function readSandboxSettings(environment: Record<string, string | undefined> = process.env) {
  return readSettings(sandboxSettings, environment);
}
