import { InvalidRowError } from '../errors.ts';
import { bucketEnd, bucketOpen, bucketSeconds, type Interval } from '../interval.ts';
import type { TimeRange } from '../time-range.ts';
import { type CandleColumns, TRADES_CODE, UNKNOWN } from './candle-columns.ts';
import { observedSeconds } from './coverage.ts';
import { type NumberColumn, toDouble } from './decimal-column.ts';
import { groupSums, narrowest } from './group-sums.ts';
import type { TradeColumns } from './trade-columns.ts';

/**
 * Builds candles from trades. Buckets without a trade have no row; open and close are the first and last trade in the
 * order given; turnover is the exact sum of price × quantity.
 *
 * @param observed the time that the feed covered, for `coverage`; by default every bucket with a trade counts as whole
 * @throws InvalidRowError when times descend
 */
export function candlesFromTrades(
  trades: TradeColumns,
  interval: Interval,
  observed?: readonly TimeRange[],
): CandleColumns {
  const { opens, starts } = tradeBuckets(trades, interval);
  const count = opens.length;
  const open = new Float64Array(count);
  const high = new Float64Array(count);
  const low = new Float64Array(count);
  const close = new Float64Array(count);
  const counts = new Float64Array(count);
  for (let g = 0; g < count; g += 1) {
    const start = starts[g] as number;
    const end = starts[g + 1] as number;
    let highest = trades.price[start] as number;
    let lowest = highest;
    for (let i = start + 1; i < end; i += 1) {
      const price = trades.price[i] as number;
      if (price > highest) highest = price;
      else if (price < lowest) lowest = price;
    }
    open[g] = trades.price[start] as number;
    high[g] = highest;
    low[g] = lowest;
    close[g] = trades.price[end - 1] as number;
    counts[g] = end - start;
  }
  const volume = groupSums(trades.quantity, trades.quantityDecimals, starts);
  const products = turnovers(trades);
  const turnover = groupSums(products.values, products.decimals, starts);
  return {
    interval,
    length: count,
    openTime: opens,
    priceDecimals: trades.priceDecimals,
    open,
    high,
    low,
    close,
    volumeDecimals: volume.decimals,
    volume: volume.values,
    turnoverDecimals: turnover.decimals,
    turnover: turnover.values,
    trades: counts,
    source: new Uint8Array(count).fill(TRADES_CODE),
    coverage:
      observed === undefined
        ? Uint32Array.from(opens, (at) => bucketSeconds(interval, at))
        : observedSeconds(observed, opens, (at) => bucketEnd(interval, at)),
  };
}

/** The buckets that have trades, and where their rows start. */
function tradeBuckets(trades: TradeColumns, interval: Interval): { opens: Float64Array; starts: Uint32Array } {
  const opens: number[] = [];
  const starts: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < trades.length; i += 1) {
    const time = trades.time[i] as number;
    if (time < last) throw new InvalidRowError(i, `time ${time} comes after ${last}: trades must ascend`);
    last = time;
    if (time < end) continue;
    const open = bucketOpen(interval, time);
    opens.push(open);
    starts.push(i);
    end = bucketEnd(interval, open);
  }
  starts.push(trades.length);
  return { opens: Float64Array.from(opens), starts: Uint32Array.from(starts) };
}

/** price × quantity of every trade, exactly. */
function turnovers(trades: TradeColumns): NumberColumn {
  const { price, quantity, priceDecimals, quantityDecimals, length } = trades;
  const decimals = priceDecimals === null || quantityDecimals === null ? null : priceDecimals + quantityDecimals;
  if (decimals === null || decimals > 22) {
    const doubles = new Float64Array(length);
    for (let i = 0; i < length; i += 1) {
      doubles[i] =
        toDouble(price[i] as number, priceDecimals) * toDouble(quantity[i] as number | bigint, quantityDecimals);
    }
    return { decimals: null, values: doubles };
  }
  const products = new Float64Array(length);
  for (let i = 0; i < length; i += 1) {
    const product = (price[i] as number) * Number(quantity[i]);
    if (product > Number.MAX_SAFE_INTEGER) return bigProducts(trades, decimals);
    products[i] = product;
  }
  return { decimals, values: products };
}

function bigProducts({ price, quantity, length }: TradeColumns, decimals: number): NumberColumn {
  const products: bigint[] = [];
  let largest = BigInt(UNKNOWN);
  for (let i = 0; i < length; i += 1) {
    const product = BigInt(price[i] as number) * BigInt(quantity[i] as number | bigint);
    if (product > largest) largest = product;
    products.push(product);
  }
  return narrowest(products, decimals, largest);
}
