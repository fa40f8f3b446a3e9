import { formatScaled, SOURCES } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, type ReadKlinesOptions, readKlines } from '../../src/files/index.ts';
import { collect, csv, errorOf, klineRows } from './file-text.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;

const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,source,coverage';
const FIRST = '0,5,7,4,6,1.5,9,3,,';
const read = (text: string, options: ReadKlinesOptions = {}) => collect(readKlines(csv(text), options));

const problemOf = async (row: string, header = HEADER, first = FIRST): Promise<string> => {
  const error = await errorOf(read(`${header}\n${first}\n${row}\n`, { interval: '1m' }));
  expect(error).toBeInstanceOf(BadFileError);
  return (error as BadFileError).message;
};

describe('read klines', () => {
  it('numbers are kept as written; absent columns are unknown', async () => {
    const [batch] = await read(
      'open_time_ms,open,high,low,close,volume\n60000,28115.80,28118.90,28115.40,28117.10,44.294\n120000,1,1,1,1,0\n',
    );
    expect(klineRows(batch === undefined ? [] : [batch])).toEqual([
      '60000,28115.8,28118.9,28115.4,28117.1,44.294,,',
      '120000,1,1,1,1,0,,',
    ]);
    expect(batch?.interval.text).toBe('1m');
    expect(Array.from(batch?.source ?? [], (code) => SOURCES[code])).toEqual(['EXCHANGE', 'EXCHANGE']);
    expect(Array.from(batch?.coverage ?? [])).toEqual([60, 60]);
  });

  it('turnover goes before quote_volume; source and coverage are taken where given', async () => {
    const header = 'coverage,source,quote_volume,turnover,close,low,high,open,volume,open_time_ms,trades';
    const [batch] = await read(`${header}\n0.5,TRADES,7,8,1,1,1,1,2,60000,4\n`, { interval: 60 });
    expect(formatScaled(batch?.turnover[0] as number, batch?.turnoverDecimals ?? null)).toBe('8');
    expect(SOURCES[batch?.source[0] as number]).toBe('TRADES');
    expect(batch?.coverage[0]).toBe(30);
    expect(batch?.trades[0]).toBe(4);
  });

  it('contract size: volumes are contracts, turnover is not touched', async () => {
    const [batch] = await read(`${HEADER}\n${FIRST}\n`, { interval: '1m', contractSize: '0.01' });
    expect(klineRows(batch === undefined ? [] : [batch])).toEqual(['0,5,7,4,6,0.015,9,3']);
  });

  it('the interval that is given goes before the one that the rows speak of', async () => {
    const [batch] = await read(`${HEADER}\n${FIRST}\n120000,5,7,4,6,1.5,9,3,,\n`, { interval: '1m' });
    expect(batch?.interval.text).toBe('1m');
    const [detected] = await read(`${HEADER}\n${FIRST}\n120000,5,7,4,6,1.5,9,3,,\n`);
    expect(detected?.interval.text).toBe('2m');
  });

  it('one row does not tell the interval: the error says to give it', async () => {
    expect(String(await errorOf(read(`${HEADER}\n${FIRST}\n`)))).toContain(
      't.csv: the open times do not tell the interval; give it, such as 1m',
    );
  });

  it('a header alone is a file without candles', async () => {
    expect(await read(`${HEADER}\n`)).toEqual([]);
  });

  describe('bad rows are named by file, line and what would be right', () => {
    it.each([
      ['a short row', '60000,5,7', 't.csv:3: the row has too few fields, 3; the header has 10'],
      ['a long row', '60000,5,7,4,6,1,9,3,,,,', 't.csv:3: the row has too many fields, 12; the header has 10'],
      [
        'a time that is no number',
        'noon,5,7,4,6,1,9,3,,',
        "t.csv:3: open_time_ms must be a whole number of epoch milliseconds, not 'noon'",
      ],
      ['a part of a millisecond', '60000.5,5,7,4,6,1,9,3,,', "not '60000.5'"],
      ['a time off the grid', '60500,5,7,4,6,1,9,3,,', 'open time 60500 is off the grid of 1m candles'],
      ['a time that comes twice', '0,5,7,4,6,1,9,3,,', 'open_time_ms 0 comes twice; times that ascend would be right'],
      ['a price that is no number', '60000,x,7,4,6,1,9,3,,', "open must be a number such as 0.25, not 'x'"],
      ['NaN', '60000,5,NaN,4,6,1,9,3,,', "high must be a number such as 0.25, not 'NaN'"],
      ['a negative price', '60000,5,7,-4,6,1,9,3,,', 'low must be above 0, not -4'],
      ['a price of zero', '60000,5,7,4,0,1,9,3,,', 'close must be above 0, not 0'],
      ['a high below the low', '60000,5,3,4,4,1,9,3,,', 'high 3 is below low 4'],
      ['an open above the high', '60000,8,7,4,6,1,9,3,,', 'open 8 lies outside low 4 to high 7'],
      ['an open below the low', '60000,3,7,4,6,1,9,3,,', 'open 3 lies outside low 4 to high 7'],
      ['a close above the high', '60000,5,7,4,9,1,9,3,,', 'close 9 lies outside low 4 to high 7'],
      ['a negative volume', '60000,5,7,4,6,-1,9,3,,', 'volume must be at or above 0, not -1'],
      ['a volume that is no number', '60000,5,7,4,6,lots,9,3,,', "volume must be a number such as 0.25, not 'lots'"],
      ['a negative turnover', '60000,5,7,4,6,1,-9,3,,', 'turnover must be at or above 0, not -9'],
      ['volume without trades', '60000,5,7,4,6,1,9,0,,', 'volume without trades'],
      ['trades without volume', '60000,5,7,4,6,0,9,3,,', '3 trades without volume'],
      ['half a trade', '60000,5,7,4,6,1,9,2.5,,', "trades must be a whole number, not '2.5'"],
      [
        'an interpolated row',
        '60000,5,7,4,6,1,9,3,INTERPOLATED,',
        'the row is INTERPOLATED, made up from a coarser candle',
      ],
      ['an unknown source', '60000,5,7,4,6,1,9,3,GUESS,', "source must be TRADES or EXCHANGE, not 'GUESS'"],
      ['a coverage above 1', '60000,5,7,4,6,1,9,3,,1.5', 'coverage must be 0 to 1, not 1.5'],
      [
        'a coverage that is no number',
        '60000,5,7,4,6,1,9,3,,most',
        "coverage must be a number such as 0.25, not 'most'",
      ],
    ])('%s', async (_what, row, message) => {
      expect(await problemOf(row)).toContain(message);
    });

    it('a time that goes back', async () => {
      expect(await problemOf('60000,5,7,4,6,1,9,3,,', HEADER, '120000,5,7,4,6,1,9,3,,')).toContain(
        'open_time_ms 60000 comes after 120000',
      );
    });

    it('a row off the grid that was detected', async () => {
      const rows = [0, 60_000, 61_000, 120_000, 180_000, 240_000].map((time) => `${time},5,7,4,6,1,9,3,,`);
      expect(String(await errorOf(read(`${HEADER}\n${rows.join('\n')}`)))).toContain(
        't.csv:4: open time 61000 is off the grid of 1m candles',
      );
    });
  });

  it('skip mode: bad rows are handed over and left out, the others are kept', async () => {
    const lines: (number | null)[] = [];
    const reading = readKlines(
      csv(`${HEADER}\n${FIRST}\n60000,5,3,4,4,1,9,3,,\n60000,5,7,4,6,1,9,3,,\n0,5,7,4,6,1,9,3,,\n`),
      {
        interval: '1m',
        onInvalid: ({ line }) => lines.push(line),
      },
    );
    expect(klineRows(await collect(reading))).toEqual(['0,5,7,4,6,1.5,9,3', '60000,5,7,4,6,1,9,3']);
    expect(lines).toEqual([3, 5]);
    expect(reading.counts).toEqual({ kept: 2, leftOut: 0, invalid: 2 });
  });

  it('the order holds across batches', async () => {
    const text = `${HEADER}\n${FIRST}\n60000,5,7,4,6,1,9,3,,\n0,5,7,4,6,1,9,3,,\n`;
    expect(String(await errorOf(read(text, { batchRows: 2 })))).toContain('t.csv:4: open_time_ms 0 comes after 60000');
  });

  it(
    'law: pieces of any size give the same candles',
    async () => {
      const rows = Array.from(
        { length: 40 },
        (_, i) => `${i * 60_000},${100 + i}.5,${200 + i},${50 + i},${101 + i},${i}.25,${i * 7},${i + 1},,`,
      );
      const text = `${HEADER}\n${rows.join('\n')}`;
      const expected = klineRows(await read(text));
      expect(expected).toHaveLength(40);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 50 }),
          async (pieceBytes, batchRows) => {
            expect(klineRows(await collect(readKlines(csv(text, pieceBytes), { batchRows })))).toEqual(expected);
          },
        ),
        cases(50),
      );
    },
    LAW_TIMEOUT_MS,
  );
});
