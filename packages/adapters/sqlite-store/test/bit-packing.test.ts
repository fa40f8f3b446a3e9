import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { packNumbers, unpackNumbers, unzigzag, zigzag } from '../src/bit-packing.ts';
import { ByteReader, ByteWriter } from '../src/bytes.ts';

/** The format in its plainest form: one big number per part of a group, cut into 32-bit words. */
function packSlowly(values: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let start = 0; start < values.length; start += 128) {
    const group = values.slice(start, start + 128).map(BigInt);
    const width = Math.max(...group.map((value) => (value === 0n ? 0 : value.toString(2).length)));
    bytes.push(width);
    const parts: (readonly [bits: number, part: bigint[]])[] = [
      [Math.min(width, 32), group.map((value) => value & 0xffffffffn)],
      [Math.max(width - 32, 0), group.map((value) => value >> 32n)],
    ];
    for (const [bits, part] of parts) {
      let all = 0n;
      for (const [i, value] of part.entries()) all |= value << BigInt(i * bits);
      const words = Math.ceil((part.length * bits) / 32);
      for (let byte = 0; byte < words * 4; byte += 1) bytes.push(Number((all >> BigInt(byte * 8)) & 255n));
    }
  }
  return bytes;
}

function pack(values: readonly number[]): Uint8Array {
  const out = new ByteWriter();
  packNumbers(out, Float64Array.from(values));
  return out.finish();
}

const numbersOf = (width: number): fc.Arbitrary<number> =>
  width === 54
    ? fc.constant(2 ** 53)
    : fc.maxSafeNat().map((value) => (width === 0 ? 0 : Math.floor(value / 2 ** (53 - width))));

describe('bit packing', () => {
  it.each(Array.from({ length: 55 }, (_, width) => width))(
    'numbers of %i bits: as the slow oracle packs them, and back',
    (width) => {
      const values = fc.array(numbersOf(width), { maxLength: 300 });
      fc.assert(
        fc.property(values, (some) => {
          const bytes = pack(some);
          expect([...bytes]).toEqual(packSlowly(some));
          const input = new ByteReader(bytes);
          expect([...unpackNumbers(input, some.length)]).toEqual(some);
          expect(input.remaining).toBe(0);
        }),
        cases(15),
      );
    },
  );

  it('the largest number of every width', () => {
    for (let width = 1; width <= 53; width += 1) {
      const values = [2 ** width - 1, 0, 2 ** width - 1, 1];
      expect([...unpackNumbers(new ByteReader(pack(values)), 4)]).toEqual(values);
    }
  });

  it('an illegal width and bytes that end too early are a RangeError', () => {
    expect(() => unpackNumbers(new ByteReader(Uint8Array.of(55, 0, 0, 0, 0, 0, 0, 0, 0)), 1)).toThrow(RangeError);
    expect(() => unpackNumbers(new ByteReader(Uint8Array.of(7, 0, 0)), 1)).toThrow(RangeError);
    expect(() => unpackNumbers(new ByteReader(new Uint8Array(0)), 1)).toThrow(RangeError);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53 + 2])('%d is no number to pack: a RangeError, not other bytes', (value) => {
    expect(() => pack([3, value, 4])).toThrow(RangeError);
  });

  it('zigzag: there and back, small for small numbers of either sign', () => {
    expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4]);
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }), (value) => {
        expect(unzigzag(zigzag(value))).toBe(value);
      }),
      cases(300),
    );
  });
});

describe('bytes', () => {
  it('varint: every whole number to 2^53 − 1, seven bits a byte', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.maxSafeNat()), (value) => {
        const out = new ByteWriter();
        out.varint(value);
        expect(out.length).toBe(Math.max(1, Math.ceil(value.toString(2).length / 7)));
        const input = new ByteReader(out.finish());
        expect(input.varint()).toBe(value);
        expect(input.remaining).toBe(0);
      }),
      cases(300),
    );
  });

  it('varint: a number above 2^53, and one that never ends, are a RangeError', () => {
    expect(() => new ByteReader(Uint8Array.from(Array(7).fill(255).concat(127, 1))).varint()).toThrow(RangeError);
    expect(() => new ByteReader(Uint8Array.from([...Array(500).fill(128), 0])).varint()).toThrow(RangeError);
  });

  it('all kinds of numbers in one buffer that grows', () => {
    const out = new ByteWriter();
    for (let i = 0; i < 2000; i += 1) {
      out.u8(i % 256);
      out.u32(i * 1_000_003);
      out.f64(i / 7);
      out.i64(-(BigInt(i) ** 5n));
    }
    out.setU32(1, 42);
    const input = new ByteReader(out.finish());
    for (let i = 0; i < 2000; i += 1) {
      expect([input.u8(), input.u32(), input.f64(), input.i64()]).toEqual([
        i % 256,
        i === 0 ? 42 : i * 1_000_003,
        i / 7,
        -(BigInt(i) ** 5n),
      ]);
    }
    expect(() => input.u8()).toThrow(RangeError);
  });
});
