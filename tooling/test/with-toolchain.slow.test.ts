import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FixtureTree, finish, repository } from '../test-support/fixture-tree.ts';

/**
 * The set-up script in a checkout of its own, where pnpm is a stand-in that writes down what it is asked and takes its time
 * over an install. That the real tools come from the registry is seen by every run of CI, which starts from a fresh clone.
 */
const fakePnpm = `#!/usr/bin/env node
const { appendFileSync } = require('node:fs');
const [command, ...args] = process.argv.slice(2);
const log = (text) => appendFileSync('pnpm.log', text + '\\n');
if (command === 'run') {
  console.log('script ' + args.join(' '));
  process.exit(7);
}
if (command === '--filter') {
  log('page ' + args.join(' '));
  require('node:fs').mkdirSync('apps/dashboard/dist', { recursive: true });
  require('node:fs').writeFileSync('apps/dashboard/dist/index.html', '');
  process.exit(process.env.PAGE_FAILS ? 1 : 0);
}
log('begin');
console.log('noise of an install');
if (process.env.INSTALL_FAILS) process.exit(1);
setTimeout(() => log('end'), 100);
`;
const app = `
console.log(JSON.stringify({ args: process.argv.slice(2), folder: process.env.PRATE_CWD, conditions: process.execArgv }));
if (process.argv.includes('wait')) {
  setInterval(() => {}, 1000);
  process.on('SIGTERM', () => process.exit(0));
  console.log('ready');
}
if (process.argv.includes('die')) process.kill(process.pid, 'SIGKILL');
if (process.argv.includes('fail')) process.exitCode = 3;
`;

function checkout(): FixtureTree {
  const tree = new FixtureTree();
  tree.write({
    'package.json': JSON.stringify({ type: 'module', packageManager: 'pnpm@1.2.3', engines: { node: '>=24.11' } }),
    '.node-version': '24.21.0\n',
    'apps/cli/src/main.ts': app,
    'apps/cli/src/package.json': '{ "type": "module" }',
    '.toolchain/pnpm@1.2.3/node_modules/pnpm/package.json': '{}',
    '.toolchain/pnpm@1.2.3/node_modules/.bin/package.json': '{ "type": "commonjs" }',
    '.toolchain/pnpm@1.2.3/node_modules/.bin/pnpm': fakePnpm,
    'node_modules/.keep': '',
  });
  chmodSync(join(tree.folder, '.toolchain/pnpm@1.2.3/node_modules/.bin/pnpm'), 0o755);
  cpSync(join(repository, 'tooling/with-toolchain.mjs'), join(tree.folder, 'tooling/with-toolchain.mjs'));
  return tree;
}

const environment = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const { INIT_CWD: _, npm_execpath: __, ...rest } = process.env;
  return { ...rest, ...extra };
};
const script = (tree: FixtureTree): string => join(tree.folder, 'tooling/with-toolchain.mjs');
const run = (tree: FixtureTree, args: readonly string[], extra: NodeJS.ProcessEnv = {}, cwd: string = tree.folder) =>
  finish(process.execPath, [script(tree), ...args], { cwd, env: environment(extra) });

describe('with-toolchain', () => {
  it('app: runs the command line from its sources, with nothing but its output on stdout', async () => {
    using tree = checkout();
    const { code, stdout } = await run(tree, ['app', 'up', '--for', '1s']);
    const expected = { args: ['up', '--for', '1s'], folder: tree.folder, conditions: ['--conditions=@prate/source'] };
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(code).toBe(0);
  });

  it('app up: builds the page where it is missing or older than its sources, and only then', async () => {
    using tree = checkout().write({ 'apps/dashboard/index.html': '', 'apps/dashboard/src/a.ts': '' });
    const built = (): number =>
      readFileSync(join(tree.folder, 'pnpm.log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('page @prate/dashboard')).length;
    const up = async (extra: NodeJS.ProcessEnv = {}) => (await run(tree, ['app', 'up'], extra)).code;
    expect([await run(tree, ['app', 'candles']).then(({ code }) => code), built()]).toEqual([0, 0]);
    expect([await up(), built()]).toEqual([0, 1]);
    expect([await up(), built()]).toEqual([0, 1]);
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(tree.folder, 'apps/dashboard/src/a.ts'), later, later);
    expect([await up({ PAGE_FAILS: '1' }), built()]).toEqual([1, 2]);
  });

  it('app: PRATE_CWD is where the user stands, which npm hands on as INIT_CWD', async () => {
    using tree = checkout().write({ 'docs/page.md': '' });
    const docs = join(tree.folder, 'docs');
    expect(JSON.parse((await run(tree, ['app'], {}, docs)).stdout)).toMatchObject({ folder: docs });
    const throughNpm = await run(tree, ['app'], { INIT_CWD: '/somewhere/else' });
    expect(JSON.parse(throughNpm.stdout)).toMatchObject({ folder: '/somewhere/else' });
  });

  it('exit codes are kept; a signal that ended the command is 128 + its number', async () => {
    using tree = checkout();
    expect((await run(tree, ['app', 'fail'])).code).toBe(3);
    expect((await run(tree, ['app', 'die'])).code).toBe(128 + 9);
    expect(await run(tree, ['some:script', '--flag'])).toMatchObject({
      code: 7,
      stdout: 'script --silent some:script --flag\n',
    });
  });

  it('SIGTERM reaches the command, whose clean exit stays clean', async () => {
    using tree = checkout();
    const child = spawn(process.execPath, [script(tree), 'app', 'wait'], { cwd: tree.folder, env: environment() });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) child.kill('SIGTERM');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(0);
  });

  it('two commands at once set up one after the other, and both work', async () => {
    using tree = checkout();
    const both = await Promise.all([run(tree, ['app', 'one']), run(tree, ['app', 'two'])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(join(tree.folder, 'pnpm.log'), 'utf8')).toBe('begin\nend\nbegin\nend\n');
    expect(existsSync(join(tree.folder, '.toolchain/lock'))).toBe(false);
  });

  it('a lock whose owner was killed stops nobody', async () => {
    using tree = checkout();
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => gone.on('exit', resolve));
    tree.write({ '.toolchain/lock': String(gone.pid) });
    expect((await run(tree, ['app'])).code).toBe(0);
  });

  it('a failed install ends with 1 and says what to do; the command does not start', async () => {
    using tree = checkout();
    const { code, stdout, stderr } = await run(tree, ['app'], { INSTALL_FAILS: '1' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('setup: Installing the packages of pnpm-lock.yaml failed');
    expect(stderr).toContain('npm registry');
    expect(existsSync(join(tree.folder, '.toolchain/lock'))).toBe(false);
  });

  it('a registry out of reach is named, and leaves nothing half-fetched behind', async () => {
    using tree = checkout();
    tree.write({ 'package.json': JSON.stringify({ packageManager: 'pnpm@9.9.9', engines: { node: '>=24.11' } }) });
    const nowhere = { npm_config_registry: 'http://127.0.0.1:9' };
    const { code, stdout, stderr } = await run(tree, ['app'], nowhere);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('setup: Fetching pnpm@9.9.9 failed');
    expect(stderr).toContain('http://127.0.0.1:9');
    const { stdout: left } = await finish('ls', [join(tree.folder, '.toolchain')], { cwd: tree.folder });
    expect(left).toBe('pnpm@1.2.3\n');
  });
});
