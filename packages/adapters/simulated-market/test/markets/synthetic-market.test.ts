import { checkPrice, checkQuantity, Decimal, type Instrument, toInterval } from '@prate/domain';
import { candlesFromTrades, type TradeColumns, tradeIdAt } from '@prate/domain/candles';
import { ManualClock } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { SyntheticMarket } from '../../src/index.ts';
import { errorOf, klineRows, tradeRows } from '../files/file-text.ts';
import { digest } from './recorder.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;

const HOUR = 3_600_000;
const START = 1_767_225_600_000; // 2026-01-01

const marketAt = (timeMs: number, seed = 42, symbols: readonly string[] = ['BTC_USDT', 'ETH_USDT']): SyntheticMarket =>
  new SyntheticMarket({ seed, symbols, clock: new ManualClock(timeMs) });

const history = async (symbol: string, from: number, to: number, seed = 42): Promise<TradeColumns> =>
  (await marketAt(to, seed, [symbol]).getTrades({ symbol, from, to })).columns;

/** Everything that all streams tell of some minutes. */
async function everything(seed: number, fromMs: number, untilMs: number): Promise<unknown[]> {
  const market = marketAt(fromMs, seed);
  const symbols = ['BTC_USDT', 'ETH_USDT'];
  const items: unknown[] = [];
  const take = (item: unknown): void => void items.push(item);
  market.trades(symbols, take);
  market.tickers(symbols, take);
  market.orderBook(symbols, take);
  market.funding(symbols, take);
  await market.play({ until: untilMs });
  return items;
}

describe('synthetic market', () => {
  it('two plays of one seed tell the same, item for item; another seed tells something else', async () => {
    const first = digest(await everything(7, START, START + 20_000));
    expect(digest(await everything(7, START, START + 20_000))).toBe(first);
    expect(digest(await everything(8, START, START + 20_000))).not.toBe(first);
  });

  it('is the same on every machine: a digest that was written down', async () => {
    const trades = await history('BTC_USDT', START, START + HOUR, 1);
    expect(digest([trades.time, trades.price, trades.quantity, trades.side])).toMatchInlineSnapshot(
      `"029975e9ef9c93d19a027af3a360cfa9c75b3b029c8c67c64748498341809147"`,
    );
  });

  it(
    'law: any two runs agree about any second, whatever their start',
    async () => {
      const whole = tradeRows([await history('BTC_USDT', START, START + HOUR)]);
      await fc.assert(
        fc.asyncProperty(fc.nat(HOUR - 1), fc.nat(60_000), async (offset, span) => {
          const [from, to] = [START + offset, Math.min(START + offset + span, START + HOUR)];
          const expected = whole.filter((row) => Number.parseInt(row, 10) >= from && Number.parseInt(row, 10) < to);
          expect(tradeRows([await history('BTC_USDT', from, to)])).toEqual(expected);
        }),
        cases(30),
      );
    },
    LAW_TIMEOUT_MS,
  );

  it('the stream tells exactly the trades of the history, whatever its company and its start', async () => {
    const market = marketAt(START + 12_345);
    const streamed: TradeColumns[] = [];
    market.trades(['ETH_USDT'], (item) => void (item.kind === 'trades' && streamed.push(item.trades)));
    await market.play({ until: START + 180_000 });
    expect(tradeRows(streamed)).toEqual(tradeRows([await history('ETH_USDT', START + 12_345, START + 180_001)]));
  });

  it('ids are unique texts without a whole number', async () => {
    const trades = await history('BTC_USDT', START, START + HOUR);
    const ids = Array.from(trades.time, (_, i) => tradeIdAt(trades, i));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toMatch(/^\d+-\d+$/);
  });

  it('candles are those of its trades', async () => {
    const range = { from: START, to: START + HOUR };
    const { columns } = await marketAt(START + HOUR).getCandles({ symbol: 'BTC_USDT', interval: '5m', ...range });
    const trades = await history('BTC_USDT', range.from, range.to);
    expect(klineRows([columns])).toEqual(klineRows([candlesFromTrades(trades, toInterval('5m'))]));
    expect(columns.length).toBe(12);
  });

  it('trades several times a second on average, in bursts, with quiet seconds and now and then a quiet minute', async () => {
    const market = marketAt(START + 6 * HOUR);
    const query = { symbol: 'BTC_USDT', from: START, to: START + 6 * HOUR };
    const seconds = (await market.getCandles({ ...query, interval: '1s' })).columns;
    const minutes = (await market.getCandles({ ...query, interval: '1m' })).columns;
    const trades = seconds.trades.reduce((sum, count) => sum + count, 0);
    expect(trades / (6 * 3600)).toBeGreaterThan(2);
    expect(trades / (6 * 3600)).toBeLessThan(8);
    expect(Math.max(...seconds.trades)).toBeGreaterThan(20);
    expect(seconds.length).toBeLessThan(0.9 * 6 * 3600);
    expect(minutes.length).toBeLessThan(360);
    expect(minutes.length).toBeGreaterThan(320);
  });

  it('prices and quantities are on the steps of the instrument, and prices move but do not leap', async () => {
    for (const symbol of ['BTC_USDT', 'ETH_USDT', 'SOL_USDT', 'XRP_USDT', 'DOGE_USDT', 'LTC_USDT']) {
      const market = marketAt(START + 600_000, 3, [symbol]);
      const [instrument] = await market.getInstruments();
      if (instrument === undefined) throw new Error('no instrument');
      const { columns } = await market.getTrades({ symbol, from: START, to: START + 600_000 });
      let last: number | undefined;
      for (const row of tradeRows([columns])) {
        const [, price, quantity] = row.split(',') as [string, string, string, string, string];
        expect(checkPrice(instrument, new Decimal(price))).toBeNull();
        if (last !== undefined) expect(Math.abs(Number(price) / last - 1)).toBeLessThan(0.02);
        last = Number(price);
        expect(checkQuantity(instrument, new Decimal(quantity))).toBeNull();
      }
      expect(new Set(columns.price).size).toBeGreaterThan(20);
    }
  });

  it('the book stands around the price: trades happen at its best levels or a little deeper', async () => {
    const market = marketAt(START);
    let checked = 0;
    const checks: Promise<void>[] = [];
    market.trades(['BTC_USDT'], (item) => {
      if (item.kind !== 'trades') return;
      const [price, side] = [(item.trades.price[0] as number) / 10, item.trades.side[0]];
      checks.push(
        market.getOrderBook('BTC_USDT').then(({ bids, asks }) => {
          expect([bids.length, asks.length]).toEqual([50, 50]);
          const best = Number((side === 0 ? asks : bids)[0]?.price);
          expect(Math.abs(price - best)).toBeLessThan(0.35);
          expect(side === 0 ? price >= best : price <= best).toBe(true);
          checked += 1;
        }),
      );
    });
    await market.play({ until: START + 30_000, settled: async () => void (await Promise.all(checks.splice(0))) });
    expect(checked).toBeGreaterThan(20);
  });

  it('the ticker has the last trade, between bid and ask or next to them', async () => {
    const at = START + 54_321;
    const trades = await history('BTC_USDT', START, at + 1);
    const ticker = await marketAt(at).getTicker('BTC_USDT');
    expect(Number(ticker.lastPrice)).toBe((trades.price[trades.length - 1] as number) / 10);
    expect((await marketAt(at).getTickers()).map(({ symbol }) => symbol)).toEqual(['BTC_USDT', 'ETH_USDT']);
  });

  it('funding settles every 8 hours; the history has what was settled, the rate what comes', async () => {
    const market = marketAt(START + 24 * HOUR + 1);
    const past = await market.getFundingHistory({ symbol: 'BTC_USDT', from: START, to: START + 48 * HOUR });
    expect(past.map(({ settleTime }) => (settleTime - START) / HOUR)).toEqual([0, 8, 16, 24]);
    const next = await market.getFundingRate('BTC_USDT');
    expect(next.settleTime).toBe(START + 32 * HOUR);
    const later = await marketAt(START + 40 * HOUR).getFundingHistory({
      symbol: 'BTC_USDT',
      from: next.settleTime,
      to: next.settleTime + 1,
    });
    expect(later).toEqual([next]);
  });

  it('any other name of capitals and digits before _USDT is a market too, whose looks follow from the name', async () => {
    const name = fc.stringMatching(/^[A-Z0-9]{1,12}_USDT$/);
    await fc.assert(
      fc.asyncProperty(name, async (symbol) => {
        const [[instrument], [again]] = (await Promise.all(
          [3, 4].map((seed) => marketAt(START, seed, [symbol]).getInstruments()),
        )) as [Instrument[], Instrument[]];
        expect(again).toEqual(instrument);
        const { lastPrice } = await marketAt(START, 3, [symbol]).getTicker(symbol);
        const { tickSize, lotSize } = instrument as Instrument;
        const price = lastPrice.toNumber();
        expect(price).toBeGreaterThan(0.005);
        expect(price).toBeLessThan(2_000_000);
        expect(tickSize.div(price).toNumber()).toBeLessThan(0.0003);
        expect(lotSize.mul(price).toNumber()).toBeGreaterThan(0.5);
        expect(lotSize.mul(price).toNumber()).toBeLessThan(60);
      }),
      cases(30),
    );
    const trades = await history('PEPE2_USDT', START, START + HOUR, 1);
    expect(digest([trades.time, trades.price, trades.quantity, trades.side])).toMatchInlineSnapshot(
      `"24bacf0cb69b3ed2f378d5680fad3db1684a5ffeeb0e9cf3d42d8a4c2fccc251"`,
    );
  });

  it('so many trades a second of all symbols together, each its share by its activity', async () => {
    const symbols = ['BTC_USDT', 'AAA_USDT', 'AAB_USDT', 'AAC_USDT', 'AAD_USDT'];
    for (const tradesPerSecond of [0.5, 100]) {
      const clock = new ManualClock(START + 6 * HOUR);
      const market = new SyntheticMarket({ seed: 1, symbols, tradesPerSecond, clock });
      const counts: number[] = [];
      for (const symbol of symbols) {
        const { columns } = await market.getCandles({ symbol, from: START, to: START + 6 * HOUR, interval: '1h' });
        counts.push(columns.trades.reduce((sum, count) => sum + count, 0) / (6 * 3600));
      }
      const all = counts.reduce((sum, count) => sum + count, 0);
      expect(all / tradesPerSecond).toBeGreaterThan(0.8);
      expect(all / tradesPerSecond).toBeLessThan(1.2);
      expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(1.5);
    }
  });

  it('start moves the clock; a start in the past, a bad seed and an unknown symbol are refused', async () => {
    const clock = new ManualClock();
    const market = new SyntheticMarket({ seed: 1, symbols: ['BTC_USDT'], clock, start: START });
    expect(await market.getServerTime()).toBe(START);
    const make = (change: object) => () => new SyntheticMarket({ seed: 1, symbols: ['BTC_USDT'], clock, ...change });
    expect(make({ start: START - 1 })).toThrow('start must be whole epoch milliseconds');
    expect(make({ seed: -1 })).toThrow('seed must be a whole number from 0 to 4294967295, not -1');
    expect(make({ seed: 1.5 })).toThrow('seed must be a whole number');
    expect(make({ symbols: [] })).toThrow('one symbol at least');
    expect(make({ symbols: ['FOO_BAR'] })).toThrow("no symbol 'FOO_BAR'; it has BTC_USDT, ETH_USDT");
    expect(make({ tradesPerSecond: 0 })).toThrow('tradesPerSecond must be above 0, up to 100000; not 0');
    expect(await errorOf(market.getOrderBook('BTC_USDT', 0))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('never ends by itself: it is played until a moment, or until abort', async () => {
    const market = marketAt(START);
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(market.play({ signal: controller.signal })).rejects.toThrow('enough');
    const now = await market.getServerTime();
    await market.play({ until: now + 5000 });
    expect(await market.getServerTime()).toBe(now + 5000);
  });
});
