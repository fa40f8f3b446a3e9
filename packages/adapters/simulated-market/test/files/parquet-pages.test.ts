import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { checkPages } from '../../src/files/parquet-pages.ts';
import { unpackSnappy } from '../../src/files/snappy.ts';
import { DamagedError, ThriftReader } from '../../src/files/thrift.ts';

/** A struct in Thrift's compact protocol: the numbers and structs of its fields, by their ids. */
type Fields = Readonly<Record<number, number | boolean | object>>;
function thrift(fields: Fields): number[] {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  let last = 0;
  const bytes = Object.entries(fields).flatMap(([key, value]) => {
    const [id, step] = [Number(key), Number(key) - last];
    last = id;
    if (typeof value === 'boolean') return [step * 16 + (value ? 1 : 2)];
    if (typeof value === 'number')
      return [step * 16 + 5, ...varint((value < 0 ? -value * 2 - 1 : value * 2) % 2 ** 32)];
    return [step * 16 + 12, ...thrift(value as Fields)];
  });
  return [...bytes, 0];
}

interface Page {
  readonly values: number;
  readonly encoding?: number;
  readonly length?: number;
  readonly crc?: number;
  readonly body: readonly number[];
}
/** A data page of version 1. */
const page = ({ values, encoding = 0, body, length = body.length, crc }: Page): number[] => [
  ...thrift({
    1: 0,
    2: length,
    3: body.length,
    ...(crc === undefined ? {} : { 4: crc }),
    5: { 1: values, 2: encoding, 3: 3, 4: 3 },
  }),
  ...body,
];
const zeros = (n: number): number[] => new Array<number>(n).fill(0);
const MEMORY = 2 ** 30;

describe('a page is looked at before it is decoded', () => {
  const required: SchemaElement = { name: 'x', type: 'INT64', repetition_type: 'REQUIRED' };
  const optional: SchemaElement = { ...required, repetition_type: 'OPTIONAL' };
  const text: SchemaElement = { ...required, type: 'BYTE_ARRAY' };
  const check = (
    bytes: readonly number[] | Uint8Array,
    element: SchemaElement,
    rows: number,
    codec: 'UNCOMPRESSED' | 'GZIP' = 'UNCOMPRESSED',
  ): number => checkPages(Uint8Array.from(bytes), { element, codec, rows }, MEMORY);
  const levels = (...bytes: number[]): number[] => [bytes.length, 0, 0, 0, ...bytes];

  it('a good one passes, and tells what it takes', () => {
    expect(check(page({ values: 3, body: zeros(24) }), required, 3)).toBe(24 + 3 * 8);
    expect(check(page({ values: 3, body: [...levels(4, 1, 2, 0), ...zeros(16)] }), optional, 3)).toBeGreaterThan(0);
    expect(check(page({ values: 2, body: [1, 0, 0, 0, 65, 0, 0, 0, 0] }), text, 2)).toBeGreaterThan(2 * 100);
  });

  it.each<readonly [string, number[], SchemaElement, number, string]>([
    [
      'a run of 2^30 levels',
      page({ values: 3, body: [...levels(254, 255, 255, 255, 7, 1), ...zeros(24)] }),
      optional,
      3,
      'a run of 1073741823 is longer than the 3 values',
    ],
    [
      'a packed run of no values',
      page({ values: 3, body: [...levels(1, 1, 1), ...zeros(24)] }),
      optional,
      3,
      'a run of 0 does not go with',
    ],
    [
      'packed values that are longer than the levels',
      page({ values: 800, body: [...levels(201, 1, 255), ...zeros(6400)] }),
      optional,
      800,
      'go beyond the end',
    ],
    [
      'levels that are longer than the page',
      page({ values: 3, body: [255, 255, 255, 255, ...zeros(24)] }),
      optional,
      3,
      'its levels are longer than its page',
    ],
    [
      'fewer values than it says',
      page({ values: 4, body: zeros(24) }),
      required,
      4,
      'a page of 24 bytes has no 4 values',
    ],
    ['a text that goes on', page({ values: 1, body: [9, 0, 0, 0, 65] }), text, 1, 'a text goes beyond its page'],
    ['more rows than the group', page({ values: 3, body: zeros(24) }), required, 2, 'more than the 2 rows'],
    [
      'fewer rows than the group',
      page({ values: 3, body: zeros(24) }),
      required,
      2_000_000_000,
      'its pages have 3 rows',
    ],
    ['less than no values', page({ values: -1, body: zeros(24) }), required, 3, 'the number of values of a page is -1'],
    [
      'less than no bytes',
      [...thrift({ 1: 0, 2: 24, 3: -8, 5: { 1: 3, 2: 0 } }), ...zeros(24)],
      required,
      3,
      'the packed size of a page is -8',
    ],
    ['another checksum', page({ values: 3, body: zeros(24), crc: 7 }), required, 3, 'a page fails its checksum'],
    [
      'indices without a dictionary',
      page({ values: 3, encoding: 8, body: [1, 6, 0] }),
      required,
      3,
      'a page lacks its dictionary',
    ],
    [
      'texts made of those before them',
      page({ values: 3, encoding: 7, body: zeros(24) }),
      text,
      3,
      'encoding 7 of BYTE_ARRAY is not read',
    ],
    [
      'deltas in no parts',
      page({ values: 3, encoding: 5, body: [128, 1, 0, 3, 0, ...zeros(24)] }),
      required,
      3,
      '128 deltas in 0 parts',
    ],
    [
      'deltas in less than no parts',
      page({ values: 3, encoding: 5, body: [128, 1, 255, 255, 255, 255, 15, 3, 0, ...zeros(24)] }),
      required,
      3,
      'deltas in -1 parts',
    ],
    [
      'a delta that never ends',
      page({ values: 3, encoding: 5, body: [128, 1, 4, 3, 0, ...new Array<number>(100_000).fill(128)] }),
      required,
      3,
      'more than 64 bits',
    ],
    [
      'a delta of 200 bits',
      page({ values: 3, encoding: 5, body: [128, 1, 4, 3, 0, 0, 200, 0, 0, 0, ...zeros(900)] }),
      required,
      3,
      'a delta has 200 bits',
    ],
    ['no header', [0x99, 0x99, 0x99], required, 3, 'a list of 9 goes beyond the end'],
  ])('%s', (_what, bytes, element, rows, problem) => {
    expect(() => check(bytes, element, rows)).toThrow(DamagedError);
    expect(() => check(bytes, element, rows)).toThrow(problem);
  });

  it('what would take too much memory is refused before it is unpacked', () => {
    const bomb = [...gzipSync(Buffer.alloc(1_000_000))];
    expect(() => check(page({ values: 3, body: bomb, length: 2 ** 30 }), required, 3, 'GZIP')).toThrow(
      'too much memory',
    );
    expect(() => check(page({ values: 3, body: bomb, length: 24 }), required, 3, 'GZIP')).toThrow(RangeError);
    const runs = page({ values: 200_000_000, encoding: 8, body: [0] });
    expect(() => check(runs, required, 200_000_000)).toThrow('too much memory');
  });

  it.each<readonly [string, number[]]>([
    ['a list of 2^31', [0x19, 0xfc, 255, 255, 255, 255, 7]],
    ['structs without end', new Array<number>(100_000).fill(0x1c)],
    ['lists without end', [0x19, ...new Array<number>(100_000).fill(0x19)]],
    ['a number without end', [0x16, ...new Array<number>(100_000).fill(0x80)]],
    ['a text of less than no bytes', [0x18, 255, 255, 255, 255, 15]],
    ['a map', [0x1b, 0]],
    ['no end', [0x15, 2]],
  ])('a footer with %s', (_what, bytes) => {
    expect(() => new ThriftReader(Uint8Array.from(bytes)).struct()).toThrow(DamagedError);
  });

  it('Snappy: what any packer gives unpacks, and whatever the bytes are there is an end', () => {
    expect(Buffer.from(unpackSnappy(Uint8Array.of(9, 8, 97, 98, 99, 22, 3, 0), 9)).toString()).toBe('abcabcabc');
    expect(Buffer.from(unpackSnappy(Uint8Array.of(5, 16, 97, 98, 99, 100, 101), 5)).toString()).toBe('abcde');
    expect(() => unpackSnappy(Uint8Array.of(5, 252, 254, 255, 255, 255, 0), 5)).toThrow(DamagedError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(60), (bytes, length) => {
        try {
          expect(unpackSnappy(bytes, length)).toHaveLength(length);
        } catch (error) {
          if (!(error instanceof DamagedError)) throw error;
        }
      }),
      cases(2_000),
    );
  });
});
