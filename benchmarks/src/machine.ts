import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, type as systemName, totalmem } from 'node:os';

/** Where and with what a run was made. */
export interface Machine {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly system: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the last minute before the run: others at work make every number worse and wider. */
  readonly load: number;
  readonly peers: Readonly<Record<string, string>>;
}

const folder = new URL('..', import.meta.url);

export function thisMachine(): Machine {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    commit: commitName(),
    node: process.version,
    system: `${systemName()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] as number,
    peers: Object.fromEntries(Object.entries(dependencies).filter(([, version]) => !version.startsWith('link:'))),
  };
}

function commitName(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  } catch {
    return 'unknown'; // sources without a repository, or a machine without git
  }
}

export const machineText = ({ date, commit, node, system, cpu, cores, memoryGiB, load, peers }: Machine): string =>
  `${date} UTC, commit ${commit}, Node.js ${node}, ${system}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, ` +
  `load ${load.toFixed(1)} before the run. ${Object.entries(peers)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.`;
