import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../harness/work.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const HERE = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLES = 9;

/** Prints what an import took: milliseconds and bytes of resident memory above what the process had before. */
const program = (modules: readonly string[]): string => `
const rss = process.memoryUsage.rss();
const from = performance.now();
${modules.map((module) => `await import('${module}');`).join('\n')}
const ms = performance.now() - from;
console.log(JSON.stringify({ ms, bytes: process.memoryUsage.rss() - rss }));
process.exit(0);`;

function measure(modules: readonly string[], what: 'ms' | 'bytes'): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program(modules)], {
    cwd: HERE,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: '' },
  });
  if (status !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as Record<typeof what, number>)[what];
}

/** The import of packages as they are published, in bare processes: the median of some. */
export const importing = (modules: readonly string[], what: 'ms' | 'bytes'): Contender => ({
  async prepare() {
    const { status } = spawnSync('tsc', ['-b', 'packages/adapters/mexc-futures'], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error('the packages could not be built');
    measure(modules, what); // the disk's cache
  },
  async run() {
    const values = Array.from({ length: SAMPLES }, () => measure(modules, what)).sort((a, b) => a - b);
    return values[(SAMPLES - 1) / 2] as number;
  },
  result: async () => ({ imported: Float64Array.of(1) }),
});
