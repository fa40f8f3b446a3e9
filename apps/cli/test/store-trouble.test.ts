import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { klinesCsv } from './support/data.ts';
import { Desk, type Ran } from './support/desk.ts';

function expectFailed({ code, stdout, stderr }: Ran, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^prate: /);
  expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
  expect(stdout).toBe('');
  expect(code).toBe(1);
}

/** A small file system mounted there, unmounted when disposed of; null where this user may not mount. */
function mountTmpfs(folder: string, options: string): Disposable | null {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return { [Symbol.dispose]: () => void execFileSync('umount', ['-l', folder]) };
}

describe('a database that cannot be used: one sentence, exit code 1', () => {
  it('its folder cannot be made', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), file: 'no folder' });
    expectFailed(
      await desk.run('candles import k.csv --symbol S --db file/x.db'),
      /x\.db cannot be opened: is the folder there/,
    );
    if (!existsSync('/proc/self')) return;
    expectFailed(
      await desk.run('candles import k.csv --symbol S --db /proc/x/y.db'),
      /\/proc\/x\/y\.db cannot be made/,
    );
  });

  it('it is a folder', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'd/file': '' });
    expectFailed(await desk.run('candles import k.csv --symbol S --db d'), /\/d cannot be opened/);
  });

  it('it is no SQLite file, which stays as it is', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'x.db': 'a letter to a friend\n'.repeat(100) });
    for (const command of [
      'candles import k.csv --symbol S',
      'candles status',
      'candles verify',
      'up --source synthetic:1 --no-page --for 1s',
    ])
      expectFailed(await desk.run(`${command} --db x.db`), /x\.db is not a Prate database: choose another file/);
  });

  it("it is another program's SQLite file", async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    const other = new DatabaseSync(join(desk.folder, 'x.db'));
    other.exec('CREATE TABLE letters (text TEXT)');
    other.close();
    expectFailed(
      await desk.run('candles import k.csv --symbol S --db x.db'),
      /x\.db is an SQLite file of another program/,
    );
  });

  it('it is not there: commands that only look make none', async () => {
    using desk = new Desk();
    for (const command of [
      ...['candles status', 'candles verify', 'candles query --symbol S --interval 1m'],
      ...['candles export --symbol S --interval 1m --output x.csv', 'replay --symbol S --from 0 --to 1'],
    ])
      expectFailed(
        await desk.run(`${command} --db sub/x.db`),
        /there is no database .*x\.db yet; prate candles import/,
      );
    expect(existsSync(join(desk.folder, 'sub'))).toBe(false);
  });

  it('it may not be written to', async (context) => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3) });
    const folder = join(desk.folder, 'ro');
    const isRoot = process.getuid?.() === 0;
    using disk = isRoot ? mountTmpfs(folder, 'size=2m') : null;
    if (isRoot && disk === null) return context.skip('this user may write everywhere, and may not mount');
    mkdirSync(folder, { recursive: true });
    await desk.output('candles import k.csv --symbol S --db ro/x.db');
    if (isRoot) execFileSync('mount', ['-o', 'remount,ro', folder]);
    else for (const path of [join(folder, 'x.db'), folder]) chmodSync(path, 0o500);
    desk.write({ 'more.csv': klinesCsv(9) });
    expectFailed(
      await desk.run('candles import more.csv --symbol S --db ro/x.db'),
      /x\.db (may not be written to|cannot be opened)/,
    );
    if (isRoot) execFileSync('mount', ['-o', 'remount,rw', folder]);
    else for (const path of [folder, join(folder, 'x.db')]) chmodSync(path, 0o700);
    expect(await desk.json('candles status --db ro/x.db')).toMatchObject({ rows: 3 });
  });

  it('the disk is full: nothing is kept of the import, what was there is', async (context) => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(3), 'big.csv': klinesCsv(40_000) });
    using disk = mountTmpfs(join(desk.folder, 'small'), 'size=128k');
    if (disk === null) return context.skip('this user may not mount a small disk');
    await desk.output('candles import k.csv --symbol S --db small/x.db');
    const query = 'candles query --symbol S --interval 1s --format csv --db small/x.db';
    const before = await desk.output(query);
    expectFailed(
      await desk.run('candles import big.csv --symbol S --db small/x.db'),
      /no room on the disk for .*x\.db: nothing of this write was kept/,
    );
    expect(await desk.output(query)).toBe(before);
    expect(await desk.json('candles status --db small/x.db')).toMatchObject({ rows: 3 });
  });

  it('the disk is full where an export goes: the old file is kept, no part of the new one', async (context) => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(2000) });
    await desk.output('candles import k.csv --symbol S');
    const folder = join(desk.folder, 'small');
    using disk = mountTmpfs(folder, 'size=64k');
    if (disk === null) return context.skip('this user may not mount a small disk');
    writeFileSync(join(folder, 'x.csv'), 'old');
    expectFailed(
      await desk.run('candles export --symbol S --interval 1m --output small/x.csv'),
      /x\.csv cannot be written: .*ENOSPC/,
    );
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).toBe('x.csv\n');
    expect(execFileSync('cat', [join(folder, 'x.csv')], { encoding: 'utf8' })).toBe('old');
  });
});
