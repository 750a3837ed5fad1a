import { ConfigError } from '@postrider/shared/service/config.ts';

type Required<Settings, Name extends keyof Settings> = Settings & {
  [Key in Name]-?: NonNullable<Settings[Key]>;
};

/**
 * Whether the settings that belong together are all given, or none of them.
 * @throws ConfigError naming the missing ones when only some are.
 */
export function areGiven<Settings extends object, Name extends keyof Settings & string>(
  settings: Settings,
  names: readonly Name[],
): settings is Required<Settings, Name> {
  const missing = names.filter((name) => settings[name] === undefined);
  if (missing.length === 0) return true;
  const given = names.filter((name) => settings[name] !== undefined);
  if (given.length === 0) return false;
  throw new ConfigError(
    `faulty settings:\n${missing.map((name) => `  ${name}: is required together with ${given.join(', ')}`).join('\n')}`,
  );
}
