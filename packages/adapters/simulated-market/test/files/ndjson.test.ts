import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BadFileError, openTable, readKlines, readTrades } from '../../src/files/index.ts';
import { collect, csv, errorOf, klineRows, tradeRows } from './file-text.ts';

const row = (i: number, rest = ''): string =>
  `{"open_time_ms":${i * 60_000},"open":5,"high":7,"low":4,"close":6,"volume":1${rest}}`;
const read = (text: string, name = 'k.ndjson') => readKlines(csv(text, 7, name), { interval: '1m' });
const rows = async (text: string): Promise<string[]> => klineRows(await collect(read(text)));
const problem = async (text: string): Promise<string> => {
  const error = await errorOf(collect(read(text)));
  expect(error).toBeInstanceOf(BadFileError);
  return (error as Error).message;
};

describe('ndjson', () => {
  it('numbers are kept as they are written, also beyond doubles; texts of numbers are numbers', async () => {
    const line = `{"open_time_ms":"0","open":"5.10","high":9007199254.740991,"low":1e-3,"close":6.0,"volume":9007199254740993.001,"turnover":"9223372036854775807"}`;
    expect(await rows(line)).toEqual(['0,5.1,9007199254.740991,0.001,6,9007199254740993.001,9223372036854775807,']);
  });

  it('what is null or left out is unknown, whatever the first object has', async () => {
    expect(await rows([row(0), row(1, ',"turnover":7,"trades":2'), row(2, ',"turnover":null')].join('\n'))).toEqual([
      ...['0,5,7,4,6,1,,', '60000,5,7,4,6,1,7,2', '120000,5,7,4,6,1,,'],
    ]);
  });

  it('quote_volume is the turnover; other names are ignored, even those that every object has', async () => {
    const line = row(0, ',"quote_volume":7,"toString":1,"constructor":{"a":[1]},"__proto__":{"trades":5}');
    expect(await rows(`${line}\n${row(1)}`)).toEqual(['0,5,7,4,6,1,7,', '60000,5,7,4,6,1,,']);
  });

  it('blank lines, CRLF and a byte order mark are passed over; the last line needs no end', async () => {
    expect(await rows(`\ufeff\r\n${row(0)}\r\n\n  \n${row(1)}`)).toHaveLength(2);
  });

  it('packed too, and jsonl is another name for it', async () => {
    expect(await collect(readKlines(csv(gzipSync(row(0)), 9, 'k.jsonl.gz'), { interval: '1m' }))).toHaveLength(1);
  });

  it('an object of thousands of names is refused: every row would have as many fields', async () => {
    const names = Array.from({ length: 1100 }, (_, i) => `"n${i}":0`).join(',');
    expect(await problem(`${row(0, `,${names}`)}\n`)).toMatch(/k\.ndjson:1: the object has 1106 names; at most 1024/);
    expect(await problem('['.repeat(60_000))).toMatch(/k\.ndjson:1: this is not JSON/);
  });

  it('trades are read as well', async () => {
    const line = '{"time_ms":1000,"price":"5.25","quantity":0.1,"side":"BUY","id":9007199254740993}';
    const file = await openTable(csv(line, 9, 't.ndjson'));
    expect(file.kind).toBe('trades');
    expect(tradeRows(await collect(readTrades(file)))).toEqual(['1000,5.25,0.1,buy,9007199254740993']);
  });

  it.each([
    ['no JSON', `${row(0)}\n\n{"open`, /^k\.ndjson:3: this is not JSON: /],
    [
      'no object',
      `${row(0)}\n[1]`,
      /^k\.ndjson:2: this is JSON but no object; \{"open_time_ms":…,"open":…,…\} would be right$/,
    ],
    ['the first is no object', 'null', /^k\.ndjson:1: this is JSON but no object/],
    [
      'another type',
      `${row(0)}\n${row(1, ',"trades":true')}`,
      /^k\.ndjson:2: trades must be a whole number, not 'true'$/,
    ],
    [
      'a missing value',
      `${row(0)}\n{"open_time_ms":60000}`,
      /^k\.ndjson:2: open must be a number such as 0.25, not ''$/,
    ],
    ['missing columns', '{"a":1}', /columns missing: open_time_ms, open, high, low, close, volume; found: a, /],
    ['a made-up candle', row(0, ',"source":"INTERPOLATED"'), /^k\.ndjson:1: the row is INTERPOLATED/],
    ['nothing', '\n \n', /^k\.ndjson: the file is empty; one JSON object a line would be right$/],
    ['a line without an end', `${row(0)}\n{"a":"${'x'.repeat(70_000)}`, /^k\.ndjson:2: the line goes on after 64 KiB/],
  ])('%s is named with file and line', async (_what, text, expected) => {
    expect(await problem(text)).toMatch(expected);
  });

  it('skip mode leaves bad lines out and counts them, the first one too', async () => {
    const bad: string[] = [];
    const reading = readKlines(csv(['[', row(0), '{}', row(1), '3'].join('\n'), 1000, 'k.ndjson'), {
      interval: '1m',
      onInvalid: (error) => bad.push(error.message),
    });
    expect(klineRows(await collect(reading))).toHaveLength(2);
    expect(reading.counts).toEqual({ kept: 2, leftOut: 0, invalid: 3 });
    expect(bad.map((message) => message.split(': ')[0])).toEqual(['k.ndjson:1', 'k.ndjson:3', 'k.ndjson:5']);
  });

  it('one JSON document is refused, with the way out', async () => {
    expect((await errorOf(openTable(csv('{}', 9, 'k.json')))) as Error).toMatchObject({
      problem: 'a JSON document is not read; NDJSON, one object a line in a file that ends in .ndjson, would be right',
    });
  });
});
