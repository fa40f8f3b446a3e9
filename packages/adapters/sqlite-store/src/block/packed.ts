import type { ByteReader, ByteWriter } from './bytes.ts';

/** Values that share one width. */
const GROUP = 128;

/** Bytes of the packed part of a group; a full one is packed in four lanes, the last one as one stream. */
const packedBytes = (count: number, width: number): number =>
  count === GROUP ? width * 16 : Math.ceil((count * width) / 8);

interface Choice {
  readonly width: number;
  /** Bytes of the high part of an exception. */
  readonly size: number;
  readonly exceptions: number;
}

/** The width that takes the fewest bytes, the larger of two: what is wider becomes an exception. */
function cheapest(group: Uint32Array): Choice {
  const counts = new Uint8Array(33);
  for (const value of group) counts[32 - Math.clz32(value)] = (counts[32 - Math.clz32(value)] as number) + 1;
  let largest = 32;
  while (largest > 0 && counts[largest] === 0) largest -= 1;
  let best: Choice = { width: largest, size: 1, exceptions: 0 };
  let least = packedBytes(group.length, largest);
  let exceptions = 0;
  for (let width = largest - 1; width >= 0; width -= 1) {
    exceptions += counts[width + 1] as number;
    const size = Math.ceil((largest - width) / 8);
    const bytes = packedBytes(group.length, width) + exceptions * (1 + size);
    if (bytes >= least) continue;
    least = bytes;
    best = { width, size, exceptions };
  }
  return best;
}

/**
 * A column of u32: first two bytes per group of 128 (width, exceptions' size and number), then per group the low bits of
 * all its values at one width, the positions of its exceptions, and their high bits.
 */
export function packColumn(out: ByteWriter, values: Uint32Array): void {
  const choices: Choice[] = [];
  for (let start = 0; start < values.length; start += GROUP) {
    const choice = cheapest(values.subarray(start, start + GROUP));
    choices.push(choice);
    out.u8(choice.width | ((choice.size - 1) << 6));
    out.u8(choice.exceptions);
  }
  for (const [g, { width, size, exceptions }] of choices.entries()) {
    const group = values.subarray(g * GROUP, (g + 1) * GROUP);
    out.bytes(packGroup(group, width));
    if (exceptions === 0) continue;
    for (const [i, value] of group.entries()) if (highBits(value, width) !== 0) out.u8(i);
    for (const value of group) {
      const high = highBits(value, width);
      if (high !== 0) for (let byte = 0; byte < size; byte += 1) out.u8((high >>> (8 * byte)) & 255);
    }
  }
}

/** A shift by 32 would be a shift by 0. */
const highBits = (value: number, width: number): number => (width === 32 ? 0 : value >>> width);
const maskOf = (width: number): number => (width === 32 ? -1 : (1 << width) - 1);

function packGroup(group: Uint32Array, width: number): Uint8Array {
  const lanes = group.length === GROUP ? 4 : 1;
  const words = new Uint32Array(Math.ceil((Math.ceil(group.length / lanes) * width) / 32) * lanes);
  for (const [i, value] of group.entries()) {
    const bit = Math.floor(i / lanes) * width;
    const at = Math.floor(bit / 32) * lanes + (i % lanes);
    const shift = bit % 32;
    const bits = value & maskOf(width);
    if (width > 0) words[at] = (words[at] as number) | (bits << shift);
    if (shift + width > 32) words[at + lanes] = bits >>> (32 - shift);
  }
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  return bytes.subarray(0, packedBytes(group.length, width));
}

/** @throws RangeError for what packColumn did not write */
export function unpackColumn(input: ByteReader, count: number): Uint32Array {
  const values = new Uint32Array(count);
  const groups = Math.ceil(count / GROUP);
  const heads = Array.from({ length: groups }, () => [input.u8(), input.u8()] as const);
  for (const [g, [first, exceptions]] of heads.entries()) {
    const group = values.subarray(g * GROUP, Math.min((g + 1) * GROUP, count));
    const width = first & 63;
    if (width > 32) throw new RangeError(`a width of ${width} bits`);
    if (exceptions > group.length) throw new RangeError(`${exceptions} exceptions among ${group.length}`);
    unpackGroup(input.bytes(packedBytes(group.length, width)), group, width);
    const positions = input.bytes(exceptions);
    for (const position of positions) {
      let high = 0;
      for (let byte = 0; byte <= first >> 6; byte += 1) high |= input.u8() << (8 * byte);
      if (position >= group.length || width === 32) throw new RangeError(`an exception at ${position}`);
      group[position] = (group[position] as number) | (high << width);
    }
  }
  return values;
}

function unpackGroup(bytes: Uint8Array, group: Uint32Array, width: number): void {
  const lanes = group.length === GROUP ? 4 : 1;
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  for (let i = 0; i < group.length && width > 0; i += 1) {
    const bit = Math.floor(i / lanes) * width;
    const at = (Math.floor(bit / 32) * lanes + (i % lanes)) * 4;
    const shift = bit % 32;
    let bits = view.getUint32(at, true) >>> shift;
    if (shift + width > 32) bits |= view.getUint32(at + lanes * 4, true) << (32 - shift);
    group[i] = bits & maskOf(width);
  }
}
