import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PaperExchange } from '@prate/in-memory-paper';
import { PaperExchange as Exchange } from '@prate/in-memory-paper';
import { type Logger, ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { describe, expect, it, vi } from 'vitest';
import { FixtureTree } from '../../../../tooling/test-support/fixture-tree.ts';
import { readAccountFile, type SavedAccount, writeAccountFile } from '../../src/paper/account-file.ts';
import { heldSymbols, keptPaper, keptSymbols } from '../../src/session/paper-account.ts';
import { SessionAccount } from '../../src/session/session-account.ts';
import type { LiveSource } from '../../src/sources.ts';
import { formatTime } from '../../src/times.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const SYMBOLS = ['BTC_USDT', 'ETH_USDT'];

class Rig extends FixtureTree {
  readonly clock: ManualClock = new ManualClock(NOON);
  readonly file: string = join(this.folder, 'data/account.json');
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  account(balance?: string): SessionAccount {
    const log: Logger = { ...silentLogger, error: (_fields: unknown, text?: string) => this.errors.push(text ?? '') };
    const warn = (line: string) => void this.warnings.push(line);
    return new SessionAccount(this.file, balance, { clock: this.clock, log, warn });
  }

  exchange(books = false): PaperExchange {
    const market = new SyntheticMarket({ seed: 1, symbols: SYMBOLS, clock: this.clock });
    return new Exchange({
      ...{ market, clock: this.clock, random: seededRandom(1), balance: '10000', symbols: SYMBOLS },
      feed: { kind: 'trades', books },
    });
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** The file is written beside everything else. */
  async until(condition: () => boolean): Promise<void> {
    await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 30_000 });
  }

  get savedAt(): number | null {
    return readAccountFile(this.file)?.time ?? null;
  }
}

/** Something happens to the account: an order that rests, far away. */
async function order(exchange: PaperExchange): Promise<void> {
  const price = '20000';
  await exchange
    .account('main')
    .createOrder({ symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', price, quantity: '0.01' });
}

describe('the account of sessions', () => {
  it('is saved at most every ten seconds, where something has happened, and at the end', async () => {
    using rig = new Rig();
    const account = rig.account('500');
    const exchange = rig.exchange();
    await exchange.account('main').connect(); // its deposit is no change
    account.follow(exchange);
    await rig.pass(10_000);
    await rig.pass(30_000);
    expect(rig.savedAt).toBeNull();
    await order(exchange);
    await rig.pass(9_999);
    expect(rig.savedAt).toBeNull();
    await rig.pass(1);
    await rig.until(() => rig.savedAt !== null);
    const saved = rig.savedAt as number;
    expect(saved).toBeGreaterThan(NOON + 40_000);
    await rig.pass(60_000);
    expect(rig.savedAt).toBe(saved);
    await account.end();
    expect(rig.savedAt).toBe(rig.clock.nowMs());
    await order(exchange);
    await rig.pass(60_000);
    expect(rig.savedAt).toBe(rig.clock.nowMs() - 60_000); // nothing after the end
    await exchange.account('main').disconnect();
  });

  it('what happens while it is written is in the next file, and the last state is the one that stays', async () => {
    using rig = new Rig();
    const account = rig.account();
    const exchange = rig.exchange();
    await exchange.account('main').connect();
    account.follow(exchange);
    const saved = () => readAccountFile(rig.file)?.exchange.engine.accounts[0]?.orders.length ?? 0;
    for (let i = 0; i < 300; i += 1) await order(exchange);
    rig.clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve)); // a write has begun
    for (let i = 0; i < 30; i += 1) {
      await order(exchange);
      await exchange.account('main').cancelAllOrders();
    }
    await account.end();
    expect(saved()).toBe(330);
    const { exchange: state } = readAccountFile(rig.file) as SavedAccount;
    expect(state).toEqual(JSON.parse(JSON.stringify(exchange.save())));
    expect(readdirSync(join(rig.folder, 'data'))).toEqual(['account.json']);
    await exchange.account('main').disconnect();
  });

  it('what it began with, and when, is kept; another balance is for new accounts', async () => {
    using rig = new Rig();
    const first = rig.account('500');
    first.follow(rig.exchange());
    await first.end();
    rig.clock.advance(5000);
    const second = rig.account('700');
    expect(second.balance).toBe('500');
    expect(second.saved).toMatchObject({ balance: '500', createdAt: NOON });
    expect(statSync(rig.file).mode & 0o777).toBe(0o600);
  });

  it('a file that cannot be written is warned of once, tried again, and a problem that is told', async () => {
    using rig = new Rig();
    const account = rig.account();
    const exchange = rig.exchange();
    await exchange.account('main').connect();
    account.follow(exchange);
    writeFileSync(join(rig.folder, 'data'), 'a file where the folder should be');
    await order(exchange);
    for (const tries of [1, 2, 3]) {
      await rig.pass(10_000);
      await rig.until(() => rig.errors.length === tries);
    }
    expect(rig.errors[0]).toBe('the paper account was not saved; it is tried again');
    expect(rig.warnings).toEqual([
      `the paper account cannot be saved to ${rig.file} (ENOTDIR): the session goes on, and tries again every 10 s\n`,
    ]);
    expect(account.isSaved).toBe(false);
    await account.end();
    expect(account.problems()).toEqual([`the paper account is not saved to ${rig.file} (ENOTDIR): it lies in no file`]);
    expect(rig.warnings).toHaveLength(1);
    rmSync(join(rig.folder, 'data'));
    await account.end();
    expect([rig.savedAt, account.isSaved]).toEqual([rig.clock.nowMs(), true]);
    expect(account.problems()).toEqual(['the paper account could not be saved for a while (ENOTDIR)']);
    await exchange.account('main').disconnect();
  });

  it('a full disk leaves the earlier file whole and nothing beside it, and is a problem until there is room', async (context) => {
    using rig = new Rig();
    const disk = join(rig.folder, 'data');
    mkdirSync(disk);
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (status !== 0) return context.skip('a small disk cannot be mounted here');
    try {
      const account = rig.account();
      const exchange = rig.exchange();
      await exchange.account('main').connect();
      account.follow(exchange);
      await order(exchange);
      await rig.pass(10_000);
      await rig.until(() => rig.savedAt !== null);
      const before = readFileSync(rig.file, 'utf8');
      const { time } = readAccountFile(rig.file) as SavedAccount;
      for (let i = 0; i < 300; i += 1) await order(exchange);
      await rig.pass(10_000);
      await rig.until(() => rig.warnings.length === 1);
      expect(rig.warnings[0]).toMatch(/cannot be saved to .*account\.json \(ENOSPC\): the session goes on/);
      await account.end();
      expect(account.problems()).toEqual([
        `the paper account is not saved to ${rig.file} (ENOSPC): what happened since ${formatTime(time)} UTC is lost`,
      ]);
      expect(readFileSync(rig.file, 'utf8')).toBe(before);
      expect(readdirSync(disk)).toEqual(['account.json']);
      await exchange.account('main').disconnect();
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('what a process left behind that died while it wrote is in nobody’s way', async () => {
    using rig = new Rig();
    const first = rig.account();
    const exchange = rig.exchange();
    first.follow(exchange);
    await first.end();
    const whole = readFileSync(rig.file, 'utf8');
    writeFileSync(`${rig.file}.tmp`, whole.slice(0, whole.length / 2));
    const second = rig.account();
    expect(second.saved?.time).toBe(NOON);
    rig.clock.advance(7000);
    second.follow(rig.exchange());
    await second.end();
    expect(rig.savedAt).toBe(NOON + 7000);
    expect(readdirSync(join(rig.folder, 'data'))).toEqual(['account.json']);
  });

  it('a session that never began leaves no file', async () => {
    using rig = new Rig();
    await rig.account().end();
    expect(rig.savedAt).toBeNull();
  });

  it('a file that is none of ours is refused, left as it is, and the message says what to do', () => {
    using rig = new Rig();
    mkdirSync(join(rig.folder, 'data'));
    writeFileSync(rig.file, '{"mine":1}');
    expect(() => rig.account()).toThrow(
      new RegExp(`${rig.file} is no paper account of prate.*move it away to begin anew`),
    );
    expect(readFileSync(rig.file, 'utf8')).toBe('{"mine":1}');
  });
});

describe('the paper account that is kept', () => {
  async function keptAfter(
    rig: Rig,
    books: boolean,
    act: (exchange: PaperExchange) => Promise<unknown>,
  ): Promise<void> {
    const exchange = rig.exchange(books);
    await exchange.account('main').connect();
    await act(exchange);
    const { clock, file } = rig;
    await writeAccountFile(file, { createdAt: NOON, balance: '10000', time: clock.nowMs(), exchange: exchange.save() });
    await exchange.account('main').disconnect();
  }
  const source = (symbols: readonly string[], listed = SYMBOLS): LiveSource =>
    ({ symbols, listed }) as unknown as LiveSource;

  it('a symbol of an earlier session is followed where something is held there', async () => {
    using rig = new Rig();
    await keptAfter(rig, false, async () => {});
    expect(keptSymbols(rig.file)).toEqual([]);
    await keptAfter(rig, false, order);
    expect(keptSymbols(rig.file)).toEqual(['BTC_USDT']);
    expect(keptPaper(rig.account(), source(['ETH_USDT'])).symbols).toEqual(['ETH_USDT', 'BTC_USDT']);
    await keptAfter(rig, false, async (exchange) => {
      await order(exchange);
      await exchange.account('main').cancelAllOrders();
    });
    expect(keptSymbols(rig.file)).toEqual([]);
  });

  it('so it is where only a trigger order waits', async () => {
    using rig = new Rig();
    await keptAfter(rig, false, async (exchange) => {
      const trigger = { kind: 'plan', price: '900000', direction: 'RISES_TO' } as const;
      const request = { symbol: 'BTC_USDT', side: 'BUY', quantity: '0.01', trigger } as const;
      expect(await exchange.account('main').triggers?.create(request)).toMatchObject({ kind: 'accepted' });
    });
    expect(keptSymbols(rig.file)).toEqual(['BTC_USDT']);
  });

  it('a symbol that the market no longer has is not followed', async () => {
    using rig = new Rig();
    await keptAfter(rig, false, order);
    expect(keptPaper(rig.account(), source(['ETH_USDT'], ['ETH_USDT'])).symbols).toEqual(['ETH_USDT']);
  });

  it('books stay as they were in its first session', async () => {
    using rig = new Rig();
    const many = Array.from({ length: 21 }, (_, i) => `S${i}_USDT`);
    const booksOf = (symbols: readonly string[]) => keptPaper(rig.account(), source(symbols)).feed;
    expect(booksOf(many)).toEqual({ kind: 'trades', books: false });
    expect(booksOf(many.slice(1))).toEqual({ kind: 'trades', books: true });
    await keptAfter(rig, true, async () => {});
    expect(booksOf(many)).toEqual({ kind: 'trades', books: true });
    await keptAfter(rig, false, async () => {});
    expect(booksOf(['BTC_USDT'])).toEqual({ kind: 'trades', books: false });
  });

  it('no account holds nothing', () => {
    expect([heldSymbols(null), keptSymbols('/nowhere/account.json')]).toEqual([[], []]);
  });
});
