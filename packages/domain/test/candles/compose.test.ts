import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleBase,
  CandleBuffers,
  CandleColumnsBuilder,
  type CandleInput,
  type Carry,
  type Composed,
  type ComposeQuery,
  columnsFromCandles,
  composeCandles,
  emptyColumns,
  formatScaled,
  SOURCES,
  sliceColumns,
} from '../../src/candles/index.ts';
import { CandleSource, Decimal, normalizeRanges, type TimeRange, toInterval } from '../../src/index.ts';
import { type OracleCarry, oracle } from './compose-oracle.ts';
import { exactRows, provenance } from './support.ts';

const START = 1_767_225_600; // 2026-01-01, in seconds; on the grid of every step below
const SPAN = 900;
const STEPS = ['1s', '5s', '1m', '90s', '3m', '5m'] as const;
const WIDTHS = ['1s', '5s', '7s', '30s', '1m', '90s', '5m'] as const;

/** A whole number in [0, below) that depends on all of the arguments. */
function scramble(below: number, ...of: number[]): number {
  let hash = 0x9e3779b9;
  for (const value of of) hash = Math.imul(hash ^ value, 0x85ebca6b) ^ (hash >>> 13);
  return ((hash ^ (hash >>> 16)) >>> 0) % below;
}

/** A legal candle that its step, its slot and a seed determine. */
function someCandle(step: number, slot: number, seed: number): CandleInput {
  const pick = (below: number, nth: number): number => scramble(below, step, slot, seed, nth);
  const low = 100 + pick(20, 1);
  const high = low + pick(9, 2);
  const [open, close] = [low + pick(high - low + 1, 3), low + pick(high - low + 1, 4)];
  const volume = pick(4, 5) === 0 ? 0 : 1 + pick(3000, 6);
  const partly = pick(4, 7) === 0;
  return {
    openTime: slot * 1000,
    ...{ open: `${open}.5`, high: `${high}.5`, low: `${low}.5`, close: `${close}.5` },
    volume: new Decimal(volume).div(100).toString(),
    turnover: pick(5, 8) === 0 ? null : new Decimal(volume).mul(3).div(10).toString(),
    trades: pick(5, 9) === 0 ? null : Math.min(volume, 1 + pick(300, 10)),
    source: step < 60 ? CandleSource.TRADES : CandleSource.EXCHANGE,
    coverage: partly ? pick(step + 1, 11) / step : 1,
  };
}

/** Stretches of seconds from START on, with edges that often fall on those of slots. */
const stretches = (maxLength: number): fc.Arbitrary<TimeRange[]> =>
  fc.array(
    fc
      .tuple(
        fc.constantFrom(1, 5, 30, 60, 90, 300),
        fc.nat(SPAN),
        fc.constantFrom(1, 5, 30, 60, 90, 300),
        fc.integer({ min: 1, max: SPAN }),
      )
      .map(([grid, start, unit, length]) => {
        const from = Math.floor(start / grid) * grid;
        return { from, to: Math.min(SPAN, from + Math.max(1, Math.floor(length / unit)) * unit) };
      }),
    { maxLength },
  );

const baseAt = (text: string): fc.Arbitrary<CandleBase> => {
  const interval = toInterval(text);
  const step = interval.seconds as number;
  return fc
    .record({ present: stretches(4), holes: stretches(4), watched: stretches(4), seed: fc.nat(1_000) })
    .map(({ present, holes, watched, seed }) => {
      const within = (ranges: readonly TimeRange[], second: number): boolean =>
        ranges.some((r) => r.from <= second && second < r.to);
      const builder = new CandleColumnsBuilder(interval);
      for (let at = 0; at < SPAN; at += step) {
        if (within(present, at) && !within(holes, at) && scramble(4, at, seed) > 0)
          builder.push(someCandle(step, START + at, seed));
      }
      const observed = normalizeRanges(watched).map((r) => ({
        from: (START + r.from) * 1000,
        to: (START + r.to) * 1000,
      }));
      return { rows: builder.finish(), observed };
    });
};

const basesArbitrary: fc.Arbitrary<CandleBase[]> = fc
  .subarray([...STEPS], { minLength: 1, maxLength: 4 })
  .chain((steps) => fc.tuple(...steps.map(baseAt)));

const queryArbitrary: fc.Arbitrary<Omit<ComposeQuery, 'carry'>> = fc
  .record({
    interval: fc.constantFrom(...WIDTHS).map((text) => toInterval(text)),
    window: fc.tuple(fc.integer({ min: -60, max: SPAN }), fc.integer({ min: 1, max: SPAN })),
    fillFlat: fc.boolean(),
    observedOnly: fc.boolean(),
    interpolation: fc.constantFrom('linear' as const, 'bridge' as const, { model: 'bridge' as const, seed: 9 }),
  })
  .map(({ interval, window: [start, length], fillFlat, observedOnly, interpolation }) => {
    const width = interval.seconds as number;
    const from = Math.floor((START + start) / width) * width;
    const to = from + Math.ceil(length / width) * width;
    return { interval, from: from * 1000, to: to * 1000, fillFlat, observedOnly, interpolation };
  });

const ARRAYS = [
  ...(['openTime', 'open', 'high', 'low', 'close'] as const),
  ...(['volume', 'turnover', 'trades', 'source', 'coverage'] as const),
];

const rowsText = ({ columns }: Composed): string[] => {
  const kinds = provenance(columns);
  return exactRows(columns).map((row, i) => `${row} ${kinds[i]}`);
};

/** The price and source that a carry means, without the scale that it is kept on. */
const carryText = (carry: Carry | null): string | null =>
  carry &&
  `${carry.end} ${formatScaled(carry.row.close[0] as number, carry.row.priceDecimals)} ${SOURCES[carry.row.source[0] as number]}`;
const oracleCarryText = (carry: OracleCarry | null): string | null =>
  carry && `${carry.end * 1000} ${carry.price} ${carry.source}`;

describe('composeCandles', () => {
  it('equals an oracle that goes through every second, by the laws', () => {
    fc.assert(
      fc.property(basesArbitrary, queryArbitrary, fc.boolean(), (bases, query, carried) => {
        const { from, to, interval } = query;
        const standing = { end: from / 1000, price: new Decimal('77.25'), source: CandleSource.TRADES };
        const carryRow = columnsFromCandles(
          [
            {
              openTime: 0,
              open: '77.25',
              high: '77.25',
              low: '77.25',
              close: '77.25',
              volume: 0,
              source: CandleSource.TRADES,
            },
          ],
          toInterval('1s'),
        );
        const composed = composeCandles(bases, { ...query, carry: carried ? { end: from, row: carryRow } : null });
        const expected = oracle(bases, {
          ...query,
          ...{ width: interval.seconds as number, from: from / 1000, to: to / 1000, carry: carried ? standing : null },
        });
        expect(rowsText(composed)).toEqual(expected.rows);
        expect(carryText(composed.carry)).toBe(oracleCarryText(expected.carry));
      }),
      cases(150),
    );
  });

  it('two windows, with the carry passed on, give what one window gives', () => {
    fc.assert(
      fc.property(basesArbitrary, queryArbitrary, fc.nat(SPAN), (bases, query, cut) => {
        const width = (query.interval.seconds as number) * 1000;
        const middle = query.from + (cut % ((query.to - query.from) / width + 1)) * width;
        const whole = composeCandles(bases, { ...query, carry: null });
        const first = composeCandles(bases, { ...query, to: middle, carry: null });
        const second = composeCandles(bases, { ...query, from: middle, carry: first.carry });
        expect([...rowsText(first), ...rowsText(second)]).toEqual(rowsText(whole));
        expect(carryText(second.carry)).toBe(carryText(whole.carry));
      }),
      cases(150),
    );
  });

  it('into buffers, of whatever size and content, it is the same answer; nothing that was given changes', () => {
    const into = new CandleBuffers(3);
    fc.assert(
      fc.property(basesArbitrary, queryArbitrary, (bases, query) => {
        const given = structuredClone(bases);
        const fresh = composeCandles(bases, { ...query, carry: null });
        const put = composeCandles(bases, { ...query, carry: null, into });
        expect(rowsText(put)).toEqual(rowsText(fresh));
        expect(bases).toEqual(given);
        // all of the answer lies in the buffers, and the carry does not
        for (const name of ARRAYS) expect(put.columns[name].buffer).toBe(into[name].buffer);
        for (const name of ARRAYS) into[name].fill(7);
        expect(carryText(put.carry)).toBe(carryText(fresh.carry));
        expect(bases).toEqual(given);
      }),
      cases(150),
    );
  });

  it('into buffers that are large enough, they stay the ones they were', () => {
    const base = at('1m', minutes, [[0, 180]]);
    const into = new CandleBuffers(1000);
    const before = { ...into };
    for (const text of ['5s', '1m', '3m']) compose([base], text, 180, { into, fillFlat: text === '1m' });
    expect({ ...into }).toEqual(before);
    for (const name of ARRAYS) expect(into[name]).toBe(before[name]);
  });

  it('into buffers, sums in 64 bits lie outside of them', () => {
    const volume = '9007199254740993';
    const base = at('1m', [{ openTime: 0, volume, trades: 1 }], [[0, 120]]);
    const into = new CandleBuffers();
    for (const text of ['1m', '2m']) expect(compose([base], text, 120, { into })).toEqual(compose([base], text, 120));
    const flat = { fillFlat: true, observedOnly: true };
    expect(compose([base], '1m', 120, { ...flat, into })).toEqual([
      `0,5,5,5,5,${volume},,1 EXCHANGE 60/60`,
      '60000,5,5,5,5,0,0,0 EXCHANGE 60/60',
    ]);
  });

  const at = (
    text: string,
    rows: readonly Partial<CandleInput>[],
    observed: readonly [number, number][] = [],
  ): CandleBase => ({
    rows: columnsFromCandles(
      rows.map((row) => ({ openTime: 0, open: 5, high: 5, low: 5, close: 5, volume: 60, trades: 60, ...row })),
      toInterval(text),
    ),
    observed: observed.map(([from, to]) => ({ from: from * 1000, to: to * 1000 })),
  });
  const compose = (
    bases: readonly CandleBase[],
    text: string,
    to: number,
    options: Partial<ComposeQuery> = {},
  ): string[] =>
    rowsText(
      composeCandles(bases, {
        ...{ interval: toInterval(text), from: 0, to: to * 1000, fillFlat: false, observedOnly: false, carry: null },
        ...options,
      }),
    );
  const minutes = [{ openTime: 0 }, { openTime: 60_000 }, { openTime: 120_000 }];

  it('law 1: 90 s over a whole and half a minute is INTERPOLATED with coverage 2/3', () => {
    const base = at('1m', minutes, [[0, 180]]);
    expect(compose([base], '90s', 180)).toEqual([
      '0,5,5,5,5,90,,90 INTERPOLATED 60/90',
      '90000,5,5,5,5,90,,90 INTERPOLATED 60/90',
    ]);
    expect(compose([base], '3m', 180)).toEqual(['0,5,5,5,5,180,,180 EXCHANGE 180/180']);
  });

  it('law 1: observedOnly leaves out what is INTERPOLATED', () => {
    const base = at('1m', minutes, [[0, 180]]);
    expect(compose([base], '1s', 180, { observedOnly: true })).toEqual([]);
    expect(compose([base], '1m', 180, { observedOnly: true })).toHaveLength(3);
  });

  it('law 4: a quiet bucket is filled flat at the last price; after an interruption it is not', () => {
    const base = at(
      '1s',
      [{ openTime: 0, close: 5, source: CandleSource.TRADES }],
      [
        [0, 3],
        [4, 6],
      ],
    );
    expect(compose([base], '1s', 6, { fillFlat: true })).toEqual([
      '0,5,5,5,5,60,,60 TRADES 1/1',
      '1000,5,5,5,5,0,0,0 TRADES 1/1',
      '2000,5,5,5,5,0,0,0 TRADES 1/1',
    ]);
    expect(compose([base], '1s', 6)).toHaveLength(1);
    expect(compose([base], '3s', 6, { fillFlat: true })).toEqual(['0,5,5,5,5,60,,60 TRADES 3/3']);
  });

  it('law 4: quiet seconds count as observed in a bucket that has trades', () => {
    expect(compose([at('1s', [{ openTime: 2000 }], [[1, 4]])], '5s', 5)).toEqual(['0,5,5,5,5,60,,60 EXCHANGE 3/5']);
  });

  it('law 5: below a minute whose seconds are partly observed, only those seconds exist', () => {
    const seconds = at('1s', [{ openTime: 7000, volume: 2, trades: 2, source: CandleSource.TRADES }], [[5, 10]]);
    const minute = at('1m', [{ openTime: 0 }], [[0, 60]]);
    expect(compose([seconds, minute], '1s', 60)).toEqual(['7000,5,5,5,5,2,,2 TRADES 1/1']);
    expect(compose([seconds, minute], '30s', 60)).toEqual(['0,5,5,5,5,2,,2 TRADES 5/30']);
    expect(compose([seconds, minute], '1m', 60)).toEqual(['0,5,5,5,5,60,,60 EXCHANGE 60/60']);
  });

  it('law 5: a candle that finer data knows part of has no seconds, also in windows beside that part', () => {
    const second = at('1s', [{ openTime: 100_000, volume: 2, trades: 2 }], [[100, 101]]);
    const coarse = at('3m', [{ openTime: 0 }], [[0, 180]]);
    expect(compose([second, coarse], '1m', 60)).toEqual([]);
    expect(compose([second, coarse], '1m', 120, { from: 60_000 })).toEqual(['60000,5,5,5,5,2,,2 EXCHANGE 1/60']);
    expect(compose([second, coarse], '1m', 180, { from: 120_000 })).toEqual([]);
    expect(compose([at('1s', []), coarse], '1m', 60)).toEqual(['0,5,5,5,5,20,,20 INTERPOLATED 0/60']);
  });

  it('law 5: seconds that cover a minute whole replace its candle', () => {
    const seconds = at('1s', [{ openTime: 7000, volume: 2, trades: 2, source: CandleSource.TRADES }], [[0, 60]]);
    const both = [seconds, at('1m', minutes, [[0, 180]])];
    expect(compose(both, '1m', 120)).toEqual(['0,5,5,5,5,2,,2 TRADES 60/60', '60000,5,5,5,5,60,,60 EXCHANGE 60/60']);
    expect(compose(both, '3m', 180)).toEqual(['0,5,5,5,5,122,,122 EXCHANGE 180/180']);
  });

  it('law 5: a base that covers a bucket whole is enough, whatever a middle base has of it', () => {
    const whole = at('1m', [{ openTime: 60_000, volume: 1, trades: 1 }], [[0, 360]]);
    const middle = at('90s', [{ openTime: 0, volume: 2, trades: 2 }], [[0, 90]]);
    const coarse = at('6m', [{ openTime: 0, volume: 3, trades: 3 }], [[0, 360]]);
    expect(compose([whole, middle, coarse], '6m', 360)).toEqual(['0,5,5,5,5,1,,1 EXCHANGE 360/360']);
  });

  it('law 5: a quiet minute counts whole too, and carries the price on, unless finer data has a trade in it', () => {
    const minute = at('1m', [{ openTime: 0 }], [[0, 180]]);
    const watched = at('1s', [], [[70, 80]]);
    expect(compose([watched, minute], '1m', 180, { fillFlat: true })).toEqual([
      '0,5,5,5,5,60,,60 EXCHANGE 60/60',
      '60000,5,5,5,5,0,0,0 EXCHANGE 60/60',
      '120000,5,5,5,5,0,0,0 EXCHANGE 60/60',
    ]);
    const traded = at('1s', [{ openTime: 70_000, volume: 1, trades: 1, source: CandleSource.TRADES }], [[70, 80]]);
    expect(compose([traded, minute], '1m', 180)).toEqual([
      '0,5,5,5,5,60,,60 EXCHANGE 60/60',
      '60000,5,5,5,5,1,,1 TRADES 10/60',
    ]);
  });

  it('law 5: quiet slots side by side that finer data belies are one stretch, which finer slots across their edge may cover', () => {
    const finest = at('1s', [{ openTime: 550_000, volume: 1, trades: 1 }], [[540, 600]]);
    const finer = at(
      '90s',
      [0, 360_000].map((openTime) => ({ openTime, volume: 2, trades: 2 })),
      [[0, 540]],
    );
    const quiet = at('5m', [], [[0, 900]]);
    const coarse = at('15m', [{ openTime: 0, volume: 9, trades: 9 }], [[0, 900]]);
    expect(compose([finest, finer, quiet, coarse], '15m', 900)).toEqual(['0,5,5,5,5,5,,5 EXCHANGE 900/900']);
  });

  it('months are composed of the days in them', () => {
    const day = 86_400;
    const base = at('1d', [{ openTime: 30 * day * 1000 }, { openTime: 31 * day * 1000 }], [[30 * day, 32 * day]]);
    expect(compose([base], '1M', 59 * day)).toEqual([
      `0,5,5,5,5,60,,60 EXCHANGE ${day}/${31 * day}`,
      `${31 * day * 1000},5,5,5,5,60,,60 EXCHANGE ${day}/${28 * day}`,
    ]);
  });

  it('nothing stored: no rows, and no price to carry', () => {
    const nothing = {
      interval: toInterval('1m'),
      from: 0,
      to: 60_000,
      fillFlat: true,
      observedOnly: false,
      carry: null,
    };
    expect(composeCandles([], nothing)).toMatchObject({ columns: { length: 0 }, carry: null });
    const empty = { rows: emptyColumns(toInterval('1s')), observed: [] };
    expect(composeCandles([empty], nothing)).toMatchObject({ columns: { length: 0 }, carry: null });
  });

  it('a base of which no row is left asks for no scale', () => {
    const fine = at('1s', [{ openTime: 0, volume: '0.00000001' }], [[0, 1]]);
    const huge = at('1m', [{ openTime: 0, volume: '9007199254740993', trades: 1 }], [[0, 60]]);
    const rest = { ...fine, rows: sliceColumns(fine.rows, 1, 1) };
    expect(compose([rest, huge], '1m', 60)).toEqual(['0,5,5,5,5,9007199254740993,,1 EXCHANGE 60/60']);
  });
});
