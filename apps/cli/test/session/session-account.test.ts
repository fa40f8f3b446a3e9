import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PaperExchange } from '@prate/in-memory-paper';
import { PaperExchange as Exchange } from '@prate/in-memory-paper';
import { type Logger, ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { describe, expect, it } from 'vitest';
import { FixtureTree } from '../../../../tooling/test-support/fixture-tree.ts';
import { readAccountFile, writeAccountFile } from '../../src/paper/account-file.ts';
import { heldSymbols, keptPaper, keptSymbols } from '../../src/session/paper-account.ts';
import { SessionAccount } from '../../src/session/session-account.ts';
import type { LiveSource } from '../../src/sources.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const SYMBOLS = ['BTC_USDT', 'ETH_USDT'];

class Rig extends FixtureTree {
  readonly clock: ManualClock = new ManualClock(NOON);
  readonly file: string = join(this.folder, 'data/account.json');
  readonly errors: string[] = [];

  account(balance?: string): SessionAccount {
    const log: Logger = { ...silentLogger, error: (_fields: unknown, text?: string) => this.errors.push(text ?? '') };
    return new SessionAccount(this.file, balance, { clock: this.clock, log });
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
    account.follow(exchange);
    await exchange.account('main').connect();
    await rig.pass(10_000);
    const first = rig.savedAt; // its deposit may be an event
    await rig.pass(30_000);
    expect(rig.savedAt).toBe(first);
    await order(exchange);
    await rig.pass(9_999);
    await rig.pass(1);
    const saved = rig.savedAt as number;
    expect(saved).toBeGreaterThan(NOON + 40_000);
    await rig.pass(60_000);
    expect(rig.savedAt).toBe(saved);
    account.end();
    expect(rig.savedAt).toBe(rig.clock.nowMs());
    await order(exchange);
    await rig.pass(60_000);
    expect(rig.savedAt).toBe(rig.clock.nowMs() - 60_000); // nothing after the end
    await exchange.account('main').disconnect();
  });

  it('what it began with, and when, is kept; another balance is for new accounts', async () => {
    using rig = new Rig();
    const first = rig.account('500');
    first.follow(rig.exchange());
    first.end();
    rig.clock.advance(5000);
    const second = rig.account('700');
    expect(second.balance).toBe('500');
    expect(second.saved).toMatchObject({ balance: '500', createdAt: NOON });
    expect(statSync(rig.file).mode & 0o777).toBe(0o600);
  });

  it('a disk that takes nothing is told in the log and tried again; at the end it is an error', async () => {
    using rig = new Rig();
    const account = rig.account();
    const exchange = rig.exchange();
    account.follow(exchange);
    await exchange.account('main').connect();
    writeFileSync(join(rig.folder, 'data'), 'a file where the folder should be');
    await order(exchange);
    await rig.pass(10_000);
    await rig.pass(10_000);
    expect(rig.errors).toEqual(Array(2).fill('the paper account was not saved; it is tried again'));
    expect(() => account.end()).toThrow(/cannot be saved/);
    rmSync(join(rig.folder, 'data'));
    account.end();
    expect(rig.savedAt).toBe(rig.clock.nowMs());
    await exchange.account('main').disconnect();
  });

  it('a session that never began leaves no file', () => {
    using rig = new Rig();
    rig.account().end();
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
    writeAccountFile(file, { createdAt: NOON, balance: '10000', time: clock.nowMs(), exchange: exchange.save() });
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
