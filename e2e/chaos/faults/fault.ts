import type { FaultSide } from '../oracle/evidence.ts';
import type { Random } from '../random.ts';
import type { FaultKind } from './catalogue.ts';

/** One fault as it is drawn: where it says `primary`, who that is turns out when its time has come. */
export interface Fault {
  kind: FaultKind;
  target: string;
  /** How long it lasts, in milliseconds. */
  ms: number;
  /** Which of its forms. */
  form?: string;
  /** Rest before it, in milliseconds. */
  after: number;
}

/** Faults of one track come one after another; the tracks run beside each other. */
export const TRACKS = ['kills', 'nodes', 'links', 'rest'] as const;
export type Track = (typeof TRACKS)[number];

/** What there is to be hurt. */
export interface Targets {
  services: readonly string[];
  nodes: number;
}

export interface FaultDraw {
  side: FaultSide;
  track: Track;
  /** How often it comes beside the others of its track. */
  weight: number;
  draw(random: Random, targets: Targets): Pick<Fault, 'target' | 'ms' | 'form'>;
}
