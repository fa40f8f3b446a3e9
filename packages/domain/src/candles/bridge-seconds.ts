import { BridgePath } from './bridge-path.ts';
import { type CandleColumns, INTERPOLATED_CODE, UNKNOWN } from './candle-columns.ts';
import { Chance, hashOf } from './chance.ts';
import { type ColumnsWriter, putSum } from './columns-writer.ts';
import { amountOf, type Share, shareOf, WeightedShares } from './share-out.ts';

/** How busy a second is: 1 to 256, two of three times below 3, so that trades come in clusters. */
const busyness = (draw: number): number => Math.floor(4096 / (16 + (draw % 4081)));
/** Beyond it, the one unit that a second has in any case does not show, and products would leave 2^53. */
const MANY_UNITS = 2 ** 26;
/** The weight of its volume: trades differ in size. */
const bulk = (draw: number, weight: number): number => weight * (1 + (draw >>> 30));

/**
 * The seconds of one candle by the model `bridge`, one after the other; memory does not grow with their number. Chance
 * comes from the seed, the candle's open time and its width: neighbours and the order of queries do not matter.
 *
 * Half as many portions as there are trades (one order often fills several), but no more than units of volume, fall on
 * seconds by weights that chance draws: those that get one trade. Each of these has one trade and one unit of volume, and
 * of the rest what its weight says.
 */
export class BridgeSeconds {
  readonly #openTime: number;
  readonly #key: number;
  readonly #knownTrades: boolean;
  readonly #path: BridgePath;
  readonly #draws: Chance;
  /** Whether a second trades; null where none does: then all of them move. */
  readonly #active: WeightedShares | null;
  readonly #volume: Share;
  readonly #volumes: WeightedShares | null;
  readonly #trades: WeightedShares | null;
  /** Null where it is unknown. */
  readonly #turnover: Share | null;
  readonly #turnovers: WeightedShares | null;
  /** Whether turnover goes with the volume that a second got, or, where that has too many units, with what volume goes with. */
  readonly #byVolume: boolean;
  #next = 0;
  /** Of the second made last, in units of each share. */
  #movesNow = false;
  #volumeNow: number | bigint = 0;
  #turnoverNow: number | bigint = 0;
  #tradesNow = 0;

  constructor(columns: CandleColumns, row: number, seed: number) {
    const seconds = columns.interval.seconds as number;
    this.#openTime = columns.openTime[row] as number;
    this.#key = hashOf(seed, this.#openTime, seconds);
    this.#volume = shareOf(columns.volume[row] as number | bigint, columns.volumeDecimals);
    const tradeCount = columns.trades[row] as number;
    this.#knownTrades = tradeCount !== UNKNOWN;
    const turnover = columns.turnover[row] as number | bigint;
    this.#turnover = Number(turnover) === UNKNOWN ? null : shareOf(turnover, columns.turnoverDecimals);

    const weights = this.#sum(seconds);
    const { units } = this.#volume;
    const portions = Math.min(units, this.#knownTrades ? Math.ceil(tradeCount / 2) : units, weights);
    const falling = (): WeightedShares | null =>
      portions === 0 ? null : new WeightedShares(counts(portions), 0, weights, hashOf(this.#key, 2) % weights);
    const active = this.#sumActive(seconds, falling());
    this.#active = falling();
    this.#volumes = portions === 0 ? null : new WeightedShares(this.#volume, active.seconds, active.bulks);
    this.#trades =
      portions === 0 || !this.#knownTrades
        ? null
        : new WeightedShares(counts(tradeCount), active.seconds, active.weights);
    this.#byVolume = portions > 0 && units <= MANY_UNITS;
    this.#turnovers =
      this.#turnover === null ? null : new WeightedShares(this.#turnover, 0, this.#byVolume ? units : active.bulks);
    this.#path = new BridgePath(columns, row, active.seconds, this.#key);
    this.#draws = this.#newDraws();
  }

  /** The first second, counted from the open, that was not made yet. */
  get next(): number {
    return this.#next;
  }

  /** Appends seconds `[from, to)`, counted from the open; `from` is not below `next`. */
  append(out: ColumnsWriter, from: number, to: number): void {
    while (this.#next < from) this.#make();
    out.reserve(to - from);
    while (this.#next < to) {
      const at = out.length;
      out.length += 1;
      this.#openRow(out, at);
      this.#make();
      this.#extendRow(out, at);
      putSum(out.volume, at, amountOf(this.#volume, this.#volumeNow));
      putSum(out.turnover, at, this.#turnover === null ? UNKNOWN : amountOf(this.#turnover, this.#turnoverNow));
      out.trades[at] = this.#knownTrades ? this.#tradesNow : UNKNOWN;
    }
  }

  /**
   * The same added up: a row for the seconds before `edge`, then one for each `width` seconds. For scales that are plain,
   * on which sums of units are exact.
   */
  appendBuckets(out: ColumnsWriter, from: number, to: number, edge: number, width: number): void {
    while (this.#next < from) this.#make();
    const unknownTurnover = this.#turnover === null;
    const turnoverUnit = this.#turnover?.unit ?? 1;
    for (let end = Math.min(edge, to); this.#next < to; end = Math.min(end + width, to)) {
      out.reserve(1);
      const at = out.length;
      out.length += 1;
      this.#openRow(out, at);
      let [volume, turnover, trades] = [0, 0, 0];
      while (this.#next < end) {
        this.#make();
        this.#extendRow(out, at);
        volume += Number(this.#volumeNow);
        turnover += Number(this.#turnoverNow);
        trades += this.#tradesNow;
      }
      out.volume[at] = volume * this.#volume.unit;
      out.turnover[at] = unknownTurnover ? UNKNOWN : turnover * turnoverUnit;
      out.trades[at] = this.#knownTrades ? trades : UNKNOWN;
    }
  }

  /** A row that opens with the next second. */
  #openRow(out: ColumnsWriter, at: number): void {
    const price = this.#path.column(this.#path.price);
    out.openTime[at] = this.#openTime + this.#next * 1000;
    out.open[at] = price;
    out.high[at] = price;
    out.low[at] = price;
    out.close[at] = price;
    out.source[at] = INTERPOLATED_CODE;
    out.coverage[at] = 0;
  }

  /** Takes the prices of the second just made into its row. */
  #extendRow(out: ColumnsWriter, at: number): void {
    if (!this.#movesNow) return;
    const path = this.#path;
    out.high[at] = Math.max(out.high[at] as number, path.column(path.high));
    out.low[at] = Math.min(out.low[at] as number, path.column(path.low));
    out.close[at] = path.column(path.price);
  }

  #newDraws(): Chance {
    return new Chance(hashOf(this.#key, 0));
  }

  #sum(seconds: number): number {
    const draws = this.#newDraws();
    let weights = 0;
    for (let second = 0; second < seconds; second += 1) weights += busyness(draws.next());
    return weights;
  }

  /** The sums over the seconds that move. */
  #sumActive(seconds: number, active: WeightedShares | null): { seconds: number; weights: number; bulks: number } {
    const draws = this.#newDraws();
    const sums = { seconds: 0, weights: 0, bulks: 0 };
    for (let second = 0; second < seconds; second += 1) {
      const draw = draws.next();
      const weight = busyness(draw);
      if (active !== null && active.take(weight, 0) === 0) continue;
      sums.seconds += 1;
      sums.weights += weight;
      sums.bulks += bulk(draw, weight);
    }
    return sums;
  }

  /** The next second: its prices are the path's, its shares in units the fields that end in Now. */
  #make(): void {
    const draw = this.#draws.next();
    const weight = busyness(draw);
    this.#next += 1;
    this.#movesNow = this.#active === null || this.#active.take(weight, 0) !== 0;
    if (!this.#movesNow) {
      // nothing falls on a second without weight
      this.#volumeNow = 0;
      this.#tradesNow = 0;
      this.#turnoverNow = 0;
      return;
    }
    this.#volumeNow = this.#volumes?.take(bulk(draw, weight), 1) ?? 0;
    this.#tradesNow = Number(this.#trades?.take(weight, 1) ?? 0);
    this.#turnoverNow = this.#turnovers?.take(this.#byVolume ? Number(this.#volumeNow) : bulk(draw, weight), 0) ?? 0;
    this.#path.advance();
  }
}

const counts = (units: number): Share => ({ units, unit: 1, big: null, decimals: 0 });
