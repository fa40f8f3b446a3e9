import { Decimal, toInterval } from '@prate/domain';
import { formatScaled } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { type KlineRules, klinesToColumns } from '../../src/market/klines-to-columns.ts';
import { parseJson } from '../../src/wire/json-text.ts';
import { readKlines, type WireKlines } from '../../src/wire/klines.ts';

const T0 = 1_767_225_600;
type Row = Partial<Record<string, number | string>> & { readonly time: number };

/** A reply; numbers given as texts stand in it digit by digit. */
function klines(rows: readonly Row[], real = true): WireKlines {
  const filled = rows.map((row) => ({
    ...{ open: 2, close: 3, high: 4, low: 1, vol: 10, amount: 25 },
    ...(real ? { realOpen: 2.5, realClose: 3, realHigh: 3.5, realLow: 1.5 } : {}),
    ...row,
  }));
  const names = Object.keys(filled[0] ?? { time: 0, open: 0, close: 0, high: 0, low: 0, vol: 0, amount: 0 });
  const columns = names.map((name) => `"${name}":[${filled.map((row) => row[name as 'time']).join(',')}]`);
  return readKlines(parseJson(`{${columns.join(',')}}`), 'klines');
}

const rules = (more: Partial<KlineRules> = {}): KlineRules => ({
  interval: toInterval('1m'),
  prices: 'real',
  contractSize: new Decimal('0.0001'),
  from: T0 * 1_000,
  to: (T0 + 600) * 1_000,
  closedAtMs: (T0 + 600) * 1_000,
  ...more,
});
const minutes = (...at: number[]): Row[] => at.map((minute) => ({ time: T0 + 60 * minute }));
const opens = (rows: readonly Row[], more: Partial<KlineRules> = {}): number[] =>
  Array.from(klinesToColumns(klines(rows), rules(more)).openTime, (ms) => (ms / 1_000 - T0) / 60);

describe('which rows are candles', () => {
  it('those that open in [from, to)', () => {
    const range = { from: (T0 + 60) * 1_000, to: (T0 + 180) * 1_000 };
    expect(opens(minutes(0, 1, 2, 3, 4), range)).toEqual([1, 2]);
  });

  it('no forming one: a bar is closed when its end has passed', () => {
    expect(opens(minutes(0, 1, 2), { closedAtMs: (T0 + 120) * 1_000 })).toEqual([0, 1]);
    expect(opens(minutes(0, 1, 2), { closedAtMs: (T0 + 120) * 1_000 - 1 })).toEqual([0]);
  });

  it('of a bar that comes twice the later', () => {
    const rows = [{ time: T0, vol: 1 }, { time: T0, vol: 2 }, ...minutes(1)];
    expect(opens(rows)).toEqual([0, 1]);
    expect(klinesToColumns(klines(rows), rules()).volume[0]).toBe(2);
  });

  it('gaps stay gaps', () => {
    expect(opens(minutes(0, 3, 7))).toEqual([0, 3, 7]);
  });

  it('no bar without trades that has no real prices; on the chart it is one', () => {
    const quiet = { realOpen: 0, realClose: 0, realHigh: 0, realLow: 0, vol: 0, amount: 0 };
    const rows = [...minutes(0), { time: T0 + 60, ...quiet }, ...minutes(2)];
    expect(opens(rows)).toEqual([0, 2]);
    expect(opens(rows, { prices: 'chart' })).toEqual([0, 1, 2]);
  });

  it('an empty reply is no candles', () => {
    expect(opens([])).toEqual([]);
  });

  it('a bar that opens off the grid is refused', () => {
    expect(() => opens([{ time: T0 + 30 }])).toThrow(/what is no candle/);
  });
});

describe('what a candle holds', () => {
  const first = (row: Omit<Row, 'time'>, more: Partial<KlineRules> = {}) => {
    const columns = klinesToColumns(klines([{ time: T0, ...row }]), rules(more));
    const text = (values: ArrayLike<number | bigint>, decimals: number | null): string =>
      formatScaled(values[0] as number | bigint, decimals);
    return {
      prices: [columns.open, columns.high, columns.low, columns.close]
        .map((v) => text(v, columns.priceDecimals))
        .join(' '),
      volume: text(columns.volume, columns.volumeDecimals),
      turnover: text(columns.turnover, columns.turnoverDecimals),
    };
  };

  it('the prices of its own trades by default, or those of the chart', () => {
    expect(first({}).prices).toBe('2.5 3.5 1.5 3');
    expect(first({}, { prices: 'chart' }).prices).toBe('2 4 1 3');
  });

  it('without real prices in the reply: an error that names the other choice, never the chart in silence', () => {
    const reply = klines(minutes(0), false);
    expect(() => klinesToColumns(reply, rules())).toThrow(/prices: 'chart'/);
    expect(klinesToColumns(reply, rules({ prices: 'chart' })).length).toBe(1);
  });

  it('the volume in the base asset, and the turnover as told', () => {
    expect(first({ vol: 1234, amount: 9600.6 })).toMatchObject({ volume: '0.1234', turnover: '9600.6' });
    expect(first({ vol: 7 }, { contractSize: new Decimal(10) }).volume).toBe('70');
  });

  it('every digit of a number with more than 15', () => {
    const amount = '233.740269343644737';
    expect(first({ amount, realHigh: '3.500000000000001' })).toMatchObject({
      prices: '2.5 3.500000000000001 1.5 3',
      turnover: amount,
    });
  });

  it('volumes are exact whatever the contract size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 12 }),
        fc.integer({ min: 1, max: 9_999 }),
        fc.nat(12),
        (vol, size, d) => {
          const contractSize = new Decimal(size).div(new Decimal(10).pow(d));
          expect(first({ vol }, { contractSize }).volume).toBe(contractSize.mul(vol).toString());
        },
      ),
      cases(500),
    );
  });
});
