import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const MODULE = pathToFileURL(`${import.meta.dirname}/cpu-priority.ts`).href;
const AUTOGROUP = '/proc/self/autogroup';
// On other systems, and where the kernel has none.
const withAutogroups = existsSync(AUTOGROUP) ? it : it.skip;

/** What a process of its own comes to, which lowers itself so often; `detached` gives it a session to itself. */
async function afterLowering(to: number[], detached: boolean): Promise<{ nice: number; autogroup: string }> {
  const program = `
    import { existsSync, readFileSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { lowerCpuPriority } from ${JSON.stringify(MODULE)};
    for (const nice of ${JSON.stringify(to)}) lowerCpuPriority(nice);
    const autogroup = existsSync('${AUTOGROUP}') ? readFileSync('${AUTOGROUP}', 'utf8') : '';
    console.log(JSON.stringify({ nice: getPriority(), autogroup }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    detached,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(printed) as { nice: number; autogroup: string };
}

describe('a process that lowers its priority', () => {
  it('has it, and a higher one does not bring it back', async () => {
    // These tests may themselves run with a low priority, which nobody can raise.
    expect((await afterLowering([7, 3], false)).nice).toBe(Math.max(7, getPriority()));
  });

  withAutogroups('lowers the whole group where its session is its own', async () => {
    expect((await afterLowering([7, 3], true)).autogroup).toMatch(/ nice 7\n$/);
  });

  withAutogroups('leaves the group alone that it shares with others', async () => {
    const before = readFileSync(AUTOGROUP, 'utf8');
    expect((await afterLowering([11], false)).autogroup).toBe(before);
  });
});
