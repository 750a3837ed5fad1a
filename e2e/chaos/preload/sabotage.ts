/**
 * Loaded into each service before its main.ts when a run is to show that the judge finds what is wrong: the services' files
 * are changed as they are loaded, and never on disk.
 */
import { type LoadFnOutput, registerHooks } from 'node:module';
import { MUTATION_NAMES, MUTATIONS } from './mutations.ts';

const names = (process.env['CHAOS_SABOTAGE'] ?? '').split(',');
const chosen = MUTATION_NAMES.filter((name) => names.includes(name)).map((name) => MUTATIONS[name]);

const textOf = (source: LoadFnOutput['source']): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const own = chosen.filter(({ file }) => url.endsWith(file));
    if (own.length === 0) return loaded;
    const source = own.reduce((text, { file, find, replace }) => {
      if (!text.includes(find)) throw new Error(`the sabotage of ${file} does not fit any more`);
      return text.replace(find, () => replace);
    }, textOf(loaded.source));
    return { ...loaded, source };
  },
});
