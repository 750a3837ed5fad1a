// Loaded into a service before its main.ts (`node --import`): on SIGUSR2 it collects garbage and says what is left.
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const file = process.env['HEAP_PROBE_FILE'];

process.on('SIGUSR2', () => {
  collect();
  // What finalizers let go of needs a second collection.
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    if (file) writeFileSync(`${file}.${process.pid}`, JSON.stringify({ at: Date.now(), bytes: heapUsed + external }));
  });
});
