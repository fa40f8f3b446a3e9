/**
 * One block of candles as bytes, format version 1. docs/block-format.md describes it for other languages.
 *
 *   header   u8 version = 1 · u8 decimals of price, volume, turnover (255: doubles) · u32 crc32 · varint rows
 *   slots    u8 0: varint first (rows without a hole) · u8 1: per row varint slots skipped since the row before
 *   watched  u8 0: exactly the rows' own spans · u8 1: varint count, then per range varint seconds skipped, varint seconds
 *   source   u8 code where all rows agree · u8 255: u8 code per row
 *   open, close, high, low    columns: zigzag(open − close before), zigzag(close − open), high − max(open, close), min(open, close) − low
 *   volume, turnover, trades  columns; turnover and trades u8 0: unknown in all rows · u8 1: known in all · u8 2: value + 1, 0 for unknown
 *
 * A column is u8 0: bit-packed (bit-packing.ts) · u8 1: f64 per row, as it is · u8 2: i64 per row, as it is.
 * The checksum covers the block's key and every byte, its own four read as 0. Rows' coverage follows from `watched`.
 */
import { crc32 } from 'node:zlib';
import { appendRange, type Interval, type TimeRange } from '@prate/domain';
import { type CandleBase, type CandleColumns, observedSeconds, type SumArray, UNKNOWN } from '@prate/domain/candles';
import { packNumbers, unpackNumbers, unzigzag, zigzag } from './bit-packing.ts';
import { blockStart, slotsPerBlock } from './block-grid.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

const VERSION = 1;
const DOUBLES = 255;
const CRC_AT = 4;
/** A difference of two prices below this, zigzagged, still fits the 53 bits of a packed number. */
const MAX_PACKED_PRICE = 2 ** 51;

/** What the block's place is: part of the checksum, so that a block under a wrong key is found. */
export interface BlockKey {
  readonly venue: string;
  readonly symbol: string;
  readonly step: Interval;
  /** Whether it belongs to a level rather than to what was written. */
  readonly isLevel: boolean;
  readonly block: number;
}

/** The bytes fail the checksum or break the format. */
export class BadBlockError extends Error {
  override readonly name = 'BadBlockError';
}

export function encodeBlock(key: BlockKey, { rows, observed }: CandleBase): Uint8Array {
  const out = new ByteWriter();
  out.u8(VERSION);
  for (const decimals of [rows.priceDecimals, rows.volumeDecimals, rows.turnoverDecimals]) out.u8(decimals ?? DOUBLES);
  out.u32(0);
  out.varint(rows.length);
  writeSlots(out, key, rows);
  writeWatched(out, key, rows, observed);
  writeSources(out, rows);
  writePrices(out, rows);
  writeColumn(out, rows.volume, rows.volumeDecimals);
  writeKnown(out, rows.turnover, rows.turnoverDecimals);
  writeKnown(out, rows.trades, 0);
  const bytes = out.finish();
  out.setU32(CRC_AT, checksum(key, bytes));
  return bytes;
}

/** @throws BadBlockError for anything that encodeBlock did not write under this key */
export function decodeBlock(key: BlockKey, bytes: Uint8Array): CandleBase {
  if (bytes.length < 9) throw new BadBlockError('it is too short');
  if (bytes[0] !== VERSION) throw new BadBlockError(`its format version is ${bytes[0]}, not ${VERSION}`);
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(CRC_AT, true);
  if (stored !== checksum(key, bytes)) throw new BadBlockError('its checksum does not match');
  try {
    return readBlock(key, bytes);
  } catch (error) {
    if (error instanceof RangeError)
      throw new BadBlockError(`it breaks the format: ${error.message}`, { cause: error });
    throw error;
  }
}

const NO_CHECKSUM = new Uint8Array(4);

function checksum({ venue, symbol, step, isLevel, block }: BlockKey, bytes: Uint8Array): number {
  const before = crc32(
    bytes.subarray(0, CRC_AT),
    crc32(`${venue}\n${symbol}\n${step.text}${isLevel ? ' level' : ''}\n${block}\n`),
  );
  return crc32(bytes.subarray(CRC_AT + 4), crc32(NO_CHECKSUM, before));
}

function readBlock(key: BlockKey, bytes: Uint8Array): CandleBase {
  const input = new ByteReader(bytes);
  input.u8();
  const [priceDecimals, volumeDecimals, turnoverDecimals] = [
    readDecimals(input),
    readDecimals(input),
    readDecimals(input),
  ];
  input.u32();
  const length = input.varint();
  if (length > slotsPerBlock(key.step)) throw new RangeError(`${length} rows`);
  const openTime = readSlots(input, key, length);
  const watched = readWatched(input, key);
  const source = readSources(input, length);
  const prices = readPrices(input, length);
  const volume = readColumn(input, length);
  const turnover = readKnown(input, length);
  const trades = readKnown(input, length);
  if (!(trades instanceof Float64Array)) throw new RangeError('trades of 64 bits');
  if (input.remaining !== 0) throw new RangeError(`${input.remaining} bytes too many`);
  const step = (key.step.seconds as number) * 1000;
  const observed = watched ?? spansOf(openTime, step);
  const rows: CandleColumns = {
    interval: key.step,
    length,
    openTime,
    priceDecimals,
    ...prices,
    volumeDecimals,
    volume,
    turnoverDecimals,
    turnover,
    trades,
    source,
    coverage:
      watched === null
        ? new Uint32Array(length).fill(step / 1000)
        : observedSeconds(observed, openTime, (at) => at + step),
  };
  return { rows, observed };
}

function readDecimals(input: ByteReader): number | null {
  const decimals = input.u8();
  if (decimals > 22 && decimals !== DOUBLES) throw new RangeError(`${decimals} decimals`);
  return decimals === DOUBLES ? null : decimals;
}

function writeSlots(out: ByteWriter, key: BlockKey, { openTime, length }: CandleColumns): void {
  const step = (key.step.seconds as number) * 1000;
  const start = blockStart(key.step, key.block);
  const slot = (i: number): number => ((openTime[i] as number) - start) / step;
  if (length > 0 && slot(length - 1) - slot(0) === length - 1) {
    out.u8(0);
    out.varint(slot(0));
    return;
  }
  out.u8(1);
  for (let i = 0; i < length; i += 1) out.varint(i === 0 ? slot(0) : slot(i) - slot(i - 1) - 1);
}

function readSlots(input: ByteReader, key: BlockKey, length: number): Float64Array {
  const step = (key.step.seconds as number) * 1000;
  const start = blockStart(key.step, key.block);
  const holes = input.u8();
  if (holes > 1) throw new RangeError(`slots of kind ${holes}`);
  const openTime = new Float64Array(length);
  let slot = -1;
  for (let i = 0; i < length; i += 1) {
    slot += 1 + (holes === 1 || i === 0 ? input.varint() : 0);
    openTime[i] = start + slot * step;
  }
  if (slot >= slotsPerBlock(key.step)) throw new RangeError(`slot ${slot}`);
  return openTime;
}

/** The rows' own spans, touching ones joined. */
function spansOf(openTime: Float64Array, step: number): TimeRange[] {
  const spans: TimeRange[] = [];
  for (const from of openTime) appendRange(spans, from, from + step);
  return spans;
}

function writeWatched(
  out: ByteWriter,
  key: BlockKey,
  { openTime }: CandleColumns,
  observed: readonly TimeRange[],
): void {
  const spans = spansOf(openTime, (key.step.seconds as number) * 1000);
  if (
    spans.length === observed.length &&
    spans.every((s, i) => s.from === observed[i]?.from && s.to === observed[i]?.to)
  ) {
    out.u8(0);
    return;
  }
  out.u8(1);
  out.varint(observed.length);
  let at = blockStart(key.step, key.block);
  for (const { from, to } of observed) {
    out.varint((from - at) / 1000);
    out.varint((to - from) / 1000);
    at = to;
  }
}

function readWatched(input: ByteReader, key: BlockKey): TimeRange[] | null {
  const kind = input.u8();
  if (kind === 0) return null;
  if (kind !== 1) throw new RangeError(`watched time of kind ${kind}`);
  const count = input.varint();
  if (count > input.remaining) throw new RangeError(`${count} watched ranges`);
  const ranges: TimeRange[] = [];
  let at = blockStart(key.step, key.block);
  const end = blockStart(key.step, key.block + 1);
  for (let i = 0; i < count; i += 1) {
    const from = at + input.varint() * 1000;
    at = from + input.varint() * 1000;
    if (at > end || at <= from || (i > 0 && from === ranges[i - 1]?.to))
      throw new RangeError('watched time outside the block');
    ranges.push({ from, to: at });
  }
  return ranges;
}

function writeSources(out: ByteWriter, { source }: CandleColumns): void {
  const first = source[0] ?? 0;
  if (source.every((code) => code === first)) out.u8(first);
  else {
    out.u8(DOUBLES);
    for (const code of source) out.u8(code);
  }
}

function readSources(input: ByteReader, length: number): Uint8Array {
  const first = input.u8();
  const source = new Uint8Array(length).fill(first);
  if (first === DOUBLES) for (let i = 0; i < length; i += 1) source[i] = input.u8();
  if (source.some((code) => code > 2)) throw new RangeError('an unknown source');
  return source;
}

function writePrices(out: ByteWriter, { open, high, low, close, priceDecimals, length }: CandleColumns): void {
  if (priceDecimals === null || high.some((price) => price >= MAX_PACKED_PRICE)) {
    out.u8(1);
    for (const column of [open, close, high, low]) for (const price of column) out.f64(price);
    return;
  }
  const deltas = [0, 1, 2, 3].map(() => new Float64Array(length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let before = 0;
  for (let i = 0; i < length; i += 1) {
    const [o, c] = [open[i] as number, close[i] as number];
    deltas[0][i] = zigzag(o - before);
    deltas[1][i] = zigzag(c - o);
    deltas[2][i] = (high[i] as number) - Math.max(o, c);
    deltas[3][i] = Math.min(o, c) - (low[i] as number);
    before = c;
  }
  out.u8(0);
  for (const column of deltas) packNumbers(out, column);
}

function readPrices(input: ByteReader, length: number): Pick<CandleColumns, 'open' | 'high' | 'low' | 'close'> {
  const kind = input.u8();
  if (kind > 1) throw new RangeError(`prices of kind ${kind}`);
  const read = (): Float64Array => (kind === 1 ? readDoubles(input, length) : unpackNumbers(input, length));
  const [open, close, high, low] = [read(), read(), read(), read()];
  if (kind === 1) return { open, high, low, close };
  let before = 0;
  for (let i = 0; i < length; i += 1) {
    const o = before + unzigzag(open[i] as number);
    const c = o + unzigzag(close[i] as number);
    open[i] = o;
    close[i] = c;
    high[i] = Math.max(o, c) + (high[i] as number);
    low[i] = Math.min(o, c) - (low[i] as number);
    before = c;
  }
  return { open, high, low, close };
}

function readDoubles(input: ByteReader, length: number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i += 1) values[i] = input.f64();
  return values;
}

function writeColumn(out: ByteWriter, values: SumArray, decimals: number | null): void {
  if (values instanceof BigInt64Array) {
    out.u8(2);
    for (const value of values) out.i64(value);
  } else if (decimals === null) {
    out.u8(1);
    for (const value of values) out.f64(value);
  } else {
    out.u8(0);
    packNumbers(out, values);
  }
}

function readColumn(input: ByteReader, length: number): SumArray {
  const kind = input.u8();
  if (kind === 0) return unpackNumbers(input, length);
  if (kind === 1) return readDoubles(input, length);
  if (kind !== 2) throw new RangeError(`a column of kind ${kind}`);
  const values = new BigInt64Array(length);
  for (let i = 0; i < length; i += 1) values[i] = input.i64();
  return values;
}

/** A column that may hold UNKNOWN. Only packed numbers need the shift by one: the others can hold −1. */
function writeKnown(out: ByteWriter, values: SumArray, decimals: number | null): void {
  let unknown = 0;
  for (const value of values) if (Number(value) === UNKNOWN) unknown += 1;
  if (unknown === values.length) out.u8(0);
  else if (unknown === 0 || decimals === null || values instanceof BigInt64Array) {
    out.u8(1);
    writeColumn(out, values, decimals);
  } else {
    out.u8(2);
    writeColumn(
      out,
      values.map((value) => value + 1),
      decimals,
    );
  }
}

function readKnown(input: ByteReader, length: number): SumArray {
  const kind = input.u8();
  if (kind === 0) return new Float64Array(length).fill(UNKNOWN);
  if (kind > 2) throw new RangeError(`a column of kind ${kind}`);
  const values = readColumn(input, length);
  if (kind === 1) return values;
  if (!(values instanceof Float64Array)) throw new RangeError('shifted numbers of 64 bits');
  return values.map((value) => value - 1);
}
