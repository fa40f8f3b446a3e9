import { exact, plain, textOf, timesExactly } from './exact-decimal.ts';

/** One candle as exact decimal texts without trailing zeros; null where the number is not known. */
export interface Row {
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly turnover: string | null;
  readonly trades: string | null;
}

export interface TapeTrade {
  readonly timeMs: number;
  readonly price: string;
  readonly quantity: string;
}

/** A bucket of parts that are still coming. */
interface OpenBucket {
  readonly openTime: number;
  readonly open: string;
  high: string;
  highExact: bigint;
  low: string;
  lowExact: bigint;
  close: string;
  volume: bigint;
  turnover: bigint | null;
  trades: bigint | null;
}

/**
 * Folds candles into wider ones, one by one and as plainly as can be: what Prate's answers are held against. Buckets align
 * to the epoch; one knows its turnover and trades only if all its parts do.
 */
export class SlowResampler {
  readonly rows: Row[] = [];
  readonly #widthMs: number;
  #bucket: OpenBucket | null = null;

  constructor(seconds: number) {
    this.#widthMs = seconds * 1000;
  }

  push(row: Row): void {
    const openTime = Math.floor(row.openTime / this.#widthMs) * this.#widthMs;
    if (this.#bucket === null || this.#bucket.openTime !== openTime) {
      this.finish();
      this.#bucket = bucketOf(openTime, row);
      return;
    }
    const bucket = this.#bucket;
    // most parts repeat a price that is known already
    const high = row.high === bucket.high ? bucket.highExact : exact(row.high);
    const low = row.low === bucket.low ? bucket.lowExact : exact(row.low);
    if (high > bucket.highExact) [bucket.high, bucket.highExact] = [row.high, high];
    if (low < bucket.lowExact) [bucket.low, bucket.lowExact] = [row.low, low];
    bucket.close = row.close;
    bucket.volume += exact(row.volume);
    bucket.turnover = bucket.turnover === null || row.turnover === null ? null : bucket.turnover + exact(row.turnover);
    bucket.trades = bucket.trades === null || row.trades === null ? null : bucket.trades + BigInt(row.trades);
  }

  /** @returns all buckets */
  finish(): readonly Row[] {
    const bucket = this.#bucket;
    this.#bucket = null;
    if (bucket !== null) {
      const { openTime, open, high, low, close, volume, turnover, trades } = bucket;
      this.rows.push({
        ...{ openTime, open, high, low, close, volume: textOf(volume) },
        turnover: turnover === null ? null : textOf(turnover),
        trades: trades === null ? null : String(trades),
      });
    }
    return this.rows;
  }
}

const bucketOf = (openTime: number, row: Row): OpenBucket => ({
  openTime,
  open: row.open,
  high: row.high,
  highExact: exact(row.high),
  low: row.low,
  lowExact: exact(row.low),
  close: row.close,
  volume: exact(row.volume),
  turnover: row.turnover === null ? null : exact(row.turnover),
  trades: row.trades === null ? null : BigInt(row.trades),
});

export function slowResample(rows: Iterable<Row>, seconds: number): readonly Row[] {
  const resampler = new SlowResampler(seconds);
  for (const row of rows) resampler.push(row);
  return resampler.finish();
}

/** Each trade is a candle of its own, and candles are folded. */
export const slowCandles = (trades: readonly TapeTrade[], seconds: number): readonly Row[] =>
  slowResample(trades.map(candleOf), seconds);

function candleOf({ timeMs, price, quantity }: TapeTrade): Row {
  const text = plain(price);
  return {
    ...{ openTime: timeMs, open: text, high: text, low: text, close: text, volume: plain(quantity) },
    turnover: textOf(timesExactly(price, quantity)),
    trades: '1',
  };
}
