import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@prate/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAccountFile, type SavedAccount, writeAccountFile } from '../src/paper/account-file.ts';
import { catchUp, meanwhileText } from '../src/paper/catch-up.ts';
import { Desk, type Ran } from './support/desk.ts';

const START = Date.UTC(2026, 0, 1, 7, 58);
const MINUTE = 60_000;
const MARKET = 'orders create --symbol BTC_USDT --side buy --type market --quantity 0.001';

/** A day of commands: each finds the account as the one before left it. */
class Day {
  readonly desk = new Desk();
  readonly clock = new ManualClock(START);
  readonly file: string = join(this.desk.folder, 'data/paper.json');

  run(line: string): Promise<Ran> {
    return this.desk.run(line, { clock: this.clock });
  }

  json<T>(line: string): Promise<T> {
    return this.desk.json<T>(line, { clock: this.clock });
  }

  get files(): string[] {
    return readdirSync(join(this.desk.folder, 'data')).sort();
  }
}

let day: Day;
beforeEach(() => {
  day = new Day();
});
afterEach(() => day.desk[Symbol.dispose]());

interface Created {
  readonly order: { readonly id: string; readonly averagePrice: string };
}

describe('an account on paper', () => {
  it('is made by the first change, for its owner alone; who looks or is refused makes none', async () => {
    await day.json('balance');
    await day.run(`${MARKET.replace('0.001', '0.00015')}`);
    expect(existsSync(day.file)).toBe(false);
    const { stderr } = await day.run(`${MARKET} --balance 500`);
    expect(stderr).toBe(`paper: a new account with 500 USDT, kept in ${day.file}\n`);
    expect(statSync(day.file).mode & 0o777).toBe(0o600);
    expect(day.files).toEqual(['paper.json']);
    expect(await day.run('positions')).toMatchObject({ code: 0, stderr: '' });
  });

  it('--balance where there is one: it is kept, and that is said', async () => {
    await day.run(`${MARKET} --balance 500`);
    const { code, stdout, stderr } = await day.run('balance --balance 7 --json');
    expect(code).toBe(0);
    expect(Number(JSON.parse(stdout).balances[0].equity)).toBeGreaterThan(400);
    expect(stderr).toMatch(/--balance is for a new account, .* began with 500 USDT: prate paper reset --balance 7 /);
  });

  it('orders, leverage and histories are there for the next command', async () => {
    await day.run('leverage --symbol BTC_USDT --set 25 --margin cross');
    expect(await day.json('leverage --symbol BTC_USDT')).toMatchObject({ leverage: 25 });
    const { order } = await day.json<Created>(
      'orders create --symbol BTC_USDT --side buy --type limit --price 20000 --quantity 0.01 --client-order-id mine',
    );
    expect(await day.json('orders list')).toMatchObject({ orders: [{ id: order.id, status: 'NEW' }] });
    expect(await day.json('orders get --symbol BTC_USDT --client-order-id mine')).toMatchObject({
      order: { id: order.id },
    });
    expect((await day.run(`orders cancel --symbol BTC_USDT --id ${order.id}`)).code).toBe(0);
    expect((await day.run(`orders cancel --symbol BTC_USDT --id ${order.id}`)).code).toBe(1);
    expect(await day.json('orders history')).toMatchObject({ orders: [{ id: order.id, status: 'CANCELLED' }] });
    await day.run(MARKET);
    expect(await day.json('orders fills')).toMatchObject({ fills: [{ quantity: '0.001' }] });
    expect(await day.json('balance')).toMatchObject({ balances: [{ frozen: '0' }] });
  });

  it('what is shown of the next minute is not done to the account', async () => {
    await day.run(MARKET);
    expect(readAccountFile(day.file)?.time).toBe(START);
  });

  it('while nobody looks resting orders fill and funding is paid: told once, and kept', async () => {
    const { order } = await day.json<Created>(MARKET);
    const price = Number(order.averagePrice);
    for (const [side, at] of [
      ['buy', price * 0.9995],
      ['sell', price * 1.0005],
    ] as const) {
      const limit = `--type limit --quantity 0.002 --price ${at.toFixed(1)}`;
      expect((await day.run(`orders create --symbol BTC_USDT --side ${side} ${limit}`)).code).toBe(0);
    }
    day.clock.advance(20 * MINUTE);
    const { stdout, stderr } = await day.run('orders fills --json');
    expect(stderr).toMatch(/^paper: in the 20 min before this: \d+ fills?; 1 funding payment, -?0\.\d+ USDT in all\n$/);
    expect(JSON.parse(stdout).fills.length).toBeGreaterThan(1);
    expect(await day.json('orders funding')).toMatchObject({
      payments: [{ symbol: 'BTC_USDT', time: START + 2 * MINUTE }],
    });
    expect((await day.run('positions')).stderr).toBe('');
  });

  it('a position is liquidated while nobody looks', async () => {
    // half an hour in which the price falls by a hundredth
    day.clock.advanceTo(Date.UTC(2026, 0, 2, 5, 44));
    const risky = '--type market --quantity 1000 --leverage 100 --margin isolated';
    expect(await day.run(`orders create --symbol DOGE_USDT --side buy ${risky}`)).toMatchObject({ code: 0 });
    day.clock.advance(30 * MINUTE);
    const { stdout, stderr } = await day.run('positions --json');
    expect(stderr).toMatch(/^paper: in the 30 min before this: 1 fill; DOGE_USDT LONG was liquidated\n$/);
    expect(JSON.parse(stdout).positions).toEqual([]);
  });

  it('left alone for long: the end is played in full, before it the funding; and that is said', async () => {
    await day.run(MARKET);
    const saved = readAccountFile(day.file);
    const now = START + 25 * 60 * MINUTE;
    const options = { signal: new AbortController().signal, inFullMs: 30 * MINUTE };
    const { session, meanwhile } = await catchUp(saved, '1', now, options);
    const payments = await session.execution.history?.getFundingPayments({});
    expect(payments?.map(({ time }) => (time - START) / MINUTE)).toEqual([1442, 962, 482, 2]);
    expect(meanwhileText(meanwhile)).toMatch(
      /^paper: nobody looked for 1 d 1 h: the last .* were played in full, of the 1 d .* only the minutes up to each funding.*\n.*4 funding payments/,
    );
    await session.close();
  });

  it('a clock that was set back: the market waits, and that is said', async () => {
    await day.run(MARKET);
    const { code, stderr } = await day.desk.run('positions', { clock: new ManualClock(START - 10 * MINUTE) });
    expect(code).toBe(0);
    expect(stderr).toMatch(/clock stands 10 min before the account's last moment/);
    expect(readAccountFile(day.file)?.time).toBe(START);
  });
});

describe('prate paper', () => {
  it('status: where it lies, how old it is, what it holds; none: exit code 1, and none is made', async () => {
    expect(await day.run('paper status')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no paper account'),
    });
    await day.run(MARKET);
    day.clock.advance(5 * MINUTE);
    expect(await day.json('paper status')).toMatchObject({
      ...{ venue: 'paper', file: day.file, createdAt: START, startBalance: '10000', time: START + 5 * MINUTE },
      ...{ positions: [{ quantity: '0.001' }], orders: [], balances: [{ asset: 'USDT' }] },
    });
    expect((await day.run('paper status')).stdout).toMatch(
      /begun +2026-01-01 07:58:00 UTC, 5 min ago, with 10000 USDT/,
    );
  });

  it('reset: begins anew with its balance', async () => {
    await day.run(MARKET);
    expect((await day.run('paper reset --balance 500')).stdout).toMatch(/500 USDT.*\nthe one before is gone\n$/);
    expect(await day.json('balance')).toMatchObject({ balances: [{ total: '500' }] });
    expect(await day.json('positions')).toEqual({ venue: 'paper', positions: [] });
    expect(await day.json('orders history')).toEqual({ venue: 'paper', orders: [] });
  });

  it('the file: --paper-file beats PRATE_PAPER_FILE beats the settings beats the folder of the database', async () => {
    const fileOf = async (flags: string, env: Record<string, string> = {}): Promise<string> => {
      const { file } = await day.desk.json<{ file: string }>(`paper reset${flags}`, { env, clock: day.clock });
      return file.slice(day.desk.folder.length + 1);
    };
    expect(await fileOf('', { PRATE_DB: 'there/x.db' })).toBe('there/paper.json');
    day.desk.write({ 'prate.config.json': '{"paperFile": "set.json"}' });
    expect(await fileOf('')).toBe('set.json');
    expect(await fileOf('', { PRATE_PAPER_FILE: 'env.json' })).toBe('env.json');
    expect(await fileOf(' --paper-file flag.json', { PRATE_PAPER_FILE: 'env.json' })).toBe('flag.json');
  });
});

describe('a file that is no whole account', () => {
  const damage: Record<string, (text: string) => string> = {
    'cut off': (text) => text.slice(0, -100),
    empty: () => '',
    'of something else': () => '{"trades": []}',
    'with another balance': (text) => text.replace('"9', '"8'),
    'without its market': (text) => JSON.stringify({ ...JSON.parse(text), exchange: null }),
    'of a version to come': (text) => text.replace('"version":1', '"version":2'),
  };

  it.each(Object.keys(damage))('%s: exit code 1, how to begin anew, and it is left as it is', async (kind) => {
    await day.run(MARKET);
    const text = (damage[kind] as (text: string) => string)(readFileSync(day.file, 'utf8'));
    expect(text).not.toBe(readFileSync(day.file, 'utf8'));
    writeFileSync(day.file, text);
    for (const line of [MARKET, 'positions', 'paper status']) {
      const { code, stdout, stderr } = await day.run(line);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/paper\.json is .*paper account.*: prate paper reset moves it aside and begins anew/s);
    }
    expect(readFileSync(day.file, 'utf8')).toBe(text);
    expect((await day.run('paper reset')).stdout).toContain(`what lay there is ${day.file}.old-1 now`);
    expect(readFileSync(`${day.file}.old-1`, 'utf8')).toBe(text);
    expect(await day.run('positions')).toMatchObject({ code: 0, stderr: '' });
  });

  it('an account of an exchange that is not known: the same', async () => {
    await day.run(MARKET);
    const saved = readAccountFile(day.file) as SavedAccount;
    const engine = { ...saved.exchange.engine, version: 99 };
    await writeAccountFile(day.file, { ...saved, exchange: { ...saved.exchange, engine } });
    const { code, stderr } = await day.run('positions');
    expect(code).toBe(1);
    expect(stderr).toMatch(/paper\.json cannot be played on \(.*version 1, not 99\); .*paper reset moves it aside/);
    expect((await day.run('paper reset')).stdout).toContain(`${day.file}.old-1 now`);
  });

  it('a folder in its place is an error that says so', async () => {
    day.desk.write({ 'data/paper.json/x': '' });
    for (const line of ['positions', 'paper reset'])
      expect(await day.run(line)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot be read (EISDIR)'),
      });
  });
});

describe('two commands at once', () => {
  it('have their turns, and nothing is lost', async () => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => day.run(MARKET)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await day.json('positions')).toMatchObject({ positions: [{ quantity: '0.006' }] });
    expect(day.files).toEqual(['paper.json']);
  });

  it('the lock of a process that is over is taken over, by one of those who find it', async () => {
    await day.run(MARKET);
    // no process has a number above 2^22
    writeFileSync(`${day.file}.lock`, JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    const runs = await Promise.all(Array.from({ length: 4 }, () => day.run(MARKET)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await day.json('positions')).toMatchObject({ positions: [{ quantity: '0.005' }] });
    expect(day.files).toEqual(['paper.json']);
  });
});
