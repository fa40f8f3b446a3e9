import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { ByteReader, ByteWriter } from '../../src/block/bytes.ts';
import { unzigzag, zigzag } from '../../src/block/numbers.ts';
import { packColumn, unpackColumn } from '../../src/block/packed.ts';

function pack(values: readonly number[]): Uint8Array {
  const out = new ByteWriter();
  packColumn(out, Uint32Array.from(values));
  return out.finish();
}

/** The format in its plainest form, with every group's width given: one big number per lane, cut into bytes. */
function packSlowly(values: readonly number[], widths: readonly number[]): number[] {
  const heads: number[] = [];
  const bodies: number[] = [];
  for (const [g, width] of widths.entries()) {
    const group = values.slice(g * 128, (g + 1) * 128).map(BigInt);
    const lanes = group.length === 128 ? 4 : 1;
    const low = Array.from({ length: lanes }, () => 0n);
    for (const [i, value] of group.entries())
      low[i % lanes] =
        (low[i % lanes] as bigint) | ((value & ((1n << BigInt(width)) - 1n)) << BigInt(Math.floor(i / lanes) * width));
    const byte = (number: bigint, at: number): number => Number((number >> BigInt(at * 8)) & 255n);
    if (lanes === 1)
      for (let at = 0; at < Math.ceil((group.length * width) / 8); at += 1) bodies.push(byte(low[0] as bigint, at));
    else
      for (let word = 0; word < width; word += 1)
        for (const lane of low) for (let at = 0; at < 4; at += 1) bodies.push(byte(lane, word * 4 + at));
    const high = group.map((value) => value >> BigInt(width));
    const largest = Math.max(...high.map((value) => (value === 0n ? 0 : value.toString(2).length)));
    const size = Math.max(1, Math.ceil(largest / 8));
    const exceptions = high.flatMap((value, i) => (value === 0n ? [] : [[i, value] as const]));
    heads.push(width | ((size - 1) << 6), exceptions.length);
    for (const [i] of exceptions) bodies.push(i);
    for (const [, value] of exceptions) for (let at = 0; at < size; at += 1) bodies.push(byte(value, at));
  }
  return [...heads, ...bodies];
}

/** Mostly of some bits, now and then more: as real columns are. */
const column = fc
  .integer({ min: 0, max: 32 })
  .chain((bits) =>
    fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.nat(2 ** Math.min(bits, 31) - 1) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 32 - 1 }) },
      ),
      { maxLength: 300 },
    ),
  );

describe('packed columns', () => {
  it('bytes are those of the slow oracle at the width that takes the fewest, and read back', () => {
    fc.assert(
      fc.property(column, (values) => {
        const bytes = pack(values);
        const groups = Math.ceil(values.length / 128);
        const widths = Array.from({ length: groups }, (_, g) => (bytes[g * 2] as number) & 63);
        expect([...bytes]).toEqual(packSlowly(values, widths));
        for (let g = 0; g < groups; g += 1) {
          const group = values.slice(g * 128, (g + 1) * 128);
          const lengths = Array.from({ length: 33 }, (_, width) => packSlowly(group, [width]).length);
          expect(lengths[widths[g] as number]).toBe(Math.min(...lengths));
        }
        const input = new ByteReader(bytes);
        expect([...unpackColumn(input, values.length)]).toEqual(values);
        expect(input.remaining).toBe(0);
      }),
      cases(300),
    );
  });

  it('every truncation is a RangeError', () => {
    const bytes = pack(Array.from({ length: 200 }, (_, i) => (i % 9 === 0 ? 2 ** 32 - 1 : i)));
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => unpackColumn(new ByteReader(bytes.subarray(0, length)), 200)).toThrow(RangeError);
  });

  it('a width above 32, more exceptions than values and an exception beyond its group are refused', () => {
    const read = (...bytes: number[]): Uint32Array => unpackColumn(new ByteReader(Uint8Array.from(bytes)), 2);
    expect([...read(4, 0, 0x21)]).toEqual([1, 2]);
    expect(() => read(33, 0, ...Array(16).fill(0))).toThrow('a width of 33 bits');
    expect(() => read(4, 3, 0x21, 0, 0, 0, 0, 0, 0)).toThrow('3 exceptions among 2');
    expect(() => read(4, 1, 0x21, 2, 1)).toThrow('an exception at 2');
  });

  it('zigzag: small numbers of either sign, and back', () => {
    expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4]);
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (value) => {
        expect(unzigzag(zigzag(value))).toBe(value);
      }),
      cases(500),
    );
  });
});
