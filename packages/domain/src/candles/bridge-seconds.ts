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
    while (this.#next < from) this.#make(null);
    out.reserve(to - from);
    while (this.#next < to) this.#make(out);
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

  /** The next second, written where there is something to write to. */
  #make(out: ColumnsWriter | null): void {
    const path = this.#path;
    const draw = this.#draws.next();
    const moves = this.#active === null || this.#active.take(busyness(draw), 0) !== 0;
    const weight = moves ? busyness(draw) : 0;
    const one = moves ? 1 : 0;
    const volume = this.#volumes?.take(bulk(draw, weight), one) ?? 0;
    const trades = this.#trades?.take(weight, one) ?? (this.#knownTrades ? 0 : UNKNOWN);
    const turnover = this.#turnovers?.take(this.#byVolume ? Number(volume) : bulk(draw, weight), 0) ?? 0;
    const open = path.price;
    if (moves) path.advance();
    const openTime = this.#openTime + this.#next * 1000;
    this.#next += 1;
    if (out === null) return;
    const at = out.length;
    out.length += 1;
    out.openTime[at] = openTime;
    out.open[at] = path.column(open);
    out.high[at] = path.column(moves ? path.high : open);
    out.low[at] = path.column(moves ? path.low : open);
    out.close[at] = path.column(path.price);
    putSum(out.volume, at, amountOf(this.#volume, volume));
    putSum(out.turnover, at, this.#turnover === null ? UNKNOWN : amountOf(this.#turnover, turnover));
    out.trades[at] = Number(trades);
    out.source[at] = INTERPOLATED_CODE;
    out.coverage[at] = 0;
  }
}

const counts = (units: number): Share => ({ units, unit: 1, big: null, decimals: 0 });
