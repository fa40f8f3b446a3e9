import { appendRange, type Interval, type TimeRange } from '@prate/domain';
import { type CandleBase, type CandleColumns, type SumArray, UNKNOWN } from '@prate/domain/candles';
import { ByteReader } from '../block/bytes.ts';
import { unzigzag } from '../block/numbers.ts';
import { withCoverage } from '../merge-block.ts';
import { CRC_AT, checksum, DOUBLES, F64, I64, VARINT, VERSION } from './format.ts';

const HEADER = CRC_AT + 4;

/** The bytes fail the checksum or break the format. */
export class BadJournalError extends Error {
  override readonly name = 'BadJournalError';
}

/** One batch of a row, still as bytes. */
export interface JournalEntry {
  readonly streamId: number;
  /** Of the stream's names, so that a batch is not read as another stream's. */
  readonly nameCrc: number;
  /** What the times of its batch count from, epoch ms. */
  readonly from: number;
  readonly batch: Uint8Array;
}

/** @throws BadJournalError for anything that was not written under this id */
export function openJournalRow(id: number, bytes: Uint8Array): JournalEntry[] {
  if (bytes.length < HEADER) throw new BadJournalError('it is too short');
  const input = new ByteReader(bytes);
  const version = input.u8();
  if (version !== VERSION) throw new BadJournalError(`its format version is ${version}, not ${VERSION}`);
  if (input.u32() !== checksum(id, bytes)) throw new BadJournalError('its checksum does not match');
  return guarded(() => {
    const from = unzigzag(input.varint()) * 1000;
    const entries: JournalEntry[] = [];
    while (input.remaining > 0) {
      const [streamId, name, length] = [input.varint(), input.u32(), input.varint()];
      entries.push({ streamId, nameCrc: name, from, batch: input.bytes(length) });
    }
    return entries;
  });
}

/**
 * The batches of one stream, those that follow each other in time joined into one: then a block is written once, not once
 * per commit. Where they reach into each other's time their order matters, and they stay apart.
 * @throws BadJournalError when one breaks the format
 */
export function decodeEntries(entries: readonly JournalEntry[], step: Interval): CandleBase[] {
  return guarded(() => runsOf(entries, step, false) ?? (runsOf(entries, step, true) as CandleBase[]));
}

/** Null when numbers of several decimals have no room on one grid; not where `strict` keeps those apart. */
function runsOf(entries: readonly JournalEntry[], step: Interval, strict: boolean): CandleBase[] | null {
  const opened = entries.map((entry) => openBatch(entry));
  const bases: CandleBase[] = [];
  for (let i = 0; i < opened.length; ) {
    const run = new Run(opened, i, step, strict);
    const base = run.finish();
    if (base === null) return null;
    bases.push(base);
    i = run.end;
  }
  return bases;
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadJournalError(`it breaks the format: ${error.message}`, { cause: error });
  }
}

/** A batch whose first bytes are read. */
interface OpenBatch {
  readonly from: number;
  readonly input: ByteReader;
  readonly decimals: readonly (number | null)[];
  readonly kinds: number;
  readonly length: number;
}

function openBatch({ batch, from }: JournalEntry): OpenBatch {
  const input = new ByteReader(batch);
  const decimals = [readDecimals(input), readDecimals(input), readDecimals(input)];
  const kinds = input.u8();
  const length = input.varint();
  // a row has eight bytes at least: one for each of its numbers and one for its source
  if (length * 8 > input.remaining) throw new RangeError(`${length} rows`);
  if ((kinds & 3) > F64 || kinds >> 6 > F64) throw new RangeError(`columns of kinds ${kinds}`);
  return { from, input, decimals, kinds, length };
}

function readDecimals(input: ByteReader): number | null {
  const decimals = input.u8();
  if (decimals > 22 && decimals !== DOUBLES) throw new RangeError(`${decimals} decimals`);
  return decimals === DOUBLES ? null : decimals;
}

type Numbers = Pick<
  CandleColumns,
  'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'turnover' | 'trades' | 'source'
>;

/** Whether the numbers of two batches can lie in the same arrays. */
function canJoin(a: OpenBatch, b: OpenBatch, strict: boolean): boolean {
  const wide = 0b101000; // volume or turnover in 64 bits
  if (a.kinds & wide || b.kinds & wide) return false;
  return a.decimals.every((one, i) => {
    const other = b.decimals[i] as number | null;
    return one === other || (!strict && one !== null && other !== null);
  });
}

/** Batches in one piece, as far as they follow each other in time. */
class Run {
  /** The index of the first batch that is not part of it. */
  readonly end: number;
  readonly #step: Interval;
  readonly #numbers: Numbers;
  readonly #taken: OpenBatch[] = [];
  readonly #observed: TimeRange[] = [];
  #length = 0;
  #toldUntil = Number.NEGATIVE_INFINITY;

  constructor(batches: readonly OpenBatch[], begin: number, step: Interval, strict: boolean) {
    const first = batches[begin] as OpenBatch;
    let [fits, rows] = [begin + 1, first.length];
    for (; fits < batches.length && canJoin(first, batches[fits] as OpenBatch, strict); fits += 1) {
      rows += (batches[fits] as OpenBatch).length;
    }
    const column = (): Float64Array => new Float64Array(rows);
    this.#step = step;
    this.#numbers = {
      openTime: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: sums(first.kinds >> 2, rows),
      turnover: sums(first.kinds >> 4, rows),
      trades: column(),
      source: new Uint8Array(rows),
    };
    let end = begin;
    while (end < fits && this.#take(batches[end] as OpenBatch)) end += 1;
    this.end = end;
  }

  /** False, and nothing taken, when the batch tells of time before the end of the last. */
  #take(batch: OpenBatch): boolean {
    const { from, input, kinds, length } = batch;
    const start = input.at;
    const [before, width] = [this.#length, (this.#step.seconds as number) * 1000];
    const ranges = readWatched(input, from);
    const { openTime, source, volume, turnover, trades } = this.#numbers;
    let [next, close] = [from, 0];
    for (let i = before; i < before + length; i += 1) {
      openTime[i] = next + input.varint() * (i === before ? 1000 : width);
      next = (openTime[i] as number) + width;
      source[i] = input.u8();
      close = this.#readPrices(input, i, kinds & 3, close);
      readSum(input, volume, i, (kinds >> 2) & 3);
      readSum(input, turnover, i, (kinds >> 4) & 3);
      readSum(input, trades, i, kinds >> 6);
    }
    if (input.remaining !== 0) throw new RangeError(`${input.remaining} bytes too many`);
    const rowsFrom = length > 0 ? (openTime[before] as number) : Number.POSITIVE_INFINITY;
    if (Math.min(rowsFrom, ranges?.[0]?.from ?? Number.POSITIVE_INFINITY) < this.#toldUntil) {
      input.at = start;
      return false;
    }
    this.#length += length;
    this.#taken.push(batch);
    if (ranges === null) {
      for (let i = before; i < this.#length; i += 1)
        appendRange(this.#observed, openTime[i] as number, (openTime[i] as number) + width);
    } else for (const range of ranges) appendRange(this.#observed, range.from, range.to);
    this.#toldUntil = Math.max(
      length > 0 ? next : this.#toldUntil,
      this.#observed.at(-1)?.to ?? Number.NEGATIVE_INFINITY,
    );
    return true;
  }

  #readPrices(input: ByteReader, i: number, kind: number, before: number): number {
    const { open, high, low, close } = this.#numbers;
    if (kind === F64) {
      open[i] = input.f64();
      close[i] = input.f64();
      high[i] = input.f64();
      low[i] = input.f64();
    } else {
      const o = before + unzigzag(input.varint());
      const c = o + unzigzag(input.varint());
      open[i] = o;
      close[i] = c;
      high[i] = Math.max(o, c) + input.varint();
      low[i] = Math.min(o, c) - input.varint();
    }
    return close[i] as number;
  }

  /** Null when the numbers have no room on one grid. */
  finish(): CandleBase | null {
    const { openTime, open, high, low, close, volume, turnover, trades, source } = this.#numbers;
    const length = this.#length;
    const [priceDecimals, volumeDecimals, turnoverDecimals] = [
      this.#onOneGrid(0, [open, high, low, close]),
      this.#onOneGrid(1, [volume]),
      this.#onOneGrid(2, [turnover]),
    ];
    if (priceDecimals === undefined || volumeDecimals === undefined || turnoverDecimals === undefined) return null;
    const rows: CandleColumns = {
      interval: this.#step,
      length,
      openTime: openTime.subarray(0, length),
      priceDecimals,
      open: open.subarray(0, length),
      high: high.subarray(0, length),
      low: low.subarray(0, length),
      close: close.subarray(0, length),
      volumeDecimals,
      volume: volume.subarray(0, length),
      turnoverDecimals,
      turnover: turnover.subarray(0, length),
      trades: trades.subarray(0, length),
      source: source.subarray(0, length),
      coverage: new Uint32Array(length),
    };
    return withCoverage(rows, this.#observed);
  }

  /** Brings columns to the most decimals that a batch has, and returns those; undefined when there is no room. */
  #onOneGrid(which: number, columns: readonly SumArray[]): number | null | undefined {
    const decimals = this.#taken.map((batch) => batch.decimals[which] as number | null);
    const first = decimals[0] as number | null;
    if (decimals.every((one) => one === first)) return first;
    // those of batches without rows say nothing, but more decimals than needed do no harm
    const most = Math.max(...(decimals as number[]));
    let at = 0;
    for (const [i, { length }] of this.#taken.entries()) {
      const factor = 10 ** (most - (decimals[i] as number));
      for (const column of columns as readonly Float64Array[]) {
        for (let row = at; factor > 1 && row < at + length; row += 1) {
          const value = column[row] as number;
          if (value === UNKNOWN) continue;
          if (value * factor >= Number.MAX_SAFE_INTEGER) return undefined;
          column[row] = value * factor;
        }
      }
      at += length;
    }
    return most;
  }
}

const sums = (kind: number, rows: number): SumArray =>
  (kind & 3) === I64 ? new BigInt64Array(rows) : new Float64Array(rows);

/** Null: the rows' own spans. */
function readWatched(input: ByteReader, from: number): TimeRange[] | null {
  const kind = input.varint();
  if (kind === 0) return null;
  if (kind - 1 > input.remaining) throw new RangeError(`${kind - 1} watched ranges`);
  const ranges: TimeRange[] = [];
  let at = from;
  for (let i = 1; i < kind; i += 1) {
    const start = at + input.varint() * 1000;
    at = start + input.varint() * 1000;
    ranges.push({ from: start, to: at });
  }
  return ranges;
}

function readSum(input: ByteReader, values: SumArray, i: number, kind: number): void {
  if (values instanceof BigInt64Array) values[i] = input.i64();
  else values[i] = kind === VARINT ? input.varint() - 1 : input.f64();
}
