import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, CsvFile, detectKind, readKlines, readTrades } from '../../src/files/index.ts';
import { collect, csv, errorOf, tradeRows } from './file-text.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;

const TRADES = `time_ms,price,quantity,side,id\n${Array.from({ length: 500 }, (_, i) => `${1000 + i * 100},5.25,1,buy,${i}`).join('\n')}\n`;

describe('files that cannot be used', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prate-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const file = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const problem = async (path: string): Promise<string> => {
    const error = await errorOf(collect(readTrades(path)));
    expect(error).toBeInstanceOf(BadFileError);
    expect(String(error)).toContain(path);
    return (error as BadFileError).problem;
  };

  it('a missing file', async () => {
    expect(await problem(join(folder, 'none.csv'))).toBe('no such file; check the path');
  });

  it('a folder', async () => {
    expect(await problem(folder)).toContain('this is a folder; a CSV file (or .csv.gz) would be right');
  });

  it('a file within a file', async () => {
    expect(await problem(join(await file('flat.csv', TRADES), 'x.csv'))).toContain('it cannot be read');
  });

  it.each(['', '\n\n', '\ufeff'])('an empty file: %j', async (content) => {
    expect(await problem(await file('empty.csv', content))).toContain('the file is empty');
  });

  it('an empty gzip', async () => {
    expect(await problem(await file('empty.csv.gz', gzipSync('')))).toContain('the file is empty');
  });

  it('a gzip of no bytes', async () => {
    expect(await problem(await file('nothing.csv.gz', ''))).toMatch(/the file is empty|ends too early/);
  });

  it('a gzip that was cut off', async () => {
    const packed = gzipSync(TRADES);
    expect(await problem(await file('cut.csv.gz', packed.subarray(0, packed.length - 20)))).toContain(
      'the gzip data ends too early',
    );
  });

  it('no gzip, although the name says so', async () => {
    expect(await problem(await file('plain.csv.gz', TRADES))).toContain('this is not gzip data');
  });

  it('a gzip that is damaged', async () => {
    const packed = gzipSync(TRADES);
    packed.fill(0xff, 30, 60);
    expect(await problem(await file('damaged.csv.gz', packed))).toContain('the gzip data is damaged');
  });

  it('a gzip whose name does not say so, and other bytes that are no text', async () => {
    expect(await problem(await file('packed.csv', gzipSync(TRADES)))).toContain('this is not UTF-8 text');
    expect(await problem(await file('latin.csv', Buffer.from([0x74, 0xe9, 0x0a])))).toContain('this is not UTF-8 text');
  });

  it('a header without the columns that are needed says which, and what was found', async () => {
    const error = await errorOf(collect(readTrades(csv('time,price,qty\n1,2,3\n'))));
    expect(String(error)).toContain(
      't.csv:1: columns missing: time_ms, quantity, side; found: time, price, qty; needed: time_ms, price, quantity, side',
    );
    const klines = await errorOf(collect(readKlines(csv(TRADES))));
    expect(String(klines)).toContain('columns missing: open_time_ms, open, high, low, close, volume');
  });

  it('a header with a column twice', async () => {
    expect(String(await errorOf(collect(readTrades(csv('time_ms,price,quantity,side,price\n')))))).toContain(
      'column price comes twice',
    );
  });

  it('a quote that is never closed ends in an error, not in a heap of memory', async () => {
    const open = `time_ms,price,quantity,side\n1000,"5,1,buy\n${'2000,5,1,buy\n'.repeat(20_000)}`;
    expect(String(await errorOf(collect(readTrades(csv(open)))))).toContain('this is not CSV');
    expect(String(await errorOf(collect(readTrades(csv('time_ms,price,quantity,side\n1000,"5,1,buy\n')))))).toContain(
      'this is not CSV',
    );
  });

  it('a gzip reads as the file it packs, and tells its bytes as they lie on disk', async () => {
    const packed = gzipSync(TRADES);
    const path = await file('good.csv.gz', packed);
    const seen: (readonly [number, number | null])[] = [];
    const batches = await collect(readTrades(path, { onBytes: (read, total) => seen.push([read, total]) }));
    expect(tradeRows(batches)).toEqual(tradeRows(await collect(readTrades(csv(TRADES)))));
    expect(seen.at(-1)).toEqual([packed.length, packed.length]);
  });

  it('a stream has no known size', async () => {
    const seen: (number | null)[] = [];
    await collect(readTrades(csv(TRADES), { onBytes: (_, total) => seen.push(total) }));
    expect(new Set(seen)).toEqual(new Set([null]));
  });

  it('abort ends the reading with its reason, while it waits too', async () => {
    const reason = new Error('enough');
    expect(await errorOf(collect(readTrades(csv(TRADES), { signal: AbortSignal.abort(reason) })))).toBe(reason);
    const controller = new AbortController();
    const endless = new Readable({ read() {} });
    endless.push('time_ms,price,quantity,side\n');
    const reading = collect(readTrades({ name: 'pipe', stream: endless }, { signal: controller.signal }));
    setImmediate(() => controller.abort(reason));
    expect(await errorOf(reading)).toBe(reason);
  });

  it('leaving the loop lets go of the file', async () => {
    const source = csv(TRADES, 100) as { readonly stream: Readable };
    for await (const _ of readTrades(source as never, { batchRows: 5 })) break;
    expect(source.stream.destroyed).toBe(true);
  });
});

describe('kind of a file', () => {
  it('is told by its header', async () => {
    expect(detectKind(['id', 'price', 'time_ms'])).toBe('trades');
    expect(detectKind(['open_time_ms', 'close'])).toBe('klines');
    expect(detectKind(['time', 'price'])).toBeNull();
  });

  it('a file whose header was read can be handed to a reader', async () => {
    const opened = await CsvFile.open(csv(TRADES, 50));
    expect(opened.kind).toBe('trades');
    expect(tradeRows(await collect(readTrades(opened)))).toHaveLength(500);
  });
});

describe('fuzz: whatever the bytes are, the only error is BadFileError, and there is an end', () => {
  const survives = async (content: Buffer, name: string): Promise<void> => {
    for (const read of [readTrades, readKlines]) {
      for (const onInvalid of [undefined, () => {}]) {
        try {
          await collect<unknown>(read(csv(content, 1000, name), { onInvalid }));
        } catch (error) {
          expect(error).toBeInstanceOf(BadFileError);
        }
      }
    }
  };

  it(
    'arbitrary bytes',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 2000 }),
          fc.constantFrom('t.csv', 't.csv.gz'),
          async (bytes, name) => {
            await survives(Buffer.from(bytes), name);
          },
        ),
        cases(100),
      );
    },
    LAW_TIMEOUT_MS,
  );

  it(
    'a valid header and arbitrary rows',
    async () => {
      const field = fc.oneof(
        fc.constantFrom(
          '0',
          '1000',
          '5.5',
          '-1',
          'NaN',
          '',
          'buy',
          '"',
          '1e5',
          '1e-30',
          '99999999999999999999',
          '\u0000',
        ),
        fc.string({ maxLength: 8 }),
      );
      const rows = fc.array(
        fc.array(field, { minLength: 1, maxLength: 8 }).map((fields) => fields.join(',')),
        { maxLength: 30 },
      );
      const header = fc.constantFrom(
        'time_ms,price,quantity,side,id',
        'open_time_ms,open,high,low,close,volume,trades',
      );
      await fc.assert(
        fc.asyncProperty(header, rows, async (first, rest) => {
          await survives(Buffer.from([first, ...rest].join('\n')), 't.csv');
        }),
        cases(200),
      );
    },
    LAW_TIMEOUT_MS,
  );
});
