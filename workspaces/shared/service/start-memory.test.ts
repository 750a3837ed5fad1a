import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const MODULE = pathToFileURL(`${import.meta.dirname}/start-memory.ts`).href;

test('what a start leaves behind is given back to the machine at once', async () => {
  const program = `
    import { releaseStartMemory } from '${MODULE}';
    let modules = Array.from({ length: 400_000 }, (_, at) => ({ at }));
    await new Promise(setImmediate);
    modules = undefined;
    const before = process.memoryUsage().heapTotal;
    releaseStartMemory();
    console.log((before - process.memoryUsage().heapTotal) / 2 ** 20);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program]);
  expect(Number(stdout)).toBeGreaterThan(5);
});
