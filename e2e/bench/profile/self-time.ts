/** The parts of a .cpuprofile that matter here (V8's Profiler.Profile). */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  /** Ids of the nodes that were on top of the stack, and the microseconds between the looks. */
  samples: number[];
  timeDeltas: number[];
}

export interface SelfTime {
  /** Function and file, or the package for code that is not ours. */
  name: string;
  milliseconds: number;
}

/**
 * Where a process was busy by itself, the largest first; `group` names what a call frame belongs to. What happened in
 * the first `fromSeconds` is left out: loading and compiling would hide the rest.
 */
export function selfTimes(
  profile: CpuProfile,
  fromSeconds: number,
  group: (frame: Frame) => string | undefined,
): SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, group(callFrame)]));
  const sums = new Map<string, number>();
  let seconds = 0;
  for (const [at, sample] of profile.samples.entries()) {
    const milliseconds = (profile.timeDeltas[at] ?? 0) / 1_000;
    seconds += milliseconds / 1_000;
    const name = names.get(sample);
    if (name !== undefined && seconds >= fromSeconds) sums.set(name, (sums.get(name) ?? 0) + milliseconds);
  }
  return [...sums]
    .map(([name, milliseconds]) => ({ name, milliseconds }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

const IDLE = new Set(['(idle)', '(root)']);

/** One line of code: function, file, line. */
export function byFunction({ functionName, url, lineNumber }: Frame): string | undefined {
  if (IDLE.has(functionName)) return undefined;
  return url === '' ? functionName : `${functionName || '(anonymous)'} ${shortened(url)}:${lineNumber + 1}`;
}

/** A package, a folder of ours, or Node itself. */
export function byModule({ functionName, url }: Frame): string | undefined {
  if (IDLE.has(functionName)) return undefined;
  if (url === '')
    return functionName === '(garbage collector)' || functionName === '(program)' ? functionName : '(native)';
  const [, library] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return library ?? (url.startsWith('node:') ? url : shortened(url));
}

const shortened = (url: string): string =>
  url.replace(/^file:\/\//, '').replace(/^.*\/(?:node_modules|workspaces)\//, '');
