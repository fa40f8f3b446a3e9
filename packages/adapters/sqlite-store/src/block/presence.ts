/** Which slots of a block have rows, which of the rows are active, and which time was watched. */
import { appendRange, sameRanges, type TimeRange } from '@prate/domain';
import { type ByteReader, ByteWriter } from './bytes.ts';
import { blockEnd, blockStart, slotsPerBlock } from './grid.ts';
import { Actives, Slots, Watched } from './head.ts';
import { packColumn, unpackColumn } from './packed.ts';
import type { BlockKey } from './seal.ts';

const stepMs = ({ step }: BlockKey): number => (step.seconds as number) * 1000;

/** A set of numbers as how many are skipped before each. */
function packGaps(numbers: Uint32Array): Uint8Array {
  const out = new ByteWriter();
  packColumn(
    out,
    numbers.map((number, i) => (i === 0 ? number : number - (numbers[i - 1] as number) - 1)),
  );
  return out.finish();
}

function unpackGaps(input: ByteReader, count: number, end: number): Uint32Array {
  const numbers = unpackColumn(input, count);
  let next = 0;
  for (let i = 0; i < count; i += 1) {
    const number = next + (numbers[i] as number);
    if (number >= end) throw new RangeError(`number ${number} of ${end}`);
    numbers[i] = number;
    next = number + 1;
  }
  return numbers;
}

const bitsOf = (numbers: Uint32Array, length: number): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(length / 8));
  for (const number of numbers) bits[number >> 3] = (bits[number >> 3] as number) | (1 << (number & 7));
  return bits;
};

export const hasBit = (bits: Uint8Array, i: number): boolean => (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;

/** The numbers below `length` whose bits are set. */
function numbersOf(bits: Uint8Array, length: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  let found = 0;
  for (let i = 0; i < length; i += 1) if (hasBit(bits, i)) numbers[found++] = i;
  return numbers;
}

/** How many bits of a byte are set. */
const BIT_COUNTS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function ensureCount(bits: Uint8Array, length: number, count: number): void {
  let found = 0;
  for (let i = 0; i < bits.length; i += 1) found += BIT_COUNTS[bits[i] as number] as number;
  if (found !== count) throw new RangeError(`${found} bits set instead of ${count}`);
  const beyond = length % 8 === 0 ? 0 : (bits[bits.length - 1] as number) >> (length % 8);
  if (beyond !== 0) throw new RangeError(`a bit is set beyond the last of ${length}`);
}

/** A section and the kind that the head tells. */
interface Section<K> {
  readonly kind: K;
  readonly bytes: Uint8Array;
}

export function slotsSection(key: BlockKey, openTime: Float64Array): Section<Slots> {
  const [start, step] = [blockStart(key.step, key.block), stepMs(key)];
  const first = openTime.length === 0 ? 0 : ((openTime[0] as number) - start) / step;
  const last = ((openTime[openTime.length - 1] as number) - start) / step;
  if (openTime.length === 0 || last - first === openTime.length - 1)
    return { kind: Slots.RUN, bytes: Uint8Array.of(first & 255, first >> 8) };
  const slots = Uint32Array.from(openTime, (open) => (open - start) / step);
  const gaps = packGaps(slots);
  const length = slotsPerBlock(key.step);
  return gaps.length < length / 8
    ? { kind: Slots.GAPS, bytes: gaps }
    : { kind: Slots.BITS, bytes: bitsOf(slots, length) };
}

/** The slot of the first row where all follow without a hole, or the slot of each. */
export function readSlots(input: ByteReader, key: BlockKey, kind: Slots, rows: number): number | Uint32Array {
  const length = slotsPerBlock(key.step);
  if (kind === Slots.GAPS) return unpackGaps(input, rows, length);
  if (kind === Slots.BITS) {
    const bits = input.bytes(length / 8);
    ensureCount(bits, length, rows);
    return numbersOf(bits, length, rows);
  }
  const first = input.u16();
  if (first + rows > length) throw new RangeError(`slot ${first} of ${rows} rows`);
  return first;
}

export function openTimes(key: BlockKey, slots: number | Uint32Array, rows: number): Float64Array {
  const [start, step] = [blockStart(key.step, key.block), stepMs(key)];
  const openTime = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1)
    openTime[i] = start + (typeof slots === 'number' ? slots + i : (slots[i] as number)) * step;
  return openTime;
}

/** Few of a kind are listed, as long as that takes less than a bit per row. */
const FEW = 1 / 16;

/** @param bits one per row, set for the active ones */
export function activesSection(bits: Uint8Array, rows: number, active: number): Section<Actives> {
  if (active === rows) return { kind: Actives.ALL, bytes: new Uint8Array(0) };
  const few = active <= rows * FEW ? Actives.GAPS : rows - active <= rows * FEW ? Actives.FLAT_GAPS : null;
  if (few !== null) {
    const listed = few === Actives.GAPS ? bits : invert(bits);
    const gaps = packGaps(numbersOf(listed, rows, few === Actives.GAPS ? active : rows - active));
    if (gaps.length < bits.length) return { kind: few, bytes: gaps };
  }
  return { kind: Actives.BITS, bytes: bits };
}

const invert = (bits: Uint8Array): Uint8Array => bits.map((byte) => ~byte);

/** One bit per row, set for the active ones; null: all are. */
export function readActives(input: ByteReader, kind: Actives, rows: number, active: number): Uint8Array | null {
  if (kind === Actives.ALL) return null;
  if (kind === Actives.BITS) {
    const bits = input.bytes(Math.ceil(rows / 8));
    ensureCount(bits, rows, active);
    return bits;
  }
  const count = kind === Actives.GAPS ? active : rows - active;
  const bits = bitsOf(unpackGaps(input, count, rows), rows);
  return kind === Actives.GAPS ? bits : invert(bits);
}

/** The rows' own spans, touching ones joined. */
export function spansOf(openTime: Float64Array, step: number): TimeRange[] {
  const spans: TimeRange[] = [];
  for (const from of openTime) appendRange(spans, from, from + step);
  return spans;
}

export function watchedSection(
  key: BlockKey,
  openTime: Float64Array,
  observed: readonly TimeRange[],
): Section<Watched> {
  const nothing = new Uint8Array(0);
  const [start, end] = [blockStart(key.step, key.block), blockEnd(key.step, key.block)];
  if (observed.length === 1 && observed[0]?.from === start && observed[0].to === end)
    return { kind: Watched.ALL, bytes: nothing };
  if (sameRanges(spansOf(openTime, stepMs(key)), observed)) return { kind: Watched.ROWS, bytes: nothing };
  const out = new ByteWriter();
  out.varint(observed.length);
  let at = start;
  for (const { from, to } of observed) {
    out.varint((from - at) / 1000);
    out.varint((to - from) / 1000);
    at = to;
  }
  return { kind: Watched.RANGES, bytes: out.finish() };
}

/** The ranges; null: the rows' own spans. */
export function readWatched(input: ByteReader, key: BlockKey, kind: Watched): TimeRange[] | null {
  if (kind === Watched.ROWS) return null;
  const end = blockEnd(key.step, key.block);
  let at = blockStart(key.step, key.block);
  if (kind === Watched.ALL) return [{ from: at, to: end }];
  const count = input.varint();
  if (count > input.remaining) throw new RangeError(`${count} watched ranges`);
  const ranges: TimeRange[] = [];
  for (let i = 0; i < count; i += 1) {
    const from = at + input.varint() * 1000;
    at = from + input.varint() * 1000;
    if (at > end || at <= from || (i > 0 && from === ranges[i - 1]?.to))
      throw new RangeError('watched time outside the block');
    ranges.push({ from, to: at });
  }
  return ranges;
}
