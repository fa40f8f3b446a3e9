import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, encodeCandles, FileFormat, readKlines } from '../../src/files/index.ts';
import { blow, struck } from './damage.ts';
import { again, bytesOf, collect, csv, errorOf, klineRows } from './file-text.ts';

const LAW_TIMEOUT_MS = 3_600_000;
const read = (file: Buffer) => readKlines(csv(file, 1 << 16, 'k.parquet'), { interval: '1m', onInvalid: () => {} });
const fixture = (name: string): Promise<Buffer> => readFile(new URL(`../fixtures/${name}`, import.meta.url));

/** Candles as other programs lay them: one encoding for the numbers, pages packed or not. */
function laid(encoding: NonNullable<ColumnSource['encoding']>, codec: 'SNAPPY' | 'UNCOMPRESSED', length = 40): Buffer {
  const rows = Array.from({ length }, (_, i) => i);
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

describe('fuzz: a damaged Parquet file is a BadFileError, or still rows, soon', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prate-damaged-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it(
    'bytes changed, put in or cut out anywhere',
    async () => {
      const files = await samples();
      const path = join(folder, 'k.parquet');
      for (const file of files) expect((await collect(read(file))).length).toBeGreaterThan(0);
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.nat(files.length - 1),
          fc.array(blow, { minLength: 1, maxLength: 3 }),
          async (which, blows) => {
            try {
              await writeFile(path, struck(files[which] as Buffer, blows));
              await collect(readKlines(path, { interval: '1m', onInvalid: () => {} }));
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

  it.each([
    ['a run of 2^30', [0xfe, 0xff, 0xff, 0xff, 0x07]],
    ['a number without end', new Array<number>(40).fill(0x80)],
  ])('%s, at any place before the footer', async (_what, bytes) => {
    const file = laid('RLE_DICTIONARY', 'UNCOMPRESSED', 9);
    const path = join(folder, 'k.parquet');
    const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
    for (let at = 4; at < footer - bytes.length; at += 1) {
      const damaged = Buffer.from(file);
      damaged.set(bytes, at);
      await writeFile(path, damaged);
      const error: unknown = await collect(readKlines(path, { interval: '1m', onInvalid: () => {} })).catch((e) => e);
      if (error instanceof Error && !(error instanceof BadFileError)) throw error;
    }
  });

  it(
    'a file that was cut off anywhere is a BadFileError',
    async () => {
      const [file] = (await samples()) as [Buffer];
      await fc.assert(
        fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
          const error = await errorOf(collect(read(file.subarray(0, length))));
          expect(error).toBeInstanceOf(BadFileError);
        }),
        cases(300),
      );
    },
    LAW_TIMEOUT_MS,
  );

  it(
    'any bytes with its marks around them are a BadFileError',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
          const length = Buffer.alloc(4);
          length.writeUInt32LE(bytes.length);
          const marked = Buffer.concat([Buffer.from('PAR1'), bytes, length, Buffer.from('PAR1')]);
          expect(await errorOf(collect(read(marked)))).toBeInstanceOf(BadFileError);
        }),
        cases(300),
      );
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
