import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../../../tooling/test-support/fixture-tree.ts';
import { klinesCsv, tradesCsv } from './support/data.ts';
import { Desk, FULL_DISK, processEnv, runOntoFullDisk, spawnPrate } from './support/desk.ts';

/** Runs a program in a terminal of its own. */
const SCRIPT = '/usr/bin/script';

const FULL = 'prate: standard output cannot be written (ENOSPC)\n';
/** A session that needs no network. */
const MADE_UP = '--source synthetic:1 --no-page';
const ORDER = 'orders create --symbol BTC_USDT --side buy --type market';

const now = (): number => performance.now();

describe('a process of its own', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('up: %s ends it with a summary and 0 within 3 s', async (signal) => {
    using desk = new Desk();
    const { child, ended, seen } = spawnPrate(`up ${MADE_UP}`, desk.folder);
    await seen('until Ctrl-C');
    const sent = now();
    child.kill(signal);
    // a group's signal reaches a process behind npm twice
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(now() - sent).toBeLessThan(3000);
    expect(stdout).toContain('The session is over.');
    expect(stdout).toContain('next:');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'sandbox: one line of JSON when it is ready; %s ends it with 0',
    async (signal) => {
      using desk = new Desk();
      const { child, ended, seen } = spawnPrate('sandbox --symbols BTC_USDT --seed 5', desk.folder);
      await seen('secretKey');
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ rest: expect.stringContaining('http://127.0.0.1:'), seed: 5 });
    },
  );

  it('sandbox: what cannot be meant is told with 2', async () => {
    using desk = new Desk();
    const { ended } = spawnPrate('sandbox --host 0.0.0.0', desk.folder);
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'prate: to listen on 0.0.0.0, which others can reach, a token is needed\n',
    });
  });

  it('a query that is interrupted exits with 130', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(20_000) });
    await desk.output('candles import k.csv --symbol S');
    const { child, ended, seen } = spawnPrate('candles query --symbol S --interval 1s --format csv', desk.folder);
    await seen('INTERPOLATED');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted\n' });
  });

  it('an import that is interrupted exits with 130 and leaves the store as it was', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    await desk.output('candles import k.csv --symbol S');
    const before = await desk.stored();
    // standard input stays open: the import waits for more
    const { child, ended } = spawnPrate('candles import - --symbol S', desk.folder);
    child.stdin?.write(tradesCsv(100));
    child.stdin?.write('1');
    await fileOpened(desk.folder);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
    expect(await desk.stored()).toBe(before);
  });

  it('a reader that goes away (| head) is no error, not even for a session without an end', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(5000) });
    await desk.output('candles import k.csv --symbol S');
    const main = `${process.execPath} --conditions=@prate/source ${join(repository, 'apps/cli/src/main.ts')}`;
    const shell = (line: string): Promise<string> =>
      new Promise((resolve) => {
        const script = `set -o pipefail; ${line}; echo "codes \${PIPESTATUS[*]}"`;
        execFile('bash', ['-c', script], { cwd: desk.folder, env: processEnv }, (_error, stdout, stderr) =>
          resolve(`${stdout}${stderr}`),
        );
      });
    expect(await shell(`${main} candles query --symbol S --interval 1s --format csv | head -1`)).toMatch(
      /^open_time_ms,.*\ncodes 0 0\n$/,
    );
    expect(await shell(`${main} --help | true`)).toBe('codes 0 0\n');
    expect(await shell(`${main} nonsense 2>&1 | true`)).toBe('codes 2 0\n');
    expect(await shell(`${main} ${ORDER} --quantity 0.00015 | true`)).toBe('codes 1 0\n');
    expect(await shell(`${main} up ${MADE_UP} | head -1`)).toMatch(/^Prate · synthetic market.*\ncodes 0 0\n$/);
  });

  it.skipIf(!existsSync(FULL_DISK)).each([
    ['what was refused', `${ORDER} --quantity 0.00015`],
    ['help', '--help'],
    ['a session', `up ${MADE_UP}`],
  ])('a disk that is full: %s: a failure that is told', async (_rule, line) => {
    using desk = new Desk();
    expect(await runOntoFullDisk(line, desk.folder)).toEqual({ code: 1, stderr: FULL });
  });

  it.skipIf(!existsSync(FULL_DISK))(
    'a disk that is full: an order on paper is kept, though it could not be told',
    async () => {
      using desk = new Desk();
      const { code, stderr } = await runOntoFullDisk(`${ORDER} --quantity 0.001`, desk.folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^paper: a new account .*\nprate: standard output cannot be written \(ENOSPC\)\n$/);
      expect(await desk.json('positions')).toMatchObject({ positions: [{ quantity: '0.001' }] });
    },
  );

  it('PRATE_CWD: paths are relative to where the user stands', async () => {
    using desk = new Desk().write({ 'user/k.csv': klinesCsv(3), 'checkout/x': '' });
    const { ended } = spawnPrate('candles import k.csv --symbol S', join(desk.folder, 'checkout'), {
      PRATE_CWD: join(desk.folder, 'user'),
    });
    expect(await ended).toMatchObject({ code: 0 });
    expect(existsSync(join(desk.folder, 'user/data/prate.db'))).toBe(true);
    expect(existsSync(join(desk.folder, 'checkout/data'))).toBe(false);
  });

  it('in a terminal: colours and a progress bar, which NO_COLOR and the end of the work take away', async (context) => {
    if (!existsSync(SCRIPT)) return context.skip('no script(1) here, which makes a terminal');
    using desk = new Desk().write({ 'k.csv': klinesCsv(60_000) });
    const main = `${process.execPath} --conditions=@prate/source ${join(repository, 'apps/cli/src/main.ts')}`;
    const terminal = (args: string, env: Record<string, string | undefined>): Promise<string> =>
      new Promise((resolve, reject) => {
        const options = { cwd: desk.folder, env: { ...processEnv, TERM: 'xterm', CI: undefined, ...env } };
        execFile(SCRIPT, ['-qec', `${main} ${args}`, '/dev/null'], options, (error, stdout) =>
          error ? reject(error) : resolve(stdout),
        );
      });
    expect(await terminal('candles import k.csv --symbol S', { NO_COLOR: '1' })).toMatch(/reading .*\d+%/);
    const query = 'candles query --symbol S --interval 1h --last 2h';
    expect(await terminal(query, { NO_COLOR: undefined })).toContain('\u001b[1m');
    expect(await terminal(query, { NO_COLOR: '1' })).not.toContain('\u001b[');
  });
});

/** Until the process has the database open: it makes the shared-memory file beside it. */
async function fileOpened(folder: string): Promise<void> {
  while (!existsSync(join(folder, 'data/prate.db-shm'))) await new Promise((resolve) => setImmediate(resolve));
}
