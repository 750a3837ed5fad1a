import { join } from 'node:path';
import { dataFolder, localFolder } from '../../../scripts/local/project.ts';

/** Where a run keeps what it leaves behind, and what it throws away. */
export interface Places {
  /** faults.jsonl, report.json, logs. */
  results: string;
  logs: string;
  /** Data of Kafka and MongoDB, and pid files: discarded at the end. */
  data: string;
}

export function placesOf(seed: number): Places {
  const results = join(localFolder, 'chaos', String(seed));
  return { results, logs: join(results, 'logs'), data: dataFolder(`chaos-${process.pid}`) };
}

/** Registers what has to be done at the end, however the run ends; the last one first. */
export type Cleanup = (step: () => Promise<void>) => void;
