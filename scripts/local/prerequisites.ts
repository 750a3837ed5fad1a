import { existsSync, mkdirSync } from 'node:fs';
import { type CommandResult, runCommand, tryCommand } from './command.ts';
import type { Log } from './server.ts';

/** A tool that the native way needs, and how this system's package manager calls it. */
export interface Prerequisite {
  name: string;
  usable: () => Promise<boolean>;
  /** Debian's packages; names with a bar between them are alternatives, the first that the release has is taken. */
  debian: string[];
  fedora: string;
  brew: string;
}

const works = async (command: string, args: string[], test: (result: CommandResult) => boolean = (r) => r.ok) =>
  test(await tryCommand(command, args));

export const java: Prerequisite = {
  name: 'Java 17 or newer',
  usable: () => works('java', ['-version'], (r) => r.ok && Number(/version "(\d+)/.exec(r.output)?.[1]) >= 17),
  debian: ['openjdk-17-jre-headless|openjdk-21-jre-headless|default-jre-headless'],
  fedora: 'java-latest-openjdk-headless',
  brew: 'openjdk',
};

export const maven: Prerequisite = {
  name: 'Maven',
  usable: () => works('mvn', ['--version']),
  debian: ['maven'],
  fedora: 'maven',
  brew: 'maven',
};

export const pip: Prerequisite = {
  name: 'Python 3 with pip',
  usable: () => works('python3', ['-m', 'pip', '--version']),
  debian: ['python3-pip'],
  fedora: 'python3-pip',
  brew: 'python',
};

/** The shared libraries that the mongod of the Python wheel is linked with. */
export const mongodLibraries = (mongod: string): Prerequisite => ({
  name: 'OpenSSL 3, libcurl 4 and liblzma (for mongod)',
  usable: () => works(mongod, ['--version']),
  debian: ['libcurl4|libcurl4t64', 'libssl3|libssl3t64', 'liblzma5'],
  fedora: 'libcurl openssl-libs xz-libs',
  brew: 'curl openssl@3 xz',
});

/** Installs what is missing where it can (root on Debian); otherwise says once, for all of it, what to do. */
export async function requirePrerequisites(wanted: Prerequisite[], instead: string, log: Log): Promise<void> {
  const missing = await unusable(wanted);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  if (!canInstall()) throw new Error(`Missing here: ${names}. ${remedy(missing)}\n${instead}`);

  log(`installing ${names} with apt-get`);
  await installWithApt(missing);
  const still = await unusable(missing);
  if (still.length > 0) {
    const left = still.map(({ name }) => name).join(', ');
    throw new Error(`Still missing after apt-get install: ${left}.\n${instead}`);
  }
}

async function unusable(wanted: Prerequisite[]): Promise<Prerequisite[]> {
  const checks = await Promise.all(wanted.map(async (one) => ((await one.usable()) ? [] : [one])));
  return checks.flat();
}

const isDebian = (): boolean => existsSync('/etc/debian_version');
const canInstall = (): boolean => isDebian() && process.getuid?.() === 0;

async function installWithApt(missing: Prerequisite[]): Promise<void> {
  await runCommand('apt-get', ['update', '-qq']);
  // Slim images lack this folder, and without it the package of the Java runtime does not install.
  mkdirSync('/usr/share/man/man1', { recursive: true });
  const packages = await Promise.all(missing.flatMap(({ debian }) => debian.map(firstKnown)));
  await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function firstKnown(alternatives: string): Promise<string> {
  const names = alternatives.split('|');
  for (const name of names) if ((await tryCommand('apt-cache', ['show', name])).ok) return name;
  return alternatives;
}

function remedy(missing: Prerequisite[]): string {
  if (isDebian()) {
    const packages = missing.flatMap(({ debian }) => debian.map((alternatives) => alternatives.split('|')[0]));
    return `Install with: sudo apt-get install -y ${packages.join(' ')}`;
  }
  if (process.platform === 'darwin') return `Install with: brew install ${missing.map(({ brew }) => brew).join(' ')}`;
  return `Install them, for example: sudo dnf install -y ${missing.map(({ fedora }) => fedora).join(' ')}`;
}
