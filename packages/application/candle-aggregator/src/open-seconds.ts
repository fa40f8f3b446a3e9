import { powerOfTen, rescale, TRADES_CODE, type TradeColumns } from '@prate/domain/candles';
import { SECOND, SECOND_MS, secondOf } from './seconds.ts';
import { larger, SMALL_PRICE, smaller } from './small-prices.ts';
import { mergeTimed, type TimedColumns, timedSeconds } from './timed-columns.ts';
import { isPlain, plainScales, TimedRows } from './timed-rows.ts';

const MAX_DECIMALS = 22;
const MAX_NEW_ROWS = 64;

/**
 * The seconds of one symbol that may still get trades, as candles in the making. Trades come in any order.
 *
 * Numbers on a decimal grid are summed as whole numbers in doubles, as long as no sum leaves the 53 bits that doubles hold
 * exactly; what is larger, or on no grid, goes the way of `mergeTimed`, which is slow and always right.
 */
export class OpenSeconds {
  readonly #timed = new TimedRows();
  /** The latest time of a trade. */
  latest: number = Number.NEGATIVE_INFINITY;

  get length(): number {
    return this.#timed.length;
  }

  /** The open of the latest second; there must be one. */
  get lastOpen(): number {
    return this.#timed.piece.openTime[this.#timed.end - 1] as number;
  }

  /**
   * Takes trades up to the first one of a second before `limit`, or the first that only `addAnyhow` can take.
   * @returns how many were taken
   */
  add(trades: TradeColumns, limit: number): number {
    const { priceDecimals, quantityDecimals, quantity, length } = trades;
    if (priceDecimals === null || quantityDecimals === null || !(quantity instanceof Float64Array)) return 0;
    if (!this.#prepare(priceDecimals, quantityDecimals)) return 0;
    for (let taken = 0; ; ) {
      this.#timed.reserve(Math.min(length - taken, MAX_NEW_ROWS));
      const next = this.#fold(trades, quantity, taken, limit);
      if (next === taken || next === length) return next;
      taken = next;
    }
  }

  /** Takes trades of whatever numbers. */
  addAnyhow(trades: TradeColumns): void {
    const additions = timedSeconds(trades);
    this.#timed.replace(mergeTimed([this.view(), additions], SECOND));
    for (const last of additions.last) this.latest = Math.max(this.latest, last);
  }

  /** Brings the rows on scales that hold the trades too. Returns false where whole numbers in doubles cannot. */
  #prepare(priceDecimals: number, quantityDecimals: number): boolean {
    const turnoverDecimals = priceDecimals + quantityDecimals;
    if (turnoverDecimals > MAX_DECIMALS) return false;
    const { scales, piece, start, end } = this.#timed;
    if (!isPlain(scales)) {
      if (end > start) return false;
      this.#timed.clear(plainScales(priceDecimals, quantityDecimals, turnoverDecimals));
      return true;
    }
    const price = Math.max(scales.priceDecimals, priceDecimals);
    const volume = Math.max(scales.volumeDecimals, quantityDecimals);
    const turnover = Math.max(scales.turnoverDecimals, turnoverDecimals);
    const [byPrice, byVolume, byTurnover] = [
      powerOfTen(price - scales.priceDecimals),
      powerOfTen(volume - scales.volumeDecimals),
      powerOfTen(turnover - scales.turnoverDecimals),
    ];
    if (byPrice === 1 && byVolume === 1 && byTurnover === 1) return true;
    for (let row = start; row < end; row += 1) {
      const largest = Math.max(
        (piece.high[row] as number) * byPrice,
        (piece.volume[row] as number) * byVolume,
        (piece.turnover[row] as number) * byTurnover,
      );
      if (largest > Number.MAX_SAFE_INTEGER) return false;
    }
    const needed = plainScales(price, volume, turnover);
    const view = this.view();
    if (end === start) this.#timed.clear(needed);
    else this.#timed.replace({ ...view, columns: rescale(view.columns, needed) });
    return true;
  }

  /**
   * Takes trades from index `start` on, run by run: neighbours of one second whose times do not go back. A run is taken
   * as a whole or not at all.
   * @returns the index of the first trade that was not taken
   */
  #fold(trades: TradeColumns, quantity: Float64Array, start: number, limit: number): number {
    const { time, price, length } = trades;
    const timed = this.#timed;
    const {
      scales,
      openTime,
      open,
      high,
      low,
      close,
      volume,
      turnover,
      trades: counts,
      source,
      first,
      last,
      capacity,
    } = timed.piece;
    const [priceDecimals, quantityDecimals] = [trades.priceDecimals as number, trades.quantityDecimals as number];
    const byPrice = powerOfTen((scales.priceDecimals as number) - priceDecimals);
    const byVolume = powerOfTen((scales.volumeDecimals as number) - quantityDecimals);
    const byTurnover = powerOfTen((scales.turnoverDecimals as number) - priceDecimals - quantityDecimals);
    let latest = this.latest;
    let at = start;
    let end = Number.NEGATIVE_INFINITY;
    while (at < length) {
      const runFirst = time[at] as number;
      // mostly the second after the one before, which needs no division
      const second = runFirst >= end && runFirst < end + SECOND_MS ? end : secondOf(runFirst);
      const opened = price[at] as number;
      if (second < limit || !(opened < SMALL_PRICE)) break;
      end = second + SECOND_MS;
      let highest = opened | 0;
      let lowest = highest;
      let closed = opened;
      let volumes = quantity[at] as number;
      let turnovers = opened * volumes;
      let runLast = runFirst;
      let i = at + 1;
      for (; i < length; i += 1) {
        const now = time[i] as number;
        const here = price[i] as number;
        if (now < runLast || now >= end || !(here < SMALL_PRICE)) break;
        runLast = now;
        closed = here;
        const ticks = here | 0;
        highest = larger(highest, ticks);
        lowest = smaller(lowest, ticks);
        const amount = quantity[i] as number;
        volumes += amount;
        turnovers += here * amount;
      }
      volumes *= byVolume;
      turnovers *= byTurnover;
      let row = timed.end;
      if (row > timed.start && (openTime[row - 1] as number) >= second) row = this.#searched(second);
      if (row === timed.end || openTime[row] !== second) {
        if (timed.end === capacity) break;
        if (!isSafe(highest * byPrice, volumes, turnovers)) break;
        timed.insert(row);
        openTime[row] = second;
        open[row] = opened * byPrice;
        high[row] = highest * byPrice;
        low[row] = lowest * byPrice;
        close[row] = closed * byPrice;
        volume[row] = volumes;
        turnover[row] = turnovers;
        counts[row] = i - at;
        source[row] = TRADES_CODE;
        first[row] = runFirst;
        last[row] = runLast;
      } else {
        volumes += volume[row] as number;
        turnovers += turnover[row] as number;
        if (!isSafe(highest * byPrice, volumes, turnovers)) break;
        if (highest * byPrice > (high[row] as number)) high[row] = highest * byPrice;
        if (lowest * byPrice < (low[row] as number)) low[row] = lowest * byPrice;
        volume[row] = volumes;
        turnover[row] = turnovers;
        counts[row] = (counts[row] as number) + (i - at);
        if (runFirst < (first[row] as number)) {
          first[row] = runFirst;
          open[row] = opened * byPrice;
        }
        if (runLast >= (last[row] as number)) {
          last[row] = runLast;
          close[row] = closed * byPrice;
        }
      }
      if (runLast > latest) latest = runLast;
      at = i;
    }
    this.latest = latest;
    return at;
  }

  /** Where the row of a second is, or is to be put. */
  #searched(second: number): number {
    const { piece, start, end } = this.#timed;
    const { openTime } = piece;
    let row = end;
    while (row > start && (openTime[row - 1] as number) >= second) row -= 1;
    return row;
  }

  /** All rows, as views that the next call overwrites. */
  view(): TimedColumns {
    return this.#timed.view(SECOND);
  }

  /** Takes the seconds before `to` out; their coverage is for the caller to say. */
  takeBefore(to: number): TimedColumns {
    const { piece, start, end } = this.#timed;
    const { openTime } = piece;
    let until = end;
    while (until > start && (openTime[until - 1] as number) >= to) until -= 1;
    return this.#timed.take(until - start, SECOND);
  }
}

/** As all numbers are at or above 0, no sum on the way was larger than these: where they are safe, all were exact. */
const isSafe = (price: number, volume: number, turnover: number): boolean =>
  price <= Number.MAX_SAFE_INTEGER && volume <= Number.MAX_SAFE_INTEGER && turnover <= Number.MAX_SAFE_INTEGER;
