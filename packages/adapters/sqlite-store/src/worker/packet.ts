/**
 * Batches on their way into a worker: all columns of all of them in one piece of memory, which is handed over and comes
 * back. It is a copy, for the caller's arrays stay the caller's; and one piece, because a feed tells of hundreds of series at
 * a time, and thousands of small arrays would take longer than writing them.
 */
import type { CandleBatch } from '@prate/candle-store-port';
import { type Interval, type Series, type TimeRange, toInterval } from '@prate/domain';
import { type CandleColumns, validateColumns } from '@prate/domain/candles';

export interface Packet {
  readonly memory: ArrayBuffer;
  /** Of each batch one after the other: venue, symbol, step, rows, three decimals, kinds of sums, and watched ranges. */
  readonly heads: readonly (string | number | null)[];
}

export interface PackedBatch extends CandleBatch {
  readonly series: Series;
}

const DOUBLES = ['openTime', 'open', 'high', 'low', 'close', 'trades'] as const;
const SUMS = ['volume', 'turnover'] as const;
/** Eight columns of 8 bytes, coverage, source. */
const ROW_BYTES = 8 * 8 + 4 + 1;
/** So many rows are copied one by one: a view costs more. */
const FEW_ROWS = 16;
const NOT_TOLD = -1;
const MORE = 1.25;

const bytesOf = (rows: number): number => Math.ceil((rows * ROW_BYTES) / 8) * 8;

/**
 * @param spare memory of an earlier packet, used where it is large enough
 * @throws InvalidInputError for columns that are shorter than their length says
 */
export function packBatches(batches: readonly PackedBatch[], spare: ArrayBuffer | null): Packet {
  let bytes = 0;
  for (const { columns } of batches) {
    ensureLengths(columns);
    bytes += bytesOf(columns.length);
  }
  const memory =
    spare !== null && spare.byteLength >= bytes ? spare : new ArrayBuffer(Math.ceil((bytes * MORE) / 8) * 8);
  const [doubles, bigs] = [new Float64Array(memory), new BigInt64Array(memory)];
  const heads: (string | number | null)[] = [];
  let at = 0;
  for (const { series, columns, observed } of batches) {
    const { interval, length, priceDecimals, volumeDecimals, turnoverDecimals } = columns;
    heads.push(series.venue, series.symbol, interval.text, length, priceDecimals, volumeDecimals, turnoverDecimals);
    heads.push(Number(columns.volume instanceof BigInt64Array), Number(columns.turnover instanceof BigInt64Array));
    heads.push(observed === undefined ? NOT_TOLD : observed.length);
    for (const { from, to } of observed ?? []) heads.push(from, to);
    let word = at / 8;
    for (const name of DOUBLES) {
      put(doubles, word, columns[name], length);
      word += length;
    }
    for (const name of SUMS) {
      const sums = columns[name];
      if (sums instanceof BigInt64Array) bigs.set(sums.subarray(0, length), word);
      else put(doubles, word, sums, length);
      word += length;
    }
    new Uint32Array(memory, word * 8, length).set(columns.coverage.subarray(0, length));
    new Uint8Array(memory, word * 8 + length * 4, length).set(columns.source.subarray(0, length));
    at += bytesOf(length);
  }
  return { memory, heads };
}

function put(to: Float64Array, at: number, values: Float64Array, length: number): void {
  if (length > FEW_ROWS) to.set(values.subarray(0, length), at);
  else for (let i = 0; i < length; i += 1) to[at + i] = values[i] as number;
}

/** A copy of a column that is too short would be padded: the rules of columns refuse it before. */
function ensureLengths(columns: CandleColumns): void {
  const { length, coverage, source } = columns;
  const isWhole =
    Number.isSafeInteger(length) &&
    length >= 0 &&
    coverage.length >= length &&
    source.length >= length &&
    DOUBLES.every((name) => columns[name].length >= length) &&
    SUMS.every((name) => columns[name].length >= length);
  if (isWhole) return;
  validateColumns(columns);
  throw new TypeError(`columns must have a length from 0 up, not ${String(length)}`);
}

/** The batches, as views on the packet's memory. */
export function unpackBatches({ memory, heads }: Packet): PackedBatch[] {
  const batches: PackedBatch[] = [];
  const steps = new Map<string, Interval>();
  let at = 0;
  for (let next = 0; next < heads.length; ) {
    const [venue, symbol, step] = [heads[next], heads[next + 1], heads[next + 2]] as [string, string, string];
    const interval = steps.get(step) ?? toInterval(step);
    steps.set(step, interval);
    const length = heads[next + 3] as number;
    const [priceDecimals, volumeDecimals, turnoverDecimals] = heads.slice(next + 4, next + 7) as (number | null)[];
    const [bigVolume, bigTurnover, ranges] = heads.slice(next + 7, next + 10) as [number, number, number];
    next += 10;
    const observed: TimeRange[] = [];
    for (let i = 0; i < ranges; i += 1, next += 2) {
      observed.push({ from: heads[next] as number, to: heads[next + 1] as number });
    }
    let from = at;
    const doubles = (): Float64Array<ArrayBuffer> => {
      from += length * 8;
      return new Float64Array(memory, from - length * 8, length);
    };
    const sums = (isBig: number): Float64Array | BigInt64Array => {
      const values = doubles();
      return isBig === 1 ? new BigInt64Array(memory, values.byteOffset, length) : values;
    };
    const [openTime, open, high, low, close, trades] = [
      doubles(),
      doubles(),
      doubles(),
      doubles(),
      doubles(),
      doubles(),
    ];
    const [volume, turnover] = [sums(bigVolume), sums(bigTurnover)];
    const columns: CandleColumns = {
      interval,
      length,
      openTime,
      priceDecimals: priceDecimals ?? null,
      ...{ open, high, low, close, volume, turnover, trades },
      volumeDecimals: volumeDecimals ?? null,
      turnoverDecimals: turnoverDecimals ?? null,
      coverage: new Uint32Array(memory, from, length),
      source: new Uint8Array(memory, from + length * 4, length),
    };
    batches.push({ series: { venue, symbol }, columns, observed: ranges === NOT_TOLD ? undefined : observed });
    at += bytesOf(length);
  }
  return batches;
}
