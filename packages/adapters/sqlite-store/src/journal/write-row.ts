import type { TimeRange } from '@prate/domain';
import type { CandleBase, CandleColumns, SumArray } from '@prate/domain/candles';
import { ByteWriter } from '../block/bytes.ts';
import { zigzag } from '../block/numbers.ts';
import { CRC_AT, checksum, DOUBLES, F64, I64, VARINT, VERSION } from './format.ts';
import type { JournalEntry } from './read-row.ts';

/** A difference of two prices below this, zigzagged, still is a varint. */
const MAX_PRICE = 2 ** 51;

/** Makes one row after the other, in memory that it uses again. */
export class JournalRowWriter {
  readonly #out = new ByteWriter();
  readonly #batch = new ByteWriter();
  #from = 0;

  /** @param from the first moment that any of the row's batches tells of, epoch ms */
  begin(from: number): void {
    const out = this.#out;
    this.#from = from;
    out.length = 0;
    out.u8(VERSION);
    out.u32(0);
    out.varint(zigzag(from / 1000));
  }

  add(streamId: number, name: number, base: CandleBase): void {
    const batch = this.#batch;
    batch.length = 0;
    writeBatch(batch, base, this.#from);
    this.addEntry({ streamId, nameCrc: name, batch: batch.finish() });
  }

  /** A batch of another row that begins at the same moment, as it is. */
  addEntry({ streamId, nameCrc, batch }: Omit<JournalEntry, 'from'>): void {
    const out = this.#out;
    out.varint(streamId);
    out.u32(nameCrc);
    out.varint(batch.length);
    out.bytes(batch);
  }

  /** A view that the next row overwrites. */
  finish(id: number): Uint8Array {
    const bytes = this.#out.finish();
    this.#out.setU32(CRC_AT, checksum(id, bytes));
    return bytes;
  }
}

function writeBatch(out: ByteWriter, { rows, observed }: CandleBase, from: number): void {
  const { length, source } = rows;
  out.u8(rows.priceDecimals ?? DOUBLES);
  out.u8(rows.volumeDecimals ?? DOUBLES);
  out.u8(rows.turnoverDecimals ?? DOUBLES);
  const [prices, volume, turnover, trades] = [
    kindOfPrices(rows),
    kindOfSums(rows.volume, length),
    kindOfSums(rows.turnover, length),
    kindOfSums(rows.trades, length),
  ];
  out.u8(prices | (volume << 2) | (turnover << 4) | (trades << 6));
  out.varint(length);
  writeWatched(out, rows, observed, from);
  const width = (rows.interval.seconds as number) * 1000;
  let [next, close] = [from, 0];
  for (let i = 0; i < length; i += 1) {
    const open = rows.openTime[i] as number;
    out.varint((open - next) / (i === 0 ? 1000 : width));
    next = open + width;
    out.u8(source[i] as number);
    close = writePrices(out, rows, i, prices, close);
    writeSum(out, rows.volume[i] as number | bigint, volume);
    writeSum(out, rows.turnover[i] as number | bigint, turnover);
    writeSum(out, rows.trades[i] as number, trades);
  }
}

function kindOfPrices({ high, priceDecimals, length }: CandleColumns): number {
  if (priceDecimals === null) return F64;
  for (let i = 0; i < length; i += 1) if ((high[i] as number) >= MAX_PRICE) return F64;
  return VARINT;
}

function kindOfSums(values: SumArray, length: number): number {
  if (values instanceof BigInt64Array) return I64;
  for (let i = 0; i < length; i += 1) {
    const value = values[i] as number;
    if (!Number.isInteger(value) || value >= Number.MAX_SAFE_INTEGER) return F64;
  }
  return VARINT;
}

function writeWatched(out: ByteWriter, rows: CandleColumns, observed: readonly TimeRange[], from: number): void {
  if (areSpans(rows, observed)) {
    out.varint(0);
    return;
  }
  out.varint(observed.length + 1);
  let at = from;
  for (const range of observed) {
    out.varint((range.from - at) / 1000);
    out.varint((range.to - range.from) / 1000);
    at = range.to;
  }
}

function areSpans({ openTime, length, interval }: CandleColumns, observed: readonly TimeRange[]): boolean {
  const width = (interval.seconds as number) * 1000;
  let range = 0;
  for (let i = 0; i < length; range += 1) {
    const from = openTime[i] as number;
    let to = from + width;
    for (i += 1; i < length && openTime[i] === to; i += 1) to += width;
    if (observed[range]?.from !== from || observed[range]?.to !== to) return false;
  }
  return range === observed.length;
}

function writePrices(out: ByteWriter, rows: CandleColumns, i: number, kind: number, before: number): number {
  const [open, close] = [rows.open[i] as number, rows.close[i] as number];
  const [high, low] = [rows.high[i] as number, rows.low[i] as number];
  if (kind === F64) {
    for (const price of [open, close, high, low]) out.f64(price);
  } else {
    out.varint(zigzag(open - before));
    out.varint(zigzag(close - open));
    out.varint(high - Math.max(open, close));
    out.varint(Math.min(open, close) - low);
  }
  return close;
}

function writeSum(out: ByteWriter, value: number | bigint, kind: number): void {
  if (typeof value === 'bigint') out.i64(value);
  else if (kind === VARINT) out.varint(value + 1);
  else out.f64(value);
}
