// `npm run soak`: hours of a session in minutes. A sandbox with many busy symbols that cuts every connection now and then, the
// real `prate up` on it, a page that is open, and beside them a process that does nothing. At the end every second that was
// stored is compared with the market as it was made up. See docs/reliability.md.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, checksOf } from './checks.ts';
import { Drops } from './drops.ts';
import { cellsOf, HEADS, type Minute, plainRow } from './minutes.ts';
import { OpenPage } from './open-page.ts';
import { HELP, readOptions, type SoakOptions } from './options.ts';
import { CLI, IDLE, Measured, STRATEGY } from './processes.ts';
import { publish } from './publish.ts';
import type { Run } from './run.ts';
import { compare } from './truth.ts';

/** Of the candles of a sandbox at a loopback address. */
const VENUE = 'sandbox';
const MINUTE_MS = 60_000;

const options = optionsOrExit();
const { symbols, minutes, rate, dropEveryMs, seed, profile } = options;
console.log(
  `soak: ${minutes} min, ${symbols.length} symbols, ${rate} trades a second, all connections cut every ${dropEveryMs / 1000} s`,
);
const folder = mkdtempSync(join(tmpdir(), 'prate-soak-'));
const running: Measured[] = [];
const start = (...args: ConstructorParameters<typeof Measured>): Measured => {
  const one = new Measured(...args);
  running.push(one);
  return one;
};
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    for (const one of running) void one.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  });
}
try {
  const checks = checksOf(await run(), options);
  tell(checks);
} catch (error) {
  console.error(error);
  count(0, 1);
} finally {
  await Promise.all(running.filter((one) => one.isRunning).map((one) => one.end('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
}

function optionsOrExit(): SoakOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== null) return read;
    console.log(HELP);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${HELP}`);
    process.exit(2);
  }
}

async function run(): Promise<Run> {
  const market = ['--market', `synthetic:${seed}`, '--symbols', symbols.join(','), '--trades-per-second', String(rate)];
  const sandbox = start('the sandbox', [CLI, 'sandbox', ...market], { cwd: folder });
  const { rest, ws } = JSON.parse(await sandbox.line(/^\{"rest"/)) as { rest: string; ws: string };
  const db = join(folder, 'soak.db');
  const session = start(
    'the session',
    [
      ...[CLI, 'up', '--json', '--source', 'mexc', '--symbols', 'all', '--strategy', STRATEGY, '--interval', '5s'],
      ...['--history', '10m', '--port', '0', '--balance', '1000000', '--db', db],
    ],
    {
      cwd: folder,
      flags: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
      env: { PRATE_CWD: folder, PRATE_MEXC_REST_URL: rest, PRATE_MEXC_WS_URL: ws, PRATE_LOG_LEVEL: 'warn' },
    },
  );
  const idle = start('the idle process', [IDLE]);
  const page = (await session.line(/^page: http/)).replace('page: ', '');
  const open = new OpenPage(page, symbols);
  await Promise.all([session, idle, sandbox].map((one) => one.sample())); // the beginning is no minute
  const drops = new Drops(rest, dropEveryMs);
  const told: Minute[] = [];
  console.log(plainRow(HEADS));
  try {
    for (let minute = 1; minute <= minutes; minute += 1) {
      await sleep(MINUTE_MS / 2);
      if (minute === minutes) drops.stop(); // losses are still fetched then, within MEXC's limits
      await sleep(MINUTE_MS / 2);
      const [of, beside, market] = await Promise.all([session.sample(), idle.sample(), sandbox.sample()]);
      const one = { minute, session: of, idle: beside, sandboxCpu: market.cpu, page: open.take() };
      told.push(one);
      console.log(plainRow(cellsOf(one)));
    }
  } finally {
    drops.close();
    open.close();
  }
  const endedMs = Date.now();
  const ended = await session.end();
  await Promise.all([idle.end('SIGKILL'), sandbox.end()]);
  const document = ended.code === 0 ? (JSON.parse(session.stdout) as Run['document']) : {};
  const losses = lossesIn(session.stderr);
  const truth = await compare(db, options, VENUE, endedMs, { losses, drops });
  return {
    minutes: told,
    drops: drops.times.length,
    truth,
    ended,
    document,
    pageProblems: [...open.problems, ...drops.problems],
  };
}

/** When connections were lost, as the session's log tells it; the rest of what it said is printed. */
function lossesIn(stderr: string): readonly number[] {
  const losses: number[] = [];
  for (const line of stderr.split('\n')) {
    const said = line.startsWith('{') ? (JSON.parse(line) as { readonly kind?: string; readonly time: string }) : null;
    if (said?.kind === 'connection-lost') losses.push(Date.parse(said.time));
    else if (line !== '') console.log(`the session: ${line.replace(/#token=\S+/, '#token=…')}`);
  }
  return losses;
}

function tell(checks: { readonly run: Run; readonly all: readonly Check[] }): void {
  console.log();
  for (const { passed, text } of checks.all) console.log(`${passed ? 'ok    ' : 'FAILED'} ${text}`);
  for (const failure of checks.run.truth.failures.slice(0, 20)) console.log(`       ${failure}`);
  for (const problem of checks.run.pageProblems.slice(0, 10)) console.log(`       ${problem}`);
  const failed = checks.all.filter(({ passed }) => !passed).length;
  if (options.publish) publish(checks.run, checks.all, options);
  count(checks.all.length - failed, failed);
}

/** As the test runner does, so that CI counts it. */
function count(passed: number, failed: number): void {
  const line = `${passed} passed, ${failed} failed, 0 skipped`;
  console.log(line);
  const { PRATE_COUNTS_FILE: file } = process.env;
  if (file) appendFileSync(file, `${line}\n`);
  if (failed > 0) process.exitCode = 1;
}
