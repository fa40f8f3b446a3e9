import { type Random, seededRandom } from '@prate/runtime';
import { plain } from './exact-decimal.ts';
import type { Row, TapeTrade } from './slow-candles.ts';

/**
 * Made-up data with the traits of real files: what is proven on those is proven on these, without them. All numbers are
 * text, made from whole numbers.
 */

/** Not on a minute's grid, nor on that of 7 s. */
const START_MS: number = Date.UTC(2024, 1, 28, 22, 13, 11);

export interface TwinTrade extends TapeTrade {
  readonly id: number;
  readonly side: 'buy' | 'sell';
  /** As Binance's futures have it; empty for a spot market. */
  readonly type: '' | 'MARKET' | 'INSURANCE_FUND' | 'NA';
}

/** `1418` with 6 decimals as `0.001418`; trailing zeros stay, as in exchanges' files. */
const scaled = (value: number, decimals: number): string => {
  const digits = String(value).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Mostly small, now and then far larger. */
const heavyTailed = (random: Random, most: number): number => {
  const share = random.next();
  return 1 + Math.floor(share * share * share * share * (most - 1));
};

/** A thin spot market's day: prices of 8 decimals, trades within one millisecond, minutes on end without any. */
export function thinTape(seed: number, trades: number): readonly TwinTrade[] {
  const random = seededRandom(seed);
  let [timeMs, price] = [START_MS, 141_342];
  return Array.from({ length: trades }, (_, i) => {
    const pause = random.nextInt(0, 10);
    if (pause >= 3) timeMs += pause < 9 ? random.nextInt(1, 20_000) : random.nextInt(60_000, 400_000);
    price = Math.max(1000, price + random.nextInt(-300, 301));
    return {
      timeMs,
      price: scaled(price, 8),
      // with the decimals of the price, the turnover needs more than 53 bits and fewer than 63
      quantity: scaled(heavyTailed(random, 2_000_000_000), random.nextInt(0, 3) === 0 ? 5 : 3),
      id: 13_519_807 + i,
      side: random.nextInt(0, 2) === 0 ? 'buy' : 'sell',
      type: '',
    };
  });
}

/** A busy perpetual's minutes; among its trades are some that are none of the market's, far off its prices. */
export function perpetualTape(seed: number, trades: number): readonly TwinTrade[] {
  const random = seededRandom(seed);
  let [timeMs, price] = [START_MS, 281_451];
  return Array.from({ length: trades }, (_, i) => {
    timeMs += random.nextInt(0, 3) === 0 ? random.nextInt(1, 400) : 0;
    price += random.nextInt(-5, 6);
    const other = i % 500 === 250;
    const type = other ? (i % 1000 === 250 ? 'INSURANCE_FUND' : 'NA') : 'MARKET';
    return {
      timeMs,
      price: type === 'NA' ? '0' : scaled(other ? price + 9_999 : price, 1),
      quantity: type === 'NA' ? '0' : scaled(heavyTailed(random, 90_000), 3),
      id: 3_535_186_032 + i,
      side: random.nextInt(0, 2) === 0 ? 'buy' : 'sell',
      type,
    };
  });
}

export function tradesCsv(trades: readonly TwinTrade[]): string {
  const lines = trades.map(({ timeMs, price, quantity, side, id, type }) =>
    [timeMs, price, quantity, side, id, type].join(','),
  );
  return `${['time_ms,price,quantity,side,id,type', ...lines].join('\n')}\n`;
}

/** Seconds of a day, one in `rarity`, with five numbers each. */
export function sparseSeconds(seed: number, rarity: number): readonly Row[] {
  const random = seededRandom(seed);
  const rows: Row[] = [];
  let price = 61_735;
  for (let openTime = START_MS; openTime < START_MS + 86_400_000; openTime += 1000) {
    if (random.nextInt(0, rarity) > 0) continue;
    rows.push({ openTime, ...candle(random, price, 2, 40), volume: volumeOf(random), turnover: null, trades: null });
    price = Math.max(50_000, price + random.nextInt(-60, 61));
  }
  return rows.map(trimmed);
}

/** Quiet minutes and busy ones, all there: volume from one unit to millions, trades from one to more than its seconds. */
export function busyMinutes(seed: number, minutes: number): readonly Row[] {
  const random = seededRandom(seed);
  const start = Date.UTC(2023, 4, 1);
  let price = 5_414;
  return Array.from({ length: minutes }, (_, i) => {
    const openTime = start + i * 60_000;
    const text = scaled(price, 3);
    const quiet = random.nextInt(0, 50) === 0;
    if (quiet)
      return { openTime, open: text, high: text, low: text, close: text, volume: '0', turnover: '0', trades: '0' };
    const prices = candle(random, price, 3, 30);
    const units = heavyTailed(random, 2_000_000_000);
    price = Math.max(2_000, Math.round(Number(prices.close) * 1000) + random.nextInt(-4, 5));
    return {
      ...{ openTime, ...prices, volume: scaled(units, random.nextInt(0, 20) === 0 ? 7 : 1) },
      // about volume × price, on a grid of its own
      turnover: scaled(Math.floor(units / 7) * random.nextInt(30, 44) + random.nextInt(1, 9999), 4),
      trades: String(Math.min(units, heavyTailed(random, 4_000))),
    };
  }).map(trimmed);
}

/** Four prices around a last one; a few candles stand still. */
function candle(
  random: Random,
  price: number,
  decimals: number,
  reach: number,
): Pick<Row, 'open' | 'high' | 'low' | 'close'> {
  const still = random.nextInt(0, 20) === 0;
  const step = (): number => (still ? 0 : random.nextInt(0, reach));
  const close = price + (still ? 0 : random.nextInt(-reach, reach + 1));
  const high = Math.max(price, close) + step();
  const low = Math.min(price, close) - step();
  const [open, top, bottom, last] = [price, high, low, close].map((ticks) => scaled(ticks, decimals));
  return { open: open as string, high: top as string, low: bottom as string, close: last as string };
}

const volumeOf = (random: Random): string => scaled(heavyTailed(random, 900_000_000), 8);

const trimmed = (row: Row): Row => ({
  openTime: row.openTime,
  ...{ open: plain(row.open), high: plain(row.high), low: plain(row.low), close: plain(row.close) },
  volume: plain(row.volume),
  turnover: row.turnover === null ? null : plain(row.turnover),
  trades: row.trades,
});
