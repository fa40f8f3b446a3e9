import { InvalidInputError } from '../errors.ts';
import { toInterval } from '../interval.ts';
import { BridgeSeconds } from './bridge-seconds.ts';
import type { CandleColumns } from './candle-columns.ts';
import { ColumnsWriter, isExact, isPlain, type Scales, scalesOf } from './columns-writer.ts';
import { type Interpolation, type InterpolationInput, toInterpolation } from './interpolation.ts';
import { appendLinearBuckets } from './linear-buckets.ts';
import { MOST_ROWS } from './linear-layout.ts';
import { appendLinearRows } from './linear-rows.ts';
import { appendLinear } from './linear-seconds.ts';

const SECOND = toInterval('1s');

/**
 * Makes the seconds of every candle, so that they re-aggregate to exactly that candle (the round-trip law). They depend
 * on the candle, the model and its seed alone. Rows are INTERPOLATED with coverage 0.
 *
 * Where trades are known a second has volume if and only if it has trades. The price moves only in seconds that trade
 * (in all of them when the candle has no volume), and each second opens where the last closed.
 *
 * @throws InvalidInputError for calendar months, a model that does not exist, or a seed that is none
 */
export function interpolateSeconds(columns: CandleColumns, interpolation?: InterpolationInput): CandleColumns {
  const maker = new SecondsMaker(toInterpolation(interpolation));
  const { seconds } = columns.interval;
  if (seconds === null)
    throw new InvalidInputError('calendar months are not interpolated: they have no fixed number of seconds');
  const writer = new ColumnsWriter(scalesOf(columns), columns.length * seconds);
  for (let row = 0; row < columns.length; row += 1) maker.append(writer, columns, row, 0, seconds);
  return writer.finish(SECOND);
}

/** Makes seconds piece by piece. Pieces of one candle that come in order cost no more than all of it at once. */
export class SecondsMaker {
  readonly #interpolation: Interpolation;
  #last: { readonly columns: CandleColumns; readonly row: number; readonly seconds: BridgeSeconds } | null = null;

  constructor(interpolation: Interpolation) {
    this.#interpolation = interpolation;
  }

  /** Appends seconds `[from, to)`, counted from its open, of one candle. The writer is on the scales of the columns. */
  append(out: ColumnsWriter, columns: CandleColumns, row: number, from: number, to: number): void {
    const { model, seed } = this.#interpolation;
    if (model === 'bridge') this.#bridge(columns, row, seed, from).append(out, from, to);
    else if (isExact(out.scales)) appendLinearBuckets(out, columns, row, from, to, from + 1, 1);
    else appendLinear(out, columns, row, from, to);
  }

  /** Whether appendBuckets adds seconds up, for rows on these scales. */
  addsUp(scales: Scales): boolean {
    return this.#interpolation.model === 'linear' ? isExact(scales) : isPlain(scales);
  }

  /**
   * The same as rows of which each lies within one bucket: the first bucket ends at `edge`, those after it are `width` wide.
   * One row per bucket where addsUp says so, else seconds; added up by foldRows they are the same.
   */
  appendBuckets(
    out: ColumnsWriter,
    columns: CandleColumns,
    row: number,
    [from, to]: readonly [number, number],
    edge: number,
    width: number,
  ): void {
    const { model, seed } = this.#interpolation;
    if (!this.addsUp(out.scales)) this.append(out, columns, row, from, to);
    else if (model === 'linear') appendLinearBuckets(out, columns, row, from, to, edge, width);
    else this.#bridge(columns, row, seed, from).appendBuckets(out, from, to, edge, width);
  }

  /** The buckets of all of candles `[first, last)`, which are made of whole buckets. */
  appendRows(out: ColumnsWriter, columns: CandleColumns, first: number, last: number, width: number): void {
    const seconds = columns.interval.seconds as number;
    if (this.#interpolation.model === 'linear' && isPlain(out.scales) && seconds / width <= MOST_ROWS) {
      appendLinearRows(out, columns, first, last, width);
      return;
    }
    for (let row = first; row < last; row += 1) this.appendBuckets(out, columns, row, [0, seconds], width, width);
  }

  #bridge(columns: CandleColumns, row: number, seed: number, from: number): BridgeSeconds {
    const last = this.#last;
    if (last !== null && last.columns === columns && last.row === row && last.seconds.next <= from) return last.seconds;
    const seconds = new BridgeSeconds(columns, row, seed);
    this.#last = { columns, row, seconds };
    return seconds;
  }
}
