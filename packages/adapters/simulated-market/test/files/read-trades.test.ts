import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, type ReadTradesOptions, readTrades } from '../../src/files/index.ts';
import { collect, csv, errorOf, tradeRows } from './file-text.ts';

/** A property has a hundred times as many cases in the long mode. */
const LAW_TIMEOUT_MS = 1_200_000;

const HEADER = 'time_ms,price,quantity,side,id,type';
const FIRST = '1000,28165.47,0.5,buy,1,MARKET';
const read = (text: string, options: ReadTradesOptions = {}) => collect(readTrades(csv(text), options));

/** The message about one bad row in line 3. */
const problemOf = async (row: string, header = HEADER, first = FIRST): Promise<string> => {
  const error = await errorOf(read(`${header}\n${first}\n${row}\n`));
  expect(error).toBeInstanceOf(BadFileError);
  return (error as BadFileError).message;
};

describe('read trades', () => {
  it('numbers are kept as written, columns may come in any order, unknown ones are ignored', async () => {
    const batches = await read('recv_ms,side,quantity,price,time_ms\n9,BUY,0.00056000,28165.47000000,1680652799999\n');
    expect(tradeRows(batches)).toEqual(['1680652799999,28165.47,0.00056,buy,']);
    expect(batches[0]?.ids).toBeNull();
  });

  it('a byte order mark, Windows line ends, blank lines, quotes and spaces do no harm', async () => {
    const batches = await read('\ufefftime_ms, price ,quantity,side\r\n\r\n"1000","5","1",sell\r\n 2000 ,6,1,sell\r\n');
    expect(tradeRows(batches)).toEqual(['1000,5,1,sell,', '2000,6,1,sell,']);
  });

  it('a header alone is a file without trades', async () => {
    const reading = readTrades(csv(`${HEADER}\n`));
    expect(await collect(reading)).toEqual([]);
    expect(reading.observed()).toEqual([]);
  });

  it('rows whose type is not MARKET are left out before validation, and counted; their ids were seen', async () => {
    const reading = readTrades(
      csv(`${HEADER}\n${FIRST}\n1500,0,0,none,2,NA\nx,-1,,sell,3,INSURANCE_FUND\n9000,5,1,sell,4,\n`),
    );
    expect(tradeRows(await collect(reading))).toEqual(['1000,28165.47,0.5,buy,1', '9000,5,1,sell,4']);
    expect(reading.counts).toEqual({ kept: 2, leftOut: 2, invalid: 0 });
    expect(reading.observed()).toEqual([{ from: 1000, to: 10_000 }]);
  });

  it('a jump of ids is a gap, unless ids mean nothing', async () => {
    const text = `${HEADER}\n1000,5,1,buy,1,\n5000,5,1,buy,9,\n8000,5,1,buy,10,\n`;
    const counting = readTrades(csv(text));
    await collect(counting);
    expect(counting.observed()).toEqual([{ from: 6000, to: 9000 }]);
    expect(counting.jumps).toHaveLength(1);
    const idle = readTrades(csv(text), { idGaps: false });
    await collect(idle);
    expect(idle.observed()).toEqual([{ from: 1000, to: 9000 }]);
  });

  it('contract size: quantities are contracts, and are multiplied exactly', async () => {
    const batches = await read(`${HEADER}\n1000,5,3,buy,1,\n`, { contractSize: '0.0001' });
    expect(tradeRows(batches)).toEqual(['1000,5,0.0003,buy,1']);
    expect(() => readTrades(csv(''), { contractSize: 0 })).toThrow('contract size must be above 0');
    expect(() => readTrades(csv(''), { contractSize: 'x' })).toThrow('contract size must be a decimal number');
  });

  it('a batch never ends within a second', async () => {
    const rows = ['1000', '1100', '1999', '2000', '2500', '3000'].map((time) => `${time},5,1,buy`);
    const batches = await read(`time_ms,price,quantity,side\n${rows.join('\n')}`, { batchRows: 2 });
    expect(batches.map((batch) => batch.length)).toEqual([3, 2, 1]);
  });

  describe('bad rows are named by file, line and what would be right', () => {
    it.each([
      ['a short row', '2000,5,1', 't.csv:3: the row has too few fields, 3; the header has 6'],
      ['a long row', '2000,5,1,buy,2,MARKET,x', 't.csv:3: the row has too many fields, 7; the header has 6'],
      [
        'a time that is no number',
        'soon,5,1,buy,2,',
        "t.csv:3: time_ms must be a whole number of epoch milliseconds, not 'soon'",
      ],
      ['a part of a millisecond', '2000.5,5,1,buy,2,', "epoch milliseconds, not '2000.5'"],
      ['an empty time', ',5,1,buy,2,', "epoch milliseconds, not ''"],
      ['a time before 1970', '-5,5,1,buy,2,', "epoch milliseconds, not '-5'"],
      ['seconds', '1680652799,5,1,buy,2,', 'looks like seconds; epoch milliseconds would be right: 1680652799000'],
      ['microseconds', '1680652799999000,5,1,buy,2,', 'lies after the year 5138; epoch milliseconds would be right'],
      [
        'a time that goes back',
        '999,5,1,buy,2,',
        'time_ms 999 comes after 1000; times that never descend would be right',
      ],
      ['a price that is no number', '2000,dear,1,buy,2,', "price must be a number such as 0.25, not 'dear'"],
      ['NaN', '2000,NaN,1,buy,2,', "price must be a number such as 0.25, not 'NaN'"],
      ['Infinity', '2000,Infinity,1,buy,2,', "not 'Infinity'"],
      ['a hexadecimal price', '2000,0x10,1,buy,2,', "not '0x10'"],
      ['an empty price', '2000,,1,buy,2,', "price must be a number such as 0.25, not ''"],
      ['a negative price', '2000,-5,1,buy,2,', 'price must be above 0, not -5'],
      ['a price of zero', '2000,0.00,1,buy,2,', 'price must be above 0, not 0.00'],
      ['a negative quantity', '2000,5,-1,buy,2,', 'quantity must be above 0, not -1'],
      ['a quantity of zero', '2000,5,0,buy,2,', 'quantity must be above 0, not 0'],
      ['an endless exponent', '2000,1e9999,1,buy,2,', 'price 1e9999 is out of any range'],
      ['an endless number', `2000,${'9'.repeat(200)},1,buy,2,`, 'price must be a number'],
      ['a bad side', '2000,5,1,long,2,', "side must be buy or sell, not 'long'"],
      ['an empty side', '2000,5,1,,2,', "side must be buy or sell, not ''"],
    ])('%s', async (_what, row, message) => {
      expect(await problemOf(row)).toContain(message);
    });

    it('control characters of the row stay out of the message', async () => {
      expect(await problemOf('2000,\u0007\u001b[2J,1,buy,2,')).toContain("not '??[2J'");
    });
  });

  it('skip mode: bad rows are handed over and left out, the others are kept', async () => {
    const errors: BadFileError[] = [];
    const reading = readTrades(
      csv(`${HEADER}\n${FIRST}\n500,5,1,buy,2,\n2000,x,1,buy,3,\n3000,5,1\n4000,5,1,sell,5,\n`),
      {
        onInvalid: (error) => errors.push(error),
      },
    );
    expect(tradeRows(await collect(reading))).toEqual(['1000,28165.47,0.5,buy,1', '4000,5,1,sell,5']);
    expect(errors.map(({ line }) => line)).toEqual([3, 4, 5]);
    expect(reading.counts).toEqual({ kept: 2, leftOut: 0, invalid: 3 });
    // a trade that was left out is a trade that is missing: its id was not seen
    expect(reading.observed()).toEqual([]);
  });

  it('skip mode: what is wrong with the file as a whole still throws', async () => {
    const error = await errorOf(read('time_ms,price\n1,2\n', { onInvalid: () => {} }));
    expect(error).toBeInstanceOf(BadFileError);
  });

  it(
    'law: pieces of any size give the same trades, gaps and counts',
    async () => {
      const rows = Array.from(
        { length: 40 },
        (_, i) =>
          `${1000 + i * 300},${100 + (i % 7)}.${i},0.${i + 1},${i % 2 ? 'buy' : 'sell'},${i + (i > 20 ? 5 : 0)},é`,
      );
      const text = `time_ms,price,quantity,side,id,name\r\n${rows.join('\r\n')}\r\n`;
      const whole = readTrades(csv(text));
      const expected = tradeRows(await collect(whole));
      expect(expected).toHaveLength(40);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 200 }),
          fc.integer({ min: 1, max: 50 }),
          async (pieceBytes, batchRows) => {
            const reading = readTrades(csv(text, pieceBytes), { batchRows });
            expect(tradeRows(await collect(reading))).toEqual(expected);
            expect(reading.observed()).toEqual(whole.observed());
            expect(reading.counts).toEqual(whole.counts);
          },
        ),
        cases(50),
      );
    },
    LAW_TIMEOUT_MS,
  );
});
