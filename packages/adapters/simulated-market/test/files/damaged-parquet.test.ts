import { readFile } from 'node:fs/promises';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, encodeCandles, FileFormat, readKlines } from '../../src/files/index.ts';
import { again, bytesOf, collect, csv, errorOf, klineRows } from './file-text.ts';

const LAW_TIMEOUT_MS = 3_600_000;
const read = (file: Buffer) => readKlines(csv(file, 1 << 16, 'k.parquet'), { interval: '1m', onInvalid: () => {} });
const fixture = (name: string): Promise<Buffer> => readFile(new URL(`../fixtures/${name}`, import.meta.url));

/** Candles as other programs lay them: one encoding for the numbers, pages packed or not. */
function laid(encoding: NonNullable<ColumnSource['encoding']>, codec: 'SNAPPY' | 'UNCOMPRESSED'): Buffer {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const numbers = ['open', 'high', 'low', 'close'].map((name) => ({
    name,
    data: rows.map((i) => BigInt(100 + (i % 3))),
    encoding,
  }));
  const some = rows.map((i) => (i % 4 === 0 ? null : BigInt(i * 1000)));
  const columnData: ColumnSource[] = [
    { name: 'open_time_ms', data: rows.map((i) => BigInt(i * 60_000)), encoding },
    ...numbers,
    { name: 'volume', data: rows.map(() => 5n), encoding },
    { name: 'turnover', data: some, nullable: true, encoding },
    { name: 'source', data: rows.map((i) => (i % 2 === 0 ? 'TRADES' : 'EXCHANGE')), nullable: false },
  ];
  return Buffer.from(parquetWriteBuffer({ columnData, codec, pageSize: 100, rowGroupSize: 25 }));
}

async function samples(): Promise<Buffer[]> {
  const candles = Array.from({ length: 40 }, (_, i) => ({
    ...{ openTime: i * 60_000, open: '5', high: '7', low: '4', close: '6', volume: `${i + 1}.000000000000000001` },
    ...{ turnover: i % 3 === 0 ? null : `${i}.5`, trades: i + 1 },
  }));
  const ours = encodeCandles(again([columnsFromCandles(candles, toInterval('1m'))]), FileFormat.PARQUET, {
    ...{ venue: 'v', symbol: 'S', interval: '1m' },
  });
  return [
    await bytesOf(ours),
    await fixture('duckdb-v1.parquet'),
    await fixture('duckdb-v2.parquet'),
    laid('DELTA_BINARY_PACKED', 'UNCOMPRESSED'),
    laid('BYTE_STREAM_SPLIT', 'UNCOMPRESSED'),
    laid('RLE_DICTIONARY', 'UNCOMPRESSED'),
    laid('PLAIN', 'SNAPPY'),
  ];
}

/** A file with some of its bytes changed, or with bytes put in or cut out. */
interface Blow {
  readonly at: number;
  /** From its end, where the footer is. */
  readonly atEnd: boolean;
  readonly bytes: Uint8Array;
  readonly instead: number;
}

const blow: fc.Arbitrary<Blow> = fc.record({
  at: fc.nat(100_000),
  atEnd: fc.boolean(),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 2 }),
    fc
      .constantFrom(
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0xfe, 0xff, 0xff, 0xff, 0x07],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
        [0, 0, 0, 0],
      )
      .map((list) => Uint8Array.from(list)),
  ),
  instead: fc.constantFrom(-1, -1, -1, 0, 1, 9), // -1: as many as come
});

function struck(file: Buffer, blows: readonly Blow[]): Buffer {
  let bytes = file;
  for (const { at, atEnd, bytes: put, instead } of blows) {
    const place = atEnd ? Math.max(0, bytes.length - 1 - (at % 1200)) : at % bytes.length;
    const gone = instead === -1 ? put.length : instead;
    bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + gone)]);
  }
  return bytes;
}

describe('fuzz: a damaged Parquet file is a BadFileError, or still rows, soon', () => {
  it(
    'bytes changed, put in or cut out anywhere',
    async () => {
      const files = await samples();
      for (const file of files) expect((await collect(read(file))).length).toBeGreaterThan(0);
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.nat(files.length - 1),
          fc.array(blow, { minLength: 1, maxLength: 3 }),
          async (which, blows) => {
            try {
              await collect(read(struck(files[which] as Buffer, blows)));
            } catch (error) {
              if (!(error instanceof BadFileError)) throw error;
              refused += 1;
            }
          },
        ),
        cases(2_000),
      );
      expect(refused).toBeGreaterThan(700);
    },
    LAW_TIMEOUT_MS,
  );

  it('a damaged page is named by its column and row group', async () => {
    const file = laid('PLAIN', 'UNCOMPRESSED');
    const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
    const text = file.lastIndexOf('EXCHANGE', footer - 8); // in the dictionary, after its length
    file.fill(0xff, text - 4, text);
    const error = await errorOf(collect(read(file)));
    expect(String(error)).toMatch(/k\.parquet: this Parquet file cannot be read \(column source of row group 2: /);
  });
});

describe('parquet of other programs', () => {
  it.each(['duckdb-v1.parquet', 'duckdb-v2.parquet'])('%s: every value', async (name) => {
    const rows = klineRows(await collect(read(await fixture(name))));
    expect(rows).toHaveLength(60);
    expect(rows.slice(0, 3)).toEqual([
      '0,100,103,99.5,101.25,1,,',
      '60000,100.25,103,99.5,101.26,2,1,2',
      '120000,100.5,103,99.5,101.27,3,2,3',
    ]);
  });
});
