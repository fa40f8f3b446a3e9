import { describe, expect, it } from 'vitest';
import { candleAt, columnsFromCandles, rowsOf } from '../../src/candles/index.ts';
import { CandleSource, toInterval } from '../../src/index.ts';

describe('rowsOf', () => {
  it('rows are the nearest doubles of what was written', () => {
    const texts = {
      open: '0.3',
      high: '123456.7',
      low: '0.1',
      close: '0.7',
      volume: '1.1',
      turnover: '9007199254740.993',
    };
    const columns = columnsFromCandles(
      [{ openTime: 0, ...texts, trades: 2, source: CandleSource.TRADES }],
      toInterval('1m'),
    );
    expect([...rowsOf(columns)]).toEqual([
      {
        openTime: 0,
        ...{ open: 0.3, high: 123456.7, low: 0.1, close: 0.7, volume: 1.1, turnover: Number(texts.turnover) },
        ...{ trades: 2, source: 'TRADES', coverage: 1 },
      },
    ]);
  });

  it('unknown turnover and trades are null, and 0 is 0', () => {
    const flat = { open: 1, high: 1, low: 1, close: 1, volume: 0 };
    const columns = columnsFromCandles(
      [
        { openTime: 0, ...flat },
        { openTime: 60_000, ...flat, turnover: 0, trades: 0 },
      ],
      toInterval('1m'),
    );
    const [unknown, known] = [candleAt(columns, 0), candleAt(columns, 1)];
    expect([unknown.turnover, unknown.trades, known.turnover, known.trades]).toEqual([null, null, 0, 0]);
  });

  it('unknown turnover is null beside one that needs 64 bits', () => {
    const flat = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const columns = columnsFromCandles(
      [
        { openTime: 0, ...flat },
        { openTime: 1000, ...flat, turnover: '9007199254740993' },
      ],
      toInterval('1s'),
    );
    expect(columns.turnover).toBeInstanceOf(BigInt64Array);
    expect([...rowsOf(columns)].map((row) => row.turnover)).toEqual([null, 9007199254740992]);
  });

  it('coverage is a share of the span, for a month of the month', () => {
    const row = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const minute = columnsFromCandles([{ openTime: 0, ...row, coverage: 2 / 3 }], toInterval('90s'));
    expect([minute.coverage[0], candleAt(minute, 0).coverage]).toEqual([60, 60 / 90]);
    const february = columnsFromCandles(
      [{ openTime: Date.parse('2024-02-01'), ...row, coverage: 0.5 }],
      toInterval('1M'),
    );
    expect([february.coverage[0], candleAt(february, 0).coverage]).toEqual([14.5 * 86_400, 0.5]);
  });
});
