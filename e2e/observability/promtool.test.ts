import { globSync } from 'node:fs';
import { runCommand } from '../../scripts/local/command.ts';
import { findTool } from './prometheus-tools.ts';
import { FOLDER, RULE_FILES } from './queries.ts';

const promtool = await findTool('promtool');
if (!promtool)
  process.stderr.write(
    '\nNOT CHECKED: there is no promtool, so the rules and alerts of observability/ are not tested. Debian: apt-get install prometheus\n\n',
  );
const checked = promtool ? it : it.skip;
const run = async (...args: string[]): Promise<string> => runCommand(promtool ?? '', args, { cwd: FOLDER });

describe('promtool', () => {
  checked('takes the configuration and the rules that it names', () =>
    run('check', 'config', 'prometheus/prometheus.yml'),
  );

  checked('takes every file of rules', () => run('check', 'rules', ...RULE_FILES));

  const tests = globSync('prometheus/tests/*.test.yml', { cwd: FOLDER }).toSorted();
  checked.each(tests)(
    'sees alerts fire when they should, and not else: %s',
    (file) => run('test', 'rules', file),
    60_000,
  );
});
