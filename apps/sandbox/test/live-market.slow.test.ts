import { Decimal, toInterval } from '@prate/domain';
import { resample } from '@prate/domain/candles';
import type { BookChange, Kline, KlineInterval, MarketEvent } from '@prate/mexc-sandbox';
import { ManualClock } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { describe, expect, it } from 'vitest';
import { LiveMarket } from '../src/market/live-market.ts';

const START = 1_767_225_600_000; // 2026-01-01, a Thursday
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Played {
  readonly live: LiveMarket;
  readonly source: SyntheticMarket;
  readonly events: MarketEvent[];
}

async function played(from: number, until: number, books = false): Promise<Played> {
  const clock = new ManualClock();
  const source = new SyntheticMarket({ seed: 5, symbols: ['BTC_USDT', 'DOGE_USDT'], clock, start: from });
  const live = await LiveMarket.open({
    market: source,
    clock,
    candles: null,
    insurance: () => new Decimal(7),
    openInterest: () => new Decimal(0),
  });
  const events: MarketEvent[] = [];
  live.subscribe((event) => events.push(event));
  if (books) live.followBooks();
  await source.play({ until });
  return { live, source, events };
}

const text = (value: Decimal): string => value.toString();
const rowOf = ({ openTime, real, volume }: Kline): string =>
  [openTime, ...[real.open, real.high, real.low, real.close, volume].map(text)].join(' ');

describe('contracts', () => {
  it('are the instruments, counted in contracts of their own size, with tiers in money', async () => {
    const { live } = await played(START, START + 1000);
    const [btc, doge] = live.contracts();
    expect([btc?.symbol, btc?.contractSize.toString(), btc?.tickSize.toString(), btc?.volumeStep.toString()]).toEqual([
      'BTC_USDT',
      '0.0001',
      '0.1',
      '1',
    ]);
    expect(doge?.contractSize.toString()).toBe('100');
    expect(btc?.tierLimits).toBe('VALUE');
    expect(btc?.tiers.map(({ limit, maxLeverage }) => [text(limit), maxLeverage])).toEqual([
      ['500000', 100],
      ['2000000', 50],
      ['10000000', 20],
      ['1000000000000', 10],
    ]);
  });
});

describe('trades and bars', () => {
  it.each(['BTC_USDT', 'DOGE_USDT'])(
    '%s: trades are those of the source, in contracts, newest first',
    async (symbol) => {
      const { live, source } = await played(START, START + 60_000);
      const { columns } = await source.getTrades({ symbol, from: START, to: START + 60_001 });
      const size = live.contract(symbol).contractSize;
      const expected = Array.from(columns.time, (time, i) =>
        [
          time,
          new Decimal(columns.price[i] as number).div(10 ** (columns.priceDecimals as number)),
          new Decimal(Number(columns.quantity[i])).div(10 ** (columns.quantityDecimals as number)).div(size),
          columns.side[i] === 0 ? 'BUY' : 'SELL',
        ].join(' '),
      );
      const trades = live.trades(symbol, 1000);
      expect(trades.map(({ time, price, volume, side }) => [time, price, volume, side].join(' ')).reverse()).toEqual(
        expected,
      );
      expect(live.trades(symbol, 3)).toEqual(trades.slice(0, 3));
      const ids = trades.map(({ id }) => BigInt(id));
      expect(ids.every((id, i) => id > 2n ** 53n && (i === 0 || id < (ids[i - 1] as bigint)))).toBe(true);
    },
  );

  it.each([
    ['Min1', '1m'],
    ['Min5', '5m'],
    ['Min15', '15m'],
    ['Min30', '30m'],
    ['Min60', '1h'],
    ['Hour4', '4h'],
    ['Hour8', '8h'],
    ['Day1', '1d'],
    ['Week1', '1w'],
    ['Month1', '1M'],
  ] as const)('%s: bars of the trades, the forming one included', async (interval, name) => {
    const { live, source } = await played(START, START + 5 * HOUR + 90_000);
    const { columns } = await source.getCandles({ symbol: 'DOGE_USDT', interval: '1m', from: START, to: START + DAY });
    const bars = live.klines('DOGE_USDT', interval, 'LAST', { from: 0, to: START + DAY });
    const coarse = resample(columns, toInterval(name));
    const expected = Array.from(coarse.openTime, (openTime, i) => {
      const price = (scaled: Float64Array): Decimal =>
        new Decimal(scaled[i] as number).div(10 ** (coarse.priceDecimals as number));
      const volume = new Decimal(Number(coarse.volume[i])).div(10 ** (coarse.volumeDecimals as number)).div(100);
      return [openTime, price(coarse.open), price(coarse.high), price(coarse.low), price(coarse.close), volume].join(
        ' ',
      );
    });
    // the source knows closed minutes alone: what is still forming is compared where it has nothing to add
    const traded = bars.filter(({ volume }) => !volume.isZero());
    const closed = interval === 'Min1' ? traded.slice(0, -1) : traded.slice(0, expected.length - 1);
    expect(closed.map(rowOf)).toEqual(expected.slice(0, closed.length));
    const last = live.trades('DOGE_USDT', 1)[0];
    expect(bars.at(-1)?.real.close.toString()).toBe(last?.price.toString());
    for (const [i, bar] of bars.entries())
      if (i > 0) expect(text(bar.chart.open)).toBe(text((bars[i - 1] as Kline).chart.close));
  });

  it('a range takes the bars that open in it, both ends included', async () => {
    const { live } = await played(START, START + HOUR);
    const opens = (interval: KlineInterval, from: number, to: number): number[] =>
      live.klines('BTC_USDT', interval, 'LAST', { from, to }).map(({ openTime }) => (openTime - START) / 60_000);
    expect(opens('Min5', START + 300_000, START + 900_000)).toEqual([5, 10, 15]);
    expect(opens('Min5', START + 300_001, START + 899_999)).toEqual([10]);
    expect(opens('Min60', START + 1, START + DAY)).toEqual(
      [60].slice(0, opens('Min60', START + 1, START + DAY).length),
    );
  });

  it('fair and index price have bars of their own, without volume', async () => {
    const { live, source } = await played(START, START + 600_000);
    for (const from of ['FAIR', 'INDEX'] as const) {
      const bars = live.klines('BTC_USDT', 'Min1', from, { from: START, to: START + 599_999 });
      expect(bars.map(({ openTime }) => openTime)).toEqual(Array.from({ length: 10 }, (_, i) => START + i * 60_000));
      expect(bars.every(({ volume, turnover }) => volume.isZero() && turnover.isZero())).toBe(true);
    }
    const ticker = await source.getTicker('BTC_USDT');
    expect(text(live.ticker('BTC_USDT').fairPrice)).toBe(text(ticker.markPrice as Decimal));
    expect(text(live.fairPrice('BTC_USDT'))).toBe(text(ticker.markPrice as Decimal));
    expect(text(live.ticker('BTC_USDT').indexPrice)).toBe(text(ticker.indexPrice as Decimal));
  });

  it('the ticker is of the last 24 hours by the minute', async () => {
    const until = START + 26 * HOUR + 30_000;
    const { live, source } = await played(START, until);
    const from = Math.floor(until / 60_000) * 60_000 - DAY + 60_000;
    const { columns } = await source.getTrades({ symbol: 'BTC_USDT', from, to: from + HOUR });
    const ticker = live.ticker('BTC_USDT');
    expect(text(ticker.openPrice)).toBe(String((columns.price[0] as number) / 10));
    const bars = live.klines('BTC_USDT', 'Min1', 'LAST', { from, to: until });
    const sum = (of: (bar: Kline) => Decimal): Decimal =>
      bars.reduce((total, bar) => total.plus(of(bar)), new Decimal(0));
    expect(text(ticker.volume)).toBe(text(sum(({ volume }) => volume)));
    expect(text(ticker.turnover)).toBe(text(sum(({ turnover }) => turnover)));
    expect(text(ticker.highPrice)).toBe(text(Decimal.max(...bars.map(({ real }) => real.high))));
    expect(text(ticker.lowPrice)).toBe(text(Decimal.min(...bars.map(({ real }) => real.low))));
  });
});

describe('the book', () => {
  it('its versions have no holes, and its changes make it: several a second, of 50 levels a side', async () => {
    const { live, events, source } = await played(START, START + 30_000, true);
    const changes = events.flatMap((event) =>
      event.kind === 'book' && event.symbol === 'BTC_USDT' ? [event.change] : [],
    );
    expect(changes.length).toBeGreaterThan(100);
    expect(changes.map(({ version }) => version)).toEqual(changes.map((_, i) => i + 2));
    const sides = { bids: new Map<string, string>(), asks: new Map<string, string>() };
    for (const change of changes) {
      for (const side of ['bids', 'asks'] as const) {
        for (const { price, volume } of change[side]) {
          if (volume.isZero()) expect(sides[side].delete(text(price))).toBe(true);
          else sides[side].set(text(price), text(volume));
        }
      }
    }
    const book = live.book('BTC_USDT');
    const told = await source.getOrderBook('BTC_USDT');
    for (const side of ['bids', 'asks'] as const) {
      expect(book[side]).toHaveLength(50);
      expect(new Map(book[side].map(({ price, volume }) => [text(price), text(volume)]))).toEqual(sides[side]);
      expect(book[side].map(({ volume }) => text(volume))).toEqual(
        told[side].map(({ quantity }) => text(quantity.mul(10_000))),
      );
    }
    expect(live.bookChanges('BTC_USDT', 3)).toEqual(changes.slice(-3) as BookChange[]);
    // most of it stays where it was
    expect(
      changes.slice(1).reduce((sum, { bids, asks }) => sum + bids.length + asks.length, 0) / changes.length,
    ).toBeLessThan(50);
  });
});

describe('funding', () => {
  it('the settlement to come, and those that were, newest first; a new one is told when it is due', async () => {
    const { live, events } = await played(START + 7 * HOUR, START + 8 * HOUR + 120_000);
    const funding = live.funding('BTC_USDT');
    expect((funding.nextSettleTime - START) / HOUR).toBe(16);
    expect(funding.cycleHours).toBe(8);
    const history = live.fundingHistory('BTC_USDT');
    expect(history.slice(0, 3).map(({ settleTime }) => (settleTime - START) / HOUR)).toEqual([8, 0, -8]);
    const told = events.filter((event) => event.kind === 'funding' && event.symbol === 'BTC_USDT');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ funding: { nextSettleTime: START + 16 * HOUR } });
  });
});
