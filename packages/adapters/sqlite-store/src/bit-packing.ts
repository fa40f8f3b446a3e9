import type { ByteReader, ByteWriter } from './bytes.ts';

/** Values that share one width; a directory byte in front of each group tells it. */
const GROUP = 128;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** 2^53 itself occurs: the largest number of a column, shifted by one. */
const MAX_WIDTH = 54;

/**
 * Whole numbers from 0 to 2^53, in groups of 128: one byte with the width in bits of the group's largest, then its values
 * at that width, lowest bits first, in 32-bit little-endian words. Widths above 32 are packed as the low 32 bits of all
 * values and then the high bits of all.
 * @throws RangeError for any other number: what could not be read again is not written
 */
export function packNumbers(out: ByteWriter, values: Float64Array): void {
  for (let start = 0; start < values.length; start += GROUP) {
    const group = values.subarray(start, start + GROUP);
    let largest = 0;
    for (const value of group) {
      if (!(Number.isInteger(value) && value >= 0 && value <= TWO_53))
        throw new RangeError(`${value} cannot be packed`);
      if (value > largest) largest = value;
    }
    const width = bitsOf(largest);
    out.u8(width);
    packWords(out, group, Math.min(width, 32), (value) => value % TWO_32);
    if (width > 32) packWords(out, group, width - 32, (value) => Math.floor(value / TWO_32));
  }
}

/** @throws RangeError when a width is illegal or the bytes end too early */
export function unpackNumbers(input: ByteReader, count: number): Float64Array {
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

function bitsOf(value: number): number {
  return value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / TWO_32));
}

function packWords(out: ByteWriter, group: Float64Array, width: number, part: (value: number) => number): void {
  if (width === 0) return;
  let word = 0;
  let used = 0;
  for (const value of group) {
    const bits = part(value) | 0;
    word |= bits << used;
    used += width;
    if (used >= 32) {
      out.u32(word >>> 0);
      used -= 32;
      // what did not fit; a shift by 32 would be a shift by 0
      word = used === 0 ? 0 : bits >>> (width - used);
    }
  }
  if (used > 0) out.u32(word >>> 0);
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

/** Small numbers of either sign as numbers at or above 0: 0, −1, 1, −2, 2 … */
export const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);
export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
