#!/usr/bin/env node
// The first command after a clone: every `npm run …` of the root package.json comes through here.
// Plain JavaScript for any Node.js from 18 on, with npm beside it and nothing else. It
//   1. gets the Node.js named in .node-version from the npm registry, only where the running one is too old for `engines`;
//   2. gets the pnpm named in `packageManager` from the npm registry (both once, into .toolchain/);
//   3. lets pnpm install what pnpm-lock.yaml says; where node_modules matches already, that takes 20 ms and no network;
//   4. for a session, builds its page where that is missing or old;
//   5. runs the command line (`app …`) or another script of package.json, with both tools first on PATH.
// Set-up messages go to stderr: stdout belongs to the command. The exit code is the command's, 128 + n after signal n.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const windows = process.platform === 'win32';
const tools = join(root, '.toolchain');
// npm tells its scripts where it is not the usual one
const { npm_config_registry: mirror } = process.env;
const registry = `the npm registry${mirror ? ` (${mirror})` : ''}`;
/** With npm's and pnpm's own patience it takes minutes to find out that a registry is out of reach. */
const patience = { 'fetch-retries': 2, 'fetch-retry-mintimeout': 1000, 'fetch-retry-factor': 2 };
const patienceAs = (prefix) => Object.entries(patience).map(([name, value]) => `${prefix}${name}=${value}`);

class SetupError extends Error {}

/** Runs a command, handing on the signals that would stop it; resolves to its exit code. */
const run = (command, args, { cwd = root, env = process.env, stdio = 'inherit' } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio, shell: windows && command.endsWith('.cmd') });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => child.kill(signal);
    const settle = (done, value) => {
      for (const signal of signals) process.off(signal, forward);
      done(value);
    };
    for (const signal of signals) process.on(signal, forward);
    child.on('error', (error) => settle(reject, error));
    child.on('exit', (code, signal) => settle(resolve, signal ? 128 + constants.signals[signal] : code));
  });

/** An exit code of set-up that is not 0 ends everything: a signal as it is, a failure with what to do about it. */
const mustSucceed = (code, what) => {
  if (code === 0) return;
  if (code > 128) process.exit(code);
  throw new SetupError(
    `${what} failed (its own words are above).\n` +
      `The first command in a checkout fetches from ${registry}; later ones work offline.\n` +
      'Is the registry in reach from here? A mirror or a proxy is set with `npm config set registry|proxy …`. Then try again.',
  );
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Runs `work` while no other command sets this checkout up: two installs at once may trip over each other. */
const alone = async (work) => {
  const lock = join(tools, 'lock');
  mkdirSync(tools, { recursive: true });
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let owner = '';
    try {
      owner = readFileSync(lock, 'utf8');
    } catch {
      continue; // it was given back just now
    }
    if (owner !== '' && !isAlive(Number(owner))) {
      rmSync(lock, { force: true }); // its owner was killed
      continue;
    }
    if (!told) console.error(`setup: waiting for process ${owner}, which sets this checkout up (lock: ${lock})`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
};

/** Installs one npm package into .toolchain/<name>@<version>, atomically, once; resolves to its folder. */
const fetchTool = async (name, version, why = '') => {
  const target = join(tools, `${name}@${version}`);
  const folder = join(target, 'node_modules', name);
  if (existsSync(folder)) return folder;
  console.error(`setup: fetching ${name}@${version} from the npm registry${why}`);
  const draft = mkdtempSync(join(tools, 'tmp-'));
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
  const args = ['install', `${name}@${version}`, '--prefix', draft, ...flags, ...patienceAs('--')];
  // the npm that runs us, where there is one: npm may not be on PATH under that name
  const cli = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const [command, before] = cli ? [process.execPath, [cli]] : [windows ? 'npm.cmd' : 'npm', []];
  try {
    const code = await run(command, [...before, ...args], { cwd: draft, stdio: ['ignore', 'ignore', 'inherit'] });
    mustSucceed(code, `Fetching ${name}@${version}`);
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
};

/** The folder of a Node.js that is new enough: the running one's, or one from the registry. */
const nodeFolder = async () => {
  const [needMajor, needMinor] = engines.node.match(/\d+/g).map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return dirname(process.execPath);
  const version = readFileSync(join(root, '.node-version'), 'utf8').trim();
  const { platform, arch } = process;
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${windows ? 'win' : platform}-${arch}`;
  const why = ` (this is Node.js ${process.version}; the project needs ${engines.node})`;
  return join(await fetchTool(name, version, why), 'bin');
};

const setUp = async () => {
  const nodePath = await nodeFolder();
  const [name, version] = packageManager.split('+')[0].split('@');
  const pnpmPath = join(dirname(await fetchTool(name, version)), '.bin');
  const pnpm = join(pnpmPath, windows ? 'pnpm.cmd' : 'pnpm');
  const env = {
    ...process.env,
    PATH: [nodePath, pnpmPath, process.env.PATH].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
  if (!existsSync(join(root, 'node_modules'))) console.error('setup: installing the packages of pnpm-lock.yaml');
  const args = [
    'install',
    '--prefer-offline',
    '--reporter=append-only',
    '--loglevel=error',
    ...patienceAs('--config.'),
  ];
  mustSucceed(await run(pnpm, args, { env, stdio: ['ignore', 2, 2] }), 'Installing the packages of pnpm-lock.yaml');
  return { env, pnpm, node: join(nodePath, windows ? 'node.exe' : 'node') };
};

/** The page of a session is shipped built; a checkout builds it when it is missing, or older than its sources. */
const pageIsStale = () => {
  const page = join(root, 'apps/dashboard');
  if (!existsSync(page)) return false;
  const built = statSync(join(page, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(page, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return [...sources, join(page, 'index.html')].some((file) => statSync(file).mtimeMs > built);
};

const buildPage = async ({ env, pnpm }) => {
  if (!pageIsStale()) return;
  console.error('setup: building the page');
  const args = ['--filter', '@prate/dashboard', '--silent', 'run', 'bundle', '--logLevel', 'warn'];
  mustSucceed(await run(pnpm, args, { env, stdio: ['ignore', 2, 2] }), 'Building the page');
};

const [script, ...args] = process.argv.slice(2);
try {
  const { env, pnpm, node } = await alone(async () => {
    const ready = await setUp();
    if (script === 'app' && args[0] === 'up') await buildPage(ready);
    return ready;
  });
  if (script === 'app') {
    // node itself, without pnpm between: that would rewrite INIT_CWD and turn a clean exit after SIGTERM into 1
    env.PRATE_CWD = process.env.INIT_CWD ?? process.cwd();
    // what Node.js compiled last time: a command starts in half the time
    env.NODE_COMPILE_CACHE ??= join(tools, 'compile-cache');
    process.exitCode = await run(node, ['--conditions=@prate/source', 'apps/cli/src/main.ts', ...args], { env });
  } else {
    process.exitCode = await run(pnpm, ['run', '--silent', script, ...args], { env });
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
