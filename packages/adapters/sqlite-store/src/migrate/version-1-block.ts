/**
 * Reads blocks of format version 1, which stores made before version 2 hold; nothing writes them any more.
 *
 *   header   u8 version = 1 · u8 decimals of price, volume, turnover (255: doubles) · u32 crc32 · varint rows
 *   slots    u8 0: varint first (rows without a hole) · u8 1: per row varint slots skipped since the row before
 *   watched  u8 0: exactly the rows' own spans · u8 1: varint count, then per range varint seconds skipped, varint seconds
 *   source   u8 code where all rows agree · u8 255: u8 code per row
 *   open, close, high, low    columns: zigzag(open − close before), zigzag(close − open), high − max(open, close), min(open, close) − low
 *   volume, turnover, trades  columns; turnover and trades u8 0: unknown in all rows · u8 1: known in all · u8 2: value + 1, 0 for unknown
 *
 * A column is u8 0: bit-packed, in groups of 128 of one width · u8 1: f64 per row, as it is · u8 2: i64 per row, as it is.
 */
import type { TimeRange } from '@prate/domain';
import { type CandleBase, type CandleColumns, observedSeconds, type SumArray, UNKNOWN } from '@prate/domain/candles';
import { ByteReader } from '../block/bytes.ts';
import { blockStart, slotsPerBlock } from '../block/grid.ts';
import { undoDifferences } from '../block/numbers.ts';
import { spansOf } from '../block/presence.ts';
import { type BlockKey, ensureSealed, reading } from '../block/seal.ts';

const VERSION = 1;
const DOUBLES = 255;
const GROUP = 128;
const TWO_32 = 2 ** 32;
const MAX_WIDTH = 54;
/** @throws BadBlockError for anything that version 1 did not write under this key */
export function decodeVersion1(key: BlockKey, bytes: Uint8Array): CandleBase {
  ensureSealed(key, bytes, VERSION);
  return reading(() => readBlock(key, bytes));
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

function readSources(input: ByteReader, length: number): Uint8Array {
  const first = input.u8();
  const source = new Uint8Array(length).fill(first);
  if (first === DOUBLES) for (let i = 0; i < length; i += 1) source[i] = input.u8();
  if (source.some((code) => code > 2)) throw new RangeError('an unknown source');
  return source;
}

function readPrices(input: ByteReader, length: number): Pick<CandleColumns, 'open' | 'high' | 'low' | 'close'> {
  const kind = input.u8();
  if (kind > 1) throw new RangeError(`prices of kind ${kind}`);
  const read = (): Float64Array => (kind === 1 ? readDoubles(input, length) : unpackNumbers(input, length));
  const [open, close, high, low] = [read(), read(), read(), read()];
  if (kind === 1) return { open, high, low, close };
  return undoDifferences({ open, high, low, close }, 0);
}

function readDoubles(input: ByteReader, length: number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i += 1) values[i] = input.f64();
  return values;
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

function readKnown(input: ByteReader, length: number): SumArray {
  const kind = input.u8();
  if (kind === 0) return new Float64Array(length).fill(UNKNOWN);
  if (kind > 2) throw new RangeError(`a column of kind ${kind}`);
  const values = readColumn(input, length);
  if (kind === 1) return values;
  if (!(values instanceof Float64Array)) throw new RangeError('shifted numbers of 64 bits');
  return values.map((value) => value - 1);
}

/** @throws RangeError when a width is illegal or the bytes end too early */
function unpackNumbers(input: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let start = 0; start < count; start += GROUP) {
    const group = values.subarray(start, Math.min(start + GROUP, count));
    const width = input.u8();
    if (width > MAX_WIDTH) throw new RangeError(`a width of ${width} bits`);
    unpackWords(input, group, Math.min(width, 32), 1);
    if (width > 32) unpackWords(input, group, width - 32, TWO_32);
  }
  return values;
}

function unpackWords(input: ByteReader, group: Float64Array, width: number, factor: number): void {
  if (width === 0) return;
  const mask = width === 32 ? 0xffffffff : (1 << width) - 1;
  let word = 0;
  let left = 0; // unread bits of the word, its lowest
  for (let i = 0; i < group.length; i += 1) {
    let bits = word;
    if (left < width) {
      const next = input.u32();
      bits = left === 0 ? next : word | (next << left);
      const taken = width - left; // bits of `next` that this value uses
      word = taken === 32 ? 0 : next >>> taken;
      left = 32 - taken;
    } else {
      word = width === 32 ? 0 : word >>> width;
      left -= width;
    }
    group[i] = (group[i] as number) + ((bits & mask) >>> 0) * factor;
  }
}
