#!/usr/bin/env node
// `node tooling/steps.mjs <list> [arguments of the last step]` runs the steps of a list one after the other and stops at
// the first that fails, naming it. It runs inside `pnpm run`, so that the tools of node_modules/.bin are on PATH.
import { spawnSync } from 'node:child_process';

const build = ['build', 'turbo run build --output-logs=errors-only'];
const types = ['types', 'tsc -p .'];
const style = ['style', 'biome ci --colors=off --error-on-warnings .'];
const arrows = ['arrows', 'depcruise packages apps tests --output-type err'];
const unused = ['unused', 'knip'];
const published = ['published', 'turbo run lint:package --output-logs=errors-only'];
const tests = ['tests', 'vitest run'];
const long = ['long', 'vitest run', { PRATE_LONG: '1' }];
const slow = ['slow', 'vitest run .slow.', { PRATE_SLOW: '1' }];
const ccxt = ['ccxt', 'node tests/ccxt/run.mjs'];
const page = ['page', 'turbo run build --filter=@prate/dashboard --output-logs=errors-only'];
const browser = ['browser', 'vitest run .browser.slow.', { PRATE_SLOW: '1', PRATE_BROWSER: '1' }];
const packed = ['packed', 'vitest run tests/test/packed-consumer.test.ts', { PRATE_PACKED: '1' }];

const lists = {
  test: [build, types, style, arrows, unused, tests],
  check: [build, types, style, arrows, unused, published],
  long: [long],
  slow: [slow],
  ccxt: [ccxt],
  browser: [page, browser],
  packed: [build, published, packed],
};

const [name, ...extra] = process.argv.slice(2);
const steps = lists[name];
if (!steps) throw new TypeError(`no list of steps ${name}; there are ${Object.keys(lists).join(', ')}`);

for (const [index, [step, command, env]] of steps.entries()) {
  const words = [...command.split(' '), ...(index === steps.length - 1 ? extra : [])];
  const from = performance.now();
  console.log(`\n=== ${step}: ${words.join(' ')}`);
  const { status, signal, error } = spawnSync(words[0], words.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  if (status !== 0) {
    const how = error?.message ?? (signal ? `stopped by ${signal}` : `exit code ${status}`);
    const settings = Object.entries(env ?? {}).map(([key, value]) => `${key}=${value} `);
    const alone = `${settings.join('')}pnpm exec ${words.join(' ')}`;
    console.error(`=== ${step} FAILED after ${seconds} s (${how}). Alone: ${alone}`);
    process.exit(status || 1);
  }
  console.log(`=== ${step} ok, ${seconds} s`);
}
