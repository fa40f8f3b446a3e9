#!/usr/bin/env node
// `npm run bench`: installs the peers beside this file on first use (some 300 MB, no install scripts), checks the types, and
// runs. It runs inside `pnpm run`, so that pnpm and the tools of the root are on PATH.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));

/** Ends everything with its exit code when a command fails. */
const run = (command, args, stdio = 'inherit') => {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio, shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

run(
  'pnpm',
  ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=error'],
  ['ignore', 2, 2],
);
run('tsc', ['-p', '.'], ['ignore', 2, 2]);
run('node', ['--conditions=@prate/source', 'src/main.ts', ...process.argv.slice(2)]);
