import { powerOfTen, rescale, TRADES_CODE, type TradeColumns } from '@prate/domain/candles';
import { SECOND, SECOND_MS, secondOf } from './seconds.ts';
import { larger, SMALL_PRICE, smaller } from './small-prices.ts';
import { mergeTimed, type TimedColumns, timedSeconds } from './timed-columns.ts';
import { isPlain, plainScales, TimedRows } from './timed-rows.ts';

const MAX_DECIMALS = 22;
const MAX_NEW_ROWS = 64;

/** Neighbouring trades of one second whose times do not go back, on the scales of the rows. */
interface Run {
  readonly second: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly turnover: number;
  readonly trades: number;
  /** Epoch ms. */
  readonly first: number;
  readonly last: number;
}

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
      capacity,
    } = timed.piece;
    const { first, last } = timed;
    const [priceDecimals, quantityDecimals] = [trades.priceDecimals as number, trades.quantityDecimals as number];
    const byPrice = powerOfTen((scales.priceDecimals as number) - priceDecimals);
    const byVolume = powerOfTen((scales.volumeDecimals as number) - quantityDecimals);
    const byTurnover = powerOfTen((scales.turnoverDecimals as number) - priceDecimals - quantityDecimals);
    const smallPrice = SMALL_PRICE / byPrice;
    let { latest } = this;
    let row = timed.end;
    let lastOpen = row > timed.start ? (openTime[row - 1] as number) : Number.NEGATIVE_INFINITY;
    let at = start;
    let end = Number.NEGATIVE_INFINITY;
    while (at < length) {
      const runFirst = time[at] as number;
      // mostly the second after the one before, which needs no division
      const second = runFirst >= end && runFirst < end + SECOND_MS ? end : secondOf(runFirst);
      const opened = price[at] as number;
      if (second < limit || !(opened < smallPrice)) break;
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
        if (now < runLast || now >= end || !(here < smallPrice)) break;
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
      if (second > lastOpen) {
        if (row === capacity || !isSafe(highest * byPrice, volumes, turnovers)) break;
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
        row += 1;
        lastOpen = second;
      } else {
        timed.end = row;
        const taken = this.#combine({
          second,
          open: opened * byPrice,
          high: highest * byPrice,
          low: lowest * byPrice,
          close: closed * byPrice,
          volume: volumes,
          turnover: turnovers,
          trades: i - at,
          first: runFirst,
          last: runLast,
        });
        if (!taken) break;
        row = timed.end;
      }
      if (runLast > latest) latest = runLast;
      at = i;
    }
    timed.end = row;
    this.latest = latest;
    return at;
  }

  /** Adds a run to the row of its second, or as a row among others. Returns false where there is no room, or no safe sum. */
  #combine(run: Run): boolean {
    const timed = this.#timed;
    const { piece, start, end } = timed;
    let after = end;
    while (after > start && (piece.openTime[after - 1] as number) > run.second) after -= 1;
    const row = after - 1;
    if (row < start || piece.openTime[row] !== run.second) {
      if (end === piece.capacity || !isSafe(run.high, run.volume, run.turnover)) return false;
      this.#insert(after, run);
      return true;
    }
    const volume = (piece.volume[row] as number) + run.volume;
    const turnover = (piece.turnover[row] as number) + run.turnover;
    if (!isSafe(run.high, volume, turnover)) return false;
    piece.volume[row] = volume;
    piece.turnover[row] = turnover;
    piece.trades[row] = (piece.trades[row] as number) + run.trades;
    if (run.high > (piece.high[row] as number)) piece.high[row] = run.high;
    if (run.low < (piece.low[row] as number)) piece.low[row] = run.low;
    if (run.first < (timed.first[row] as number)) {
      timed.first[row] = run.first;
      piece.open[row] = run.open;
    }
    if (run.last >= (timed.last[row] as number)) {
      timed.last[row] = run.last;
      piece.close[row] = run.close;
    }
    return true;
  }

  #insert(row: number, run: Run): void {
    const timed = this.#timed;
    const { piece } = timed;
    timed.insert(row);
    piece.openTime[row] = run.second;
    piece.open[row] = run.open;
    piece.high[row] = run.high;
    piece.low[row] = run.low;
    piece.close[row] = run.close;
    piece.volume[row] = run.volume;
    piece.turnover[row] = run.turnover;
    piece.trades[row] = run.trades;
    piece.source[row] = TRADES_CODE;
    timed.first[row] = run.first;
    timed.last[row] = run.last;
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

/** As all numbers are at or above 0, nothing on the way was larger than their sum: where that is safe, all were exact. */
const isSafe = (price: number, volume: number, turnover: number): boolean =>
  price + volume + turnover <= Number.MAX_SAFE_INTEGER;
