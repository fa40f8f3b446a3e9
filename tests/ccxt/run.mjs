#!/usr/bin/env node
// `npm run test:ccxt`: installs ccxt beside this file on first use (some 150 MB, no install scripts), checks the types, and
// runs the tests against a `prate sandbox` of their own. It runs inside `pnpm run`, so that pnpm and the tools of the root are
// on PATH. Without the registry, and without a cache that has ccxt, it fails and says so: a test that did not run has not passed.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(folder));

/** Ends everything with its exit code when a command fails. */
const run = (command, args, cwd, why, env = {}) => {
  const shell = process.platform === 'win32';
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell, env: { ...process.env, ...env } });
  if (error) throw error;
  if (status === 0) return;
  if (why !== null) console.error(why);
  process.exit(status ?? 1);
};

const install = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=error'];
run(
  'pnpm',
  install,
  folder,
  'ccxt could not be installed (pnpm says why above): these tests take the npm registry once.',
);
run('tsc', ['-p', '.'], folder, null);
run('vitest', ['run', 'tests/ccxt/', ...process.argv.slice(2)], root, null, { PRATE_CCXT: '1' });
