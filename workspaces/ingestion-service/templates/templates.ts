import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '@postrider/shared/errors/app-error.ts';
import type { Channel } from '@postrider/shared/events/channels.ts';
import { EVENT_TYPE } from '@postrider/shared/events/typed-event.ts';
import { ConfigError } from '@postrider/shared/service/config.ts';
import { compile, type Template } from './compile.ts';
import { createEngines } from './liquid.ts';
import { parseTemplateName } from './template-file.ts';

/** The folder in which `render` and `include` find theirs; it is no type's. */
const PARTIALS = 'partials';
const SUFFIX = '.liquid';

export interface Templates {
  /** In the language asked for, else in a wider one (de-AT, de), else in none; undefined when there is no such message. */
  find(name: string, channel: Channel, locale?: string): Template | undefined;
}

/**
 * Reads and checks `<folder>/<type>/<channel>[.<locale>].liquid`, once: later nothing is read from the folder.
 * @throws ConfigError naming every fault with its file and line.
 */
export function loadTemplates(folder: string): Templates {
  const templates = new Map<string, Template>();
  const faults: string[] = [];
  const engines = createEngines(readPartials(folder));
  for (const file of readFolder(folder)) {
    const [type = '', name = ''] = file.split('/');
    const parsed = parseTemplateName(name);
    if (!parsed || !EVENT_TYPE.test(type)) {
      faults.push(`${file}:1: is not named <type>/<channel>[.<locale>].liquid`);
      continue;
    }
    try {
      const { channel, locale } = parsed;
      templates.set(
        keyOf(type, channel, locale),
        compile(file, readFileSync(join(folder, file), 'utf8'), channel, engines),
      );
    } catch (error) {
      faults.push(`${file}:${messageOf(error)}`);
    }
  }
  if (faults.length > 0)
    throw new ConfigError(`faulty templates in ${folder}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return {
    find: (name, channel, locale) => {
      for (const language of [...widening(locale), undefined]) {
        const found = templates.get(keyOf(name, channel, language));
        if (found) return found;
      }
      return undefined;
    },
  };
}

const keyOf = (type: string, channel: Channel, locale: string | undefined): string =>
  `${type}/${channel}.${locale ?? ''}`;

/** de-Latn-AT, de-Latn, de. */
function widening(locale: string | undefined): string[] {
  const subtags = locale?.split('-') ?? [];
  return subtags.map((_, n) => subtags.slice(0, subtags.length - n).join('-'));
}

/** `<type>/<file>` of every file; hidden ones, as editors leave them, are no templates. */
function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, '/').length))
      .filter((file) => !file.startsWith(`${PARTIALS}/`) && !file.split('/').some((part) => part.startsWith('.')))
      .toSorted();
  } catch (error) {
    throw new ConfigError(`faulty settings:\n  TEMPLATES_DIR: ${messageOf(error)}`);
  }
}

function readPartials(folder: string): Record<string, string> {
  let names: string[] = [];
  try {
    names = readdirSync(join(folder, PARTIALS)).filter((name) => name.endsWith(SUFFIX));
  } catch {
    // There need not be any.
  }
  return Object.fromEntries(
    names.map((name) => [name.slice(0, -SUFFIX.length), readFileSync(join(folder, PARTIALS, name), 'utf8').trimEnd()]),
  );
}
