import {
  type CandleColumns,
  ColumnsWriter,
  powerOfTen,
  rescale,
  type Scales,
  scalesOf,
  TRADES_CODE,
  type TradeColumns,
} from '@prate/domain/candles';
import { SECOND, SECOND_MS, secondOf } from './seconds.ts';
import { mergeTimed, sliceTimed, type TimedColumns, timedSeconds } from './timed-columns.ts';

const FIRST_CAPACITY = 4;
const MAX_DECIMALS = 22;

/** What a set of trades may come to at most. */
export interface TradesSpan {
  /** The earliest and the latest time. */
  readonly from: number;
  readonly to: number;
  readonly maxPrice: number;
  /** All quantities together; NaN where they are not doubles. */
  readonly quantity: number;
}

export function spanOf({ time, price, quantity, length }: TradeColumns): TradesSpan {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let maxPrice = 0;
  let total = 0;
  for (let i = 0; i < length; i += 1) {
    const at = time[i] as number;
    if (at < from) from = at;
    if (at > to) to = at;
    if ((price[i] as number) > maxPrice) maxPrice = price[i] as number;
  }
  if (quantity instanceof Float64Array) for (let i = 0; i < length; i += 1) total += quantity[i] as number;
  else total = Number.NaN;
  return { from, to, maxPrice, quantity: total };
}

/**
 * The seconds of one symbol that may still get trades, as candles in the making. Trades come in any order.
 *
 * Numbers on a decimal grid are summed as whole numbers in doubles, as long as no sum can leave the 53 bits that doubles
 * hold exactly; what is larger, or on no grid, goes the way of `mergeTimed`, which is slow and always right.
 */
export class OpenSeconds {
  #rows = new ColumnsWriter(
    { priceDecimals: 0, volumeDecimals: 0, turnoverDecimals: 0, bigVolume: false, bigTurnover: false },
    FIRST_CAPACITY,
  );
  #first: Float64Array = new Float64Array(FIRST_CAPACITY);
  #last: Float64Array = new Float64Array(FIRST_CAPACITY);

  get length(): number {
    return this.#rows.length;
  }

  /** The open of the latest second; there must be one. */
  get lastOpen(): number {
    return this.#rows.openTime[this.#rows.length - 1] as number;
  }

  /** @param span of these trades */
  add(trades: TradeColumns, span: TradesSpan): void {
    if (!this.#prepare(trades, span)) this.#replace(mergeTimed([this.timed(), timedSeconds(trades)], SECOND));
    else this.#fold(trades);
  }

  /** Brings the rows on scales that hold the trades too. Returns false where whole numbers in doubles may not hold a sum. */
  #prepare({ length, priceDecimals, quantityDecimals }: TradeColumns, span: TradesSpan): boolean {
    if (priceDecimals === null || quantityDecimals === null) return false;
    const { scales } = this.#rows;
    const afresh = this.#rows.length === 0 && (scales.bigVolume || scales.bigTurnover || scales.turnoverDecimals === null);
    const higher = (now: number | null, needed: number): number | null =>
      afresh ? needed : now !== null && now < needed ? needed : now;
    const needed: Scales = {
      priceDecimals: higher(scales.priceDecimals, priceDecimals),
      volumeDecimals: higher(scales.volumeDecimals, quantityDecimals),
      turnoverDecimals: higher(scales.turnoverDecimals, priceDecimals + quantityDecimals),
      bigVolume: !afresh && scales.bigVolume,
      bigTurnover: !afresh && scales.bigTurnover,
    };
    if (needed.bigVolume || needed.bigTurnover || !this.#isExact(needed, priceDecimals, quantityDecimals, span)) return false;
    if (
      needed.priceDecimals !== scales.priceDecimals ||
      needed.volumeDecimals !== scales.volumeDecimals ||
      needed.turnoverDecimals !== scales.turnoverDecimals
    )
      this.#replace({ ...this.timed(), columns: rescale(this.#rows.finish(SECOND), needed) }, needed);
    this.#reserve(Math.min(length, (secondOf(span.to) - secondOf(span.from)) / SECOND_MS + 1));
    return true;
  }

  #isExact(needed: Scales, priceDecimals: number, quantityDecimals: number, span: TradesSpan): boolean {
    const rows = this.#rows;
    const { scales } = rows;
    const price = raise(priceDecimals, needed.priceDecimals);
    const volume = raise(quantityDecimals, needed.volumeDecimals);
    const turnover = raise(priceDecimals + quantityDecimals, needed.turnoverDecimals);
    let [highest, volumes, turnovers] = [span.maxPrice * price, 0, 0];
    if (rows.length > 0) {
      const byPrice = raise(scales.priceDecimals, needed.priceDecimals);
      for (let row = 0; row < rows.length; row += 1) {
        highest = Math.max(highest, (rows.high[row] as number) * byPrice);
        volumes = Math.max(volumes, rows.volume[row] as number);
        turnovers = Math.max(turnovers, rows.turnover[row] as number);
      }
      volumes *= raise(scales.volumeDecimals, needed.volumeDecimals);
      turnovers *= raise(scales.turnoverDecimals, needed.turnoverDecimals);
    }
    volumes += span.quantity * volume;
    turnovers += span.maxPrice * span.quantity * turnover;
    // as all numbers are at or above 0, no sum on the way is larger than these; NaN is not below either
    const limit = Number.MAX_SAFE_INTEGER;
    return highest <= limit && volumes <= limit && turnovers <= limit;
  }

  #replace({ columns, first, last }: TimedColumns, scales: Scales = scalesOf(columns)): void {
    this.#rows = new ColumnsWriter(scales, Math.max(columns.length, FIRST_CAPACITY));
    this.#rows.append(columns);
    this.#first = new Float64Array(this.#rows.openTime.length);
    this.#last = new Float64Array(this.#rows.openTime.length);
    this.#first.set(first);
    this.#last.set(last);
  }

  #reserve(count: number): void {
    this.#rows.reserve(count);
    const capacity = this.#rows.openTime.length;
    if (this.#first.length === capacity) return;
    const [first, last] = [this.#first, this.#last];
    this.#first = new Float64Array(capacity);
    this.#last = new Float64Array(capacity);
    this.#first.set(first);
    this.#last.set(last);
  }

  /** The rows are on scales that hold all that comes, and there is room for every second. */
  #fold(trades: TradeColumns): void {
    const { time, price, length } = trades;
    const quantity = trades.quantity as Float64Array;
    const { scales, open, high, low, close, volume, turnover, trades: counts } = this.#rows;
    const [firsts, lasts] = [this.#first, this.#last];
    const byPrice = raise(trades.priceDecimals, scales.priceDecimals);
    const byVolume = raise(trades.quantityDecimals, scales.volumeDecimals);
    const byTurnover = raise(
      (trades.priceDecimals as number) + (trades.quantityDecimals as number),
      scales.turnoverDecimals,
    );
    let i = 0;
    while (i < length) {
      const from = secondOf(time[i] as number);
      const to = from + SECOND_MS;
      const row = this.#rowOf(from);
      let first = firsts[row] as number;
      let last = lasts[row] as number;
      let opened = open[row] as number;
      let highest = high[row] as number;
      let lowest = low[row] as number;
      let closed = close[row] as number;
      let volumes = volume[row] as number;
      let turnovers = turnover[row] as number;
      const start = i;
      for (; i < length; i += 1) {
        const at = time[i] as number;
        if (at < from || at >= to) break;
        const p = (price[i] as number) * byPrice;
        if (at >= last) {
          last = at;
          closed = p;
        }
        if (at < first) {
          first = at;
          opened = p;
        }
        if (p > highest) highest = p;
        if (p < lowest) lowest = p;
        volumes += (quantity[i] as number) * byVolume;
        turnovers += (price[i] as number) * (quantity[i] as number) * byTurnover;
      }
      firsts[row] = first;
      lasts[row] = last;
      open[row] = opened;
      high[row] = highest;
      low[row] = lowest;
      close[row] = closed;
      volume[row] = volumes;
      turnover[row] = turnovers;
      counts[row] = (counts[row] as number) + (i - start);
    }
  }

  /** The row of a second, a new one where there is none. */
  #rowOf(second: number): number {
    const rows = this.#rows;
    const { openTime } = rows;
    let row = rows.length;
    while (row > 0 && (openTime[row - 1] as number) > second) row -= 1;
    if (row > 0 && openTime[row - 1] === second) return row - 1;
    if (row < rows.length) this.#move(row + 1, row);
    rows.length += 1;
    openTime[row] = second;
    rows.high[row] = Number.NEGATIVE_INFINITY;
    rows.low[row] = Number.POSITIVE_INFINITY;
    rows.volume[row] = 0;
    rows.turnover[row] = 0;
    rows.trades[row] = 0;
    rows.source[row] = TRADES_CODE;
    this.#first[row] = Number.POSITIVE_INFINITY;
    this.#last[row] = Number.NEGATIVE_INFINITY;
    return row;
  }

  /** Moves the rows from index `from` on to index `to`; the length stays. */
  #move(to: number, from: number): void {
    const rows = this.#rows;
    const { openTime, open, high, low, close, volume, turnover, trades, source, length } = rows;
    for (const values of [openTime, open, high, low, close, volume, turnover, trades, source, this.#first, this.#last])
      values.copyWithin(to, from, length);
  }

  /** All rows, as views that the next call overwrites. */
  timed(): TimedColumns {
    const { length } = this.#rows;
    return {
      columns: this.#rows.finish(SECOND),
      first: this.#first.subarray(0, length),
      last: this.#last.subarray(0, length),
    };
  }

  /** Takes the seconds before `to` out, each watched as a whole. */
  takeBefore(to: number): TimedColumns {
    const rows = this.#rows;
    let count = rows.length;
    while (count > 0 && (rows.openTime[count - 1] as number) >= to) count -= 1;
    const taken: TimedColumns = {
      columns: copyOf(rows, count),
      first: this.#first.slice(0, count),
      last: this.#last.slice(0, count),
    };
    if (count < rows.length) this.#move(0, count);
    rows.length -= count;
    return taken;
  }
}

function copyOf(rows: ColumnsWriter, count: number): CandleColumns {
  return {
    interval: SECOND,
    length: count,
    openTime: rows.openTime.slice(0, count),
    priceDecimals: rows.scales.priceDecimals,
    open: rows.open.slice(0, count),
    high: rows.high.slice(0, count),
    low: rows.low.slice(0, count),
    close: rows.close.slice(0, count),
    volumeDecimals: rows.scales.volumeDecimals,
    volume: rows.volume.slice(0, count),
    turnoverDecimals: rows.scales.turnoverDecimals,
    turnover: rows.turnover.slice(0, count),
    trades: rows.trades.slice(0, count),
    source: rows.source.slice(0, count),
    coverage: new Uint32Array(count).fill(1),
  };
}

/** What takes numbers from one scale to a finer one; NaN where there is no such scale. */
const raise = (from: number | null, to: number | null): number =>
  from === null || to === null || to > MAX_DECIMALS ? Number.NaN : powerOfTen(to - from);
