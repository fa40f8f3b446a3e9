import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { toInterval } from '@prate/domain';
import { type CandleInput, columnsFromCandles } from '@prate/domain/candles';
import { type AsyncBuffer, parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { BadFileError, encodeCandles, FileFormat, openTable, readKlines, readTrades } from '../../src/files/index.ts';
import { toText } from '../../src/files/parquet-values.ts';
import { again, bytesOf, collect, csv, errorOf, klineRows, tradeRows } from './file-text.ts';

const HEAD = { venue: 'v', symbol: 'S', interval: '1m' };
const encode = (candles: readonly CandleInput[]): Promise<Buffer> =>
  bytesOf(encodeCandles(again([columnsFromCandles(candles, toInterval('1m'))]), FileFormat.PARQUET, HEAD));
const candle = (openTime: number, rest: Partial<CandleInput> = {}): CandleInput => ({
  ...{ openTime, open: '5', high: '7', low: '4', close: '6', volume: '1', ...rest },
});
const schemaOf = (file: Buffer): SchemaElement[] => parquetMetadata(file).schema.slice(1);
const columnOf = (file: Buffer, name: string): SchemaElement | undefined => schemaOf(file).find((e) => e.name === name);

/** A file as another program writes it. */
const foreign = (columns: readonly ColumnSource[], options: object = {}): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData: [...columns], ...options }));
const prices = ['open', 'high', 'low', 'close', 'volume'].map((name) => ({ name, data: [5.1, 5.1] }));
const read = (file: Buffer) => readKlines(csv(file, 1000, 'k.parquet'), { interval: '1m' });

describe('parquet: what is written', () => {
  it('exact decimals on the smallest scale, times with their zone, unknown as null', async () => {
    const file = await encode([
      candle(0, { open: '5.25', turnover: '0.125', trades: 3 }),
      candle(60_000, { source: 'TRADES', coverage: 0.5 }),
    ]);
    const said = (name: string): unknown[] => {
      const { type, precision, scale, repetition_type } = columnOf(file, name) as SchemaElement;
      return [type, precision, scale, repetition_type];
    };
    expect(said('open')).toEqual(['INT64', 18, 2, 'REQUIRED']);
    expect(said('volume')).toEqual(['INT64', 18, 0, 'REQUIRED']);
    expect(said('turnover')).toEqual(['INT64', 18, 3, 'OPTIONAL']);
    expect(columnOf(file, 'open_time')?.logical_type).toEqual({
      type: 'TIMESTAMP',
      isAdjustedToUTC: true,
      unit: 'MILLIS',
    });
    const buffer: AsyncBuffer = {
      byteLength: file.length,
      slice: (from, to) => new Uint8Array(file.subarray(from, to)).buffer,
    };
    const ZSTD = (input: Uint8Array): Uint8Array => new Uint8Array(zstdDecompressSync(input));
    expect(await parquetReadObjects({ file: buffer, compressors: { ZSTD } })).toEqual(
      [
        ...[{ open_time: new Date(0), open: 5.25, high: 7, low: 4, close: 6, volume: 1, turnover: 0.125, trades: 3n }],
        ...[
          { open_time: new Date(60_000), open: 5, high: 7, low: 4, close: 6, volume: 1, turnover: null, trades: null },
        ],
      ].map((row, i) => ({ ...row, source: i === 0 ? 'EXCHANGE' : 'TRADES', coverage: i === 0 ? 1 : 0.5 })),
    );
  });

  it('38 digits where 18 are too few, and doubles only where those are too few', async () => {
    const volume = async (text: string): Promise<unknown> => {
      const file = await encode([candle(0, { volume: text }), candle(60_000)]);
      expect(klineRows(await collect(read(file)))[0]?.split(',')[5]).toBe(text);
      const { type, precision, scale } = columnOf(file, 'volume') as SchemaElement;
      return [type, precision, scale];
    };
    expect(await volume('999999999999999999')).toEqual(['INT64', 18, 0]);
    expect(await volume('1000000000000000000')).toEqual(['FIXED_LEN_BYTE_ARRAY', 38, 0]);
    expect(await volume('9223372036854775807')).toEqual(['FIXED_LEN_BYTE_ARRAY', 38, 0]);
    expect(await volume('0.0000000000000000001')).toEqual(['FIXED_LEN_BYTE_ARRAY', 38, 19]);
    expect(await volume('0.30000000000000004')).toEqual(['INT64', 18, 17]);
    expect(await volume('123456789012345680000000000000000000000')).toEqual(['DOUBLE', undefined, undefined]);
    expect(await volume('0.00000000000000000000000000000012345678912')).toEqual(['DOUBLE', undefined, undefined]);
  });

  it('a byte that is damaged in its candles is found', async () => {
    const file = await encode(Array.from({ length: 5 }, (_, i) => candle(i * 60_000, { open: `5.${i}` })));
    const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
    const changed: number[] = [];
    const whole = klineRows(await collect(read(file)));
    for (let at = 4; at < footer; at += 3) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      const rows = await collect(read(damaged)).then(klineRows, (error: unknown) => error);
      // what is left is the names and statistics in the headers of pages, which tell no candle
      if (!(rows instanceof BadFileError) && JSON.stringify(rows) !== JSON.stringify(whole)) changed.push(at);
    }
    expect(changed).toEqual([]);
  });

  it('candles that change between the two readings are an error, not a wrong number', async () => {
    let readings = 0;
    const changing = (): ReturnType<ReturnType<typeof again>> => {
      readings += 1;
      return again([columnsFromCandles([candle(0, { open: readings === 1 ? '5' : '5.5' })], toInterval('1m'))])();
    };
    await expect(bytesOf(encodeCandles(changing, FileFormat.PARQUET, HEAD))).rejects.toThrow(
      'the candles changed while they were written; writing them again would be right',
    );
  });

  it('no candles are a file without rows', async () => {
    const file = await bytesOf(encodeCandles(again([]), FileFormat.PARQUET, HEAD));
    expect(schemaOf(file)).toHaveLength(10);
    expect(await collect(read(file))).toEqual([]);
  });
});

describe('parquet: what is read', () => {
  const times = (logical: 'MILLIS' | 'MICROS' | 'NANOS', factor: bigint): SchemaElement => ({
    ...{ name: 'open_time', type: 'INT64', repetition_type: 'REQUIRED' },
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: logical },
    ...(factor === 0n ? { converted_type: 'TIMESTAMP_MILLIS' } : {}),
  });
  const withTime = (element: SchemaElement, data: ColumnSource['data']): Buffer =>
    foreign([{ name: element.name, data }, ...prices], {
      schema: [
        { name: 'root', num_children: 6 },
        element,
        ...prices.map(({ name }) => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' })),
      ],
    });
  const opens = async (file: Buffer): Promise<(string | undefined)[]> =>
    klineRows(await collect(read(file))).map((row) => row.split(',')[0]);

  it.each([
    ['milliseconds', times('MILLIS', 0n), [60_000n, 120_000n]],
    ['microseconds', times('MICROS', 1n), [60_000_000n, 120_000_000n]],
    ['nanoseconds', times('NANOS', 1n), [60_000_000_000n, 120_000_000_000n]],
    [
      'whole numbers',
      { name: 'open_time_ms', type: 'INT64', repetition_type: 'REQUIRED' } as const,
      [60_000n, 120_000n],
    ],
    ['doubles', { name: 'open_time_ms', type: 'DOUBLE', repetition_type: 'REQUIRED' } as const, [60_000, 120_000]],
    [
      'days',
      { name: 'open_time', type: 'INT32', converted_type: 'DATE', repetition_type: 'REQUIRED' } as const,
      [1, 2],
    ],
  ])('times in %s', async (what, element, data) => {
    const expected = what === 'days' ? ['86400000', '172800000'] : ['60000', '120000'];
    expect(await opens(withTime(element, data as ColumnSource['data']))).toEqual(expected);
  });

  it('a time within a millisecond is refused', async () => {
    const error = await errorOf(collect(read(withTime(times('MICROS', 1n), [60_000_000n, 120_000_500n]))));
    expect(String(error)).toMatch(
      /k\.parquet:2: open_time_ms must be a whole number of epoch milliseconds, not '120000.5'/,
    );
  });

  it('open_time without the type of a time is no open time', async () => {
    const error = await errorOf(opens(foreign([{ name: 'open_time', data: [1n, 2n] }, ...prices])));
    expect(String(error)).toContain('columns missing: open_time_ms');
  });

  it('decimals of any kind, doubles and texts as they are; columns with unknown names are not looked at', async () => {
    const decimal = (name: string, type: object): SchemaElement =>
      ({
        name,
        ...type,
        converted_type: 'DECIMAL',
        precision: 9,
        scale: 2,
        repetition_type: 'REQUIRED',
      }) as SchemaElement;
    const names = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume', 'trades', 'note'];
    const file = foreign(
      names.map((name, i) => ({
        name,
        data: [
          [0n, 500n, 501n, 1n, 5, '0.10', 7n, 'x'][i],
          [60_000n, 525n, 70_000n, 2n, 6.1, '9007199254740993.25', 8n, 'y'][i],
        ],
      })) as ColumnSource[],
      {
        schema: [
          { name: 'root', num_children: 8 },
          { name: 'open_time_ms', type: 'INT64', repetition_type: 'REQUIRED' },
          decimal('open', { type: 'INT32' }),
          decimal('high', { type: 'BYTE_ARRAY' }),
          decimal('low', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 5 }),
          { name: 'close', type: 'DOUBLE', repetition_type: 'REQUIRED' },
          { name: 'volume', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
          { name: 'trades', type: 'INT64', repetition_type: 'REQUIRED' },
          { name: 'note', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        ],
      },
    );
    expect(klineRows(await collect(read(file)))).toEqual([
      ...['0,5,5.01,0.01,5,0.1,,7', '60000,5.25,700,0.02,6.1,9007199254740993.25,,8'],
    ]);
  });

  it.each([
    ['GZIP', gzipSync],
    ['BROTLI', brotliCompressSync],
    ['ZSTD', zstdCompressSync],
    ['UNCOMPRESSED', (input: Uint8Array) => input],
  ] as const)('packed with %s', async (codec, pack) => {
    const columns = [{ name: 'open_time_ms', data: [0, 60_000] }, ...prices];
    const file = foreign(columns, {
      codec,
      compressors: { [codec]: (input: Uint8Array) => new Uint8Array(pack(input)) },
    });
    expect(await collect(read(file))).toHaveLength(1);
  });

  it('trades, with ids and times', async () => {
    const file = await openTable(
      csv(
        foreign([
          { name: 'time', data: [new Date(1000), new Date(1001)], type: 'TIMESTAMP' },
          { name: 'price', data: [5.25, 5.5] },
          { name: 'quantity', data: ['0.10', '2'] },
          { name: 'side', data: ['buy', 'SELL'] },
          { name: 'id', data: [7n, 8n] },
        ]),
        1000,
        't.parquet',
      ),
    );
    expect(file.kind).toBe('trades');
    expect(tradeRows(await collect(readTrades(file)))).toEqual(['1000,5.25,0.1,buy,7', '1001,5.5,2,sell,8']);
  });

  it('a bad row is named, from 1, or left out in skip mode', async () => {
    const file = foreign([
      { name: 'open_time_ms', data: [0, 60_000, 120_000] },
      ...['open', 'high', 'low', 'close', 'volume'].map((name) => ({ name, data: [5.5, -1.5, 5.5] })),
    ]);
    expect(String(await errorOf(collect(read(file))))).toMatch(/k\.parquet:2: open must be above 0, not -1.5/);
    const bad: (number | null)[] = [];
    const reading = readKlines(csv(file, 99, 'k.parquet'), { interval: '1m', onInvalid: ({ line }) => bad.push(line) });
    expect(klineRows(await collect(reading))).toHaveLength(2);
    expect([reading.counts.invalid, ...bad]).toEqual([1, 2]);
  });

  it('from a path without a copy; from a stream the copy is gone afterwards, also after an error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prate-files-'));
    const copies = (): string[] => readdirSync(folder).filter((name) => name.startsWith('prate-parquet-'));
    const { TMPDIR: usual } = process.env;
    try {
      process.env['TMPDIR'] = folder; // other tests make copies too
      const file = await encode([candle(0)]);
      const path = join(folder, 'k.parquet');
      await writeFile(path, file);
      expect(await collect(readKlines(path))).toHaveLength(1);
      for (const source of [csv(file, 99, 'k.parquet'), csv(gzipSync(file), 99, 'k.parquet.gz')]) {
        expect(await collect(readKlines(source))).toHaveLength(1);
      }
      await errorOf(collect(readKlines(csv('nothing', 99, 'k.parquet'))));
      expect(copies()).toEqual([]);
      expect(existsSync(path)).toBe(true);
    } finally {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
      await rm(folder, { recursive: true });
    }
  });

  it('a stream that does not begin as Parquet is not read to its end', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(1 << 16));
      },
    });
    const error = await errorOf(collect(readKlines({ name: 'zeros.parquet', stream: endless })));
    expect(String(error)).toContain('zeros.parquet: this is no Parquet file: it does not begin with PAR1');
    expect(given).toBeLessThan(20);
  });

  it('a stream that cannot be put in a file says where, and what would be right', async () => {
    const { TMPDIR: usual } = process.env;
    try {
      process.env['TMPDIR'] = '/no/such/folder';
      const error = await errorOf(collect(read(await encode([candle(0)]))));
      expect(error).toBeInstanceOf(BadFileError);
      expect(String(error)).toMatch(/k\.parquet: it cannot be put in a file in \/no\/such\/folder.*TMPDIR/);
    } finally {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
    }
  });

  // no writer makes such a file; damage does
  it.each([
    ['a floating-point number', { type: 'DOUBLE' }],
    ['a truth', { type: 'BOOLEAN' }],
    ['a text', { type: 'BYTE_ARRAY', logical_type: { type: 'STRING' } }],
    ['whole numbers, a million of them', { type: 'INT64', scale: 1_000_000 }],
  ] as const)('decimals of %s are none', (_what, element) => {
    expect(toText({ name: 'open', converted_type: 'DECIMAL', precision: 9, scale: 2, ...element })).toBeNull();
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('open_time_ms,open\n')],
    ['only its end', Buffer.from('PAR1')],
    [
      'a scale of a million',
      foreign([{ name: 'open_time_ms', data: [0n] }], {
        schema: [
          { name: 'root', num_children: 1 },
          {
            name: 'open_time_ms',
            type: 'INT64',
            converted_type: 'DECIMAL',
            precision: 9,
            scale: 1_000_000,
            repetition_type: 'REQUIRED',
          },
        ],
      }),
    ],
  ])('%s is no Parquet file that can be read', async (_what, file) => {
    const error = await errorOf(collect(read(file)));
    expect(error).toBeInstanceOf(BadFileError);
    expect((error as Error).message).toMatch(/^k\.parquet: /);
  });
});
