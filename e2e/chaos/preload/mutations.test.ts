import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTATIONS } from './mutations.ts';

const WORKSPACES = join(import.meta.dirname, '../../../workspaces');

test.each(Object.entries(MUTATIONS))(
  'the sabotage %s still fits the file that it breaks, at one place',
  (_name, { file, find }) => {
    expect(readFileSync(join(WORKSPACES, file), 'utf8').split(find)).toHaveLength(2);
  },
);
