import { Decimal, PrateError } from '@prate/domain';
import { PaperExchange } from '@prate/in-memory-paper';
import type { CandlesQuery, HistoryRange, MarketDataPort } from '@prate/market-data-port';
import { ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { describe, expect, it } from 'vitest';
import { playTimeAway, type TimeAway, timeAwayText } from '../../src/session/time-away.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A minute, and no settlement. */
const SAVED = Date.UTC(2026, 0, 15, 1);
const SYMBOLS = ['BTC_USDT', 'ETH_USDT'];

class MarketError extends PrateError {
  readonly code = 'MARKET_DOWN';
}

/** An account that was saved, and a made-up market that has gone on since. */
class Away {
  readonly clock: ManualClock = new ManualClock(SAVED - 20_000);
  readonly asked: (CandlesQuery | HistoryRange)[] = [];
  readonly done: [number, number][] = [];
  /** From so much on the market tells no candles. */
  silentFrom: number = Number.POSITIVE_INFINITY;
  readonly #market = new SyntheticMarket({ seed: 1, symbols: SYMBOLS, clock: this.clock });
  exchange: PaperExchange = this.#exchange();
  readonly ending: AbortController = new AbortController();

  static async begin(books = false): Promise<Away> {
    const away = new Away();
    away.exchange = away.#exchange(books);
    await away.exchange.account('main').connect();
    await away.#market.play({ until: SAVED });
    return away;
  }

  #exchange(books = false): PaperExchange {
    const { clock } = this;
    const feed = { kind: 'trades', books } as const;
    return new PaperExchange({ market: this.#market, clock, random: seededRandom(1), balance: '10000', feed });
  }

  async order(more: { price?: string; symbol?: string; side?: 'BUY' | 'SELL' }): Promise<void> {
    const { price, symbol = 'BTC_USDT', side = 'BUY' } = more;
    const type = price === undefined ? ({ type: 'MARKET' } as const) : ({ type: 'LIMIT', price } as const);
    const made = await this.exchange.account('main').createOrder({ symbol, side, quantity: '0.01', ...type });
    expect(made.kind).toBe('accepted');
  }

  /** The account goes away and comes back so much later. */
  async after(ms: number, symbols: readonly string[] = ['BTC_USDT']): Promise<TimeAway | null> {
    const state = this.exchange.save();
    await this.exchange.account('main').disconnect();
    this.clock.advance(ms);
    const market = this.#later();
    const options = { market, clock: this.clock, random: seededRandom(1), balance: '1' };
    this.exchange = PaperExchange.restore(JSON.parse(JSON.stringify(state)), { ...options, feed: { kind: 'trades' } });
    const saved = { createdAt: SAVED, balance: '10000', time: SAVED, exchange: state };
    return playTimeAway({
      ...{ saved, exchange: this.exchange, market, symbols, signal: this.ending.signal, log: silentLogger },
      onProgress: (done, total) => this.done.push([done, total]),
    });
  }

  #later(): MarketDataPort {
    const market = new SyntheticMarket({ seed: 1, symbols: SYMBOLS, clock: this.clock });
    return new Proxy(market, {
      get: (real, name) => {
        const value: unknown = Reflect.get(real, name, real);
        if (name === 'getCandles') {
          return (query: CandlesQuery) => {
            this.asked.push(query);
            if (query.to > this.silentFrom) return Promise.reject(new MarketError('no candles today'));
            return real.getCandles(query);
          };
        }
        return typeof value === 'function' ? value.bind(real) : value;
      },
    }) as unknown as MarketDataPort;
  }

  /** What really happened to the prices. */
  async lowest(from: number, to: number): Promise<number> {
    const market = this.#later();
    let low = Number.POSITIVE_INFINITY;
    for (let next: number | null = from; next !== null; ) {
      const page: Awaited<ReturnType<MarketDataPort['getCandles']>> = await market.getCandles({
        ...{ symbol: 'BTC_USDT', interval: '1m', from: next, to },
      });
      for (const each of page.columns.low) low = Math.min(low, each / 10 ** (page.columns.priceDecimals ?? 0));
      next = page.next;
    }
    return low;
  }

  fundings(): readonly { readonly amount: Decimal; readonly time: number }[] {
    return this.exchange.desk('main').fundingPayments({ symbol: null, from: 0, to: SAVED + 99 * DAY });
  }
}

describe('the time in which no session ran', () => {
  it.each([false, true])('fills what the minutes went through, and pays funding (books: %s)', async (books) => {
    const away = await Away.begin(books);
    await away.order({}); // a position that pays
    await new Promise((resolve) => setImmediate(resolve));
    const before = (await away.exchange.account('main').history.getTrades({ limit: 10 })).length;
    // what the market does is made up from its seed, so it can be asked beforehand
    const probe = await Away.begin();
    probe.clock.advance(DAY);
    const low = await probe.lowest(SAVED, SAVED + DAY - MINUTE);
    await away.order({ price: String(Math.ceil(low + 1)) });
    await away.order({ price: String(Math.floor(low - 1)) });
    const told = (await away.after(DAY)) as TimeAway;
    expect(told).toMatchObject({
      from: SAVED,
      to: SAVED + DAY - MINUTE,
      skippedMs: 0,
      liquidated: [],
      problem: null,
    });
    const open = away.exchange
      .desk('main')
      .openOrders(null)
      .map(({ price }) => String(price));
    expect(open).toEqual([String(Math.floor(low - 1))]);
    expect(told.fills).toBeGreaterThanOrEqual(before === 0 ? 2 : 1);
    const times = away.fundings().map(({ time }) => (time - SAVED) / HOUR);
    expect(times.reverse()).toEqual(Array.from({ length: 3 }, (_, i) => 7 + 8 * i)); // every 8 hours
    expect(told.fundingPayments).toBe(3);
    expect(String(told.funding)).toBe(String(Decimal.sum(...away.fundings().map(({ amount }) => amount))));
    expect(away.done.at(-1)?.[0]).toBe(away.done.at(-1)?.[1]);
    expect(timeAwayText(told)).toMatch(
      /^no session ran for 23 h.*, whose minutes were played to the account: \d fills?; 3 funding payments, -?[\d.]+ USDT in all$/,
    );
  });

  it('of more than seven days the last seven are played, and the rest is told', async () => {
    const away = await Away.begin();
    await away.order({ price: '20000' });
    const told = (await away.after(9 * DAY + 30_000)) as TimeAway;
    expect([told.from, told.skippedMs]).toEqual([SAVED + 2 * DAY, 2 * DAY]);
    expect(timeAwayText(told)).toMatch(/nothing happened to it; the market has passed it by in the 2 d.* before/);
  });

  it('nothing is asked where the account holds nothing', async () => {
    const away = await Away.begin();
    expect(await away.after(DAY, [])).toBeNull();
    expect(away.asked).toEqual([]);
  });

  it.each([50_000, 1_000, 0])('nothing is asked after %d ms', async (ms) => {
    const short = await Away.begin();
    await short.order({ price: '20000' });
    expect(await short.after(ms)).toBeNull();
    expect(short.asked).toEqual([]);
  });

  it('a market that fails on the way: what was played stays, and the rest is a problem told', async () => {
    const away = await Away.begin();
    await away.order({ price: '20000' });
    away.silentFrom = SAVED + 2 * DAY;
    const told = (await away.after(3 * DAY)) as TimeAway;
    expect(told.to).toBe(SAVED + 2 * DAY);
    expect(told.problem).toBe(
      'the paper account was not played on from 2026-01-17 01:00:00 UTC on, when no session ran: no candles today',
    );
  });

  it('an abort ends it with its reason', async () => {
    const away = await Away.begin();
    await away.order({ price: '20000' });
    away.ending.abort(new Error('enough'));
    await expect(away.after(DAY)).rejects.toThrow('enough');
  });
});
