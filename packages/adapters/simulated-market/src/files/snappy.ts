import { DamagedError } from './thrift.ts';

/**
 * Unpacks Snappy: after the length, pieces that are either bytes as they are or copies of bytes already unpacked. hyparquet's
 * own goes round for ever where the length of a piece is damaged.
 *
 * @param length of the unpacked bytes
 * @throws DamagedError when the data unpacks to anything else
 */
export function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let at = 0;
  let written = 0;
  const number = (bytes: number): number => {
    if (at + bytes > input.length) throw new DamagedError('the Snappy data ends too early');
    let value = 0;
    for (let i = 0; i < bytes; i += 1) value += (input[at + i] as number) * 2 ** (8 * i);
    at += bytes;
    return value;
  };
  while (number(1) >= 0x80); // the length, which the caller knows
  while (at < input.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const size = tag < 240 ? (tag >> 2) + 1 : number((tag >> 2) - 59) + 1;
      if (at + size > input.length || written + size > length)
        throw new DamagedError('a piece of Snappy data is too long');
      output.set(input.subarray(at, at + size), written);
      at += size;
      written += size;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? (tag >> 5) * 256 + number(1) : number(kind === 2 ? 2 : 4);
    if (back === 0 || back > written || written + size > length)
      throw new DamagedError('a copy in Snappy data reaches too far');
    for (let i = 0; i < size; i += 1, written += 1) output[written] = output[written - back] as number; // may overlap
  }
  if (written !== length) throw new DamagedError(`the Snappy data unpacks to ${written} bytes instead of ${length}`);
  return output;
}
