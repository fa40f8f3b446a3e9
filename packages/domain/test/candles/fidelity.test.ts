import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type CandleColumns,
  type CandleInput,
  columnsFromCandles,
  FidelityMeter,
  type FidelityReport,
  type InterpolationInput,
  interpolateSeconds,
  sliceColumns,
} from '../../src/candles/index.ts';
import { toInterval } from '../../src/index.ts';
import { candleArbitrary } from './support.ts';

const measure = (
  interval: string,
  models: readonly InterpolationInput[],
  ...recorded: readonly CandleColumns[]
): FidelityReport => {
  const meter = new FidelityMeter(interval, models);
  for (const seconds of recorded) meter.add(seconds);
  return meter.report();
};

/** Seconds that traded, each from open to close. */
const seconds = (...rows: readonly (readonly [second: number, open: number | string, close: number | string])[]) =>
  columnsFromCandles(
    rows.map(
      ([second, open, close]): CandleInput => ({
        ...{ openTime: second * 1000, open, close, volume: 1, trades: 1, source: 'TRADES' },
        high: Number(open) > Number(close) ? open : close,
        low: Number(open) < Number(close) ? open : close,
      }),
    ),
    toInterval('1s'),
  );

describe('FidelityMeter', () => {
  it('a model that makes what was recorded: no error, the same volatility, every order right', () => {
    const model = fc.oneof(
      fc.constant('linear' as const),
      fc.record({ model: fc.constant('bridge' as const), seed: fc.nat(1000) }),
    );
    fc.assert(
      fc.property(fc.tuple(candleArbitrary(60_000), candleArbitrary(180_000)), model, (candles, interpolation) => {
        const recorded = interpolateSeconds(columnsFromCandles(candles, toInterval('1m')), interpolation);
        fc.pre(recorded.priceDecimals !== null);
        const { candles: count, orderedCandles, models } = measure('1m', [interpolation], recorded);
        expect(count).toBe(2);
        expect(models[0]).toMatchObject({ meanCloseErrorTicks: 0 });
        expect([1, null]).toContain(models[0]?.volatilityRatio);
        expect(models[0]?.orderShare).toBe(orderedCandles === 0 ? null : 1);
      }),
      cases(300),
    );
  });

  it('an example by hand: error in ticks, ratio of volatilities, order', () => {
    // of open 10, high 12, low 9 and close 12 linear makes the closes 9, 9, 12, 12
    const recorded = seconds([0, 10, 10], [1, 10, 9], [2, 9, 11], [3, 11, 12]);
    expect(measure('4s', ['linear'], recorded)).toEqual({
      interval: toInterval('4s'),
      candles: 1,
      orderedCandles: 1,
      tick: 1,
      models: [
        { model: 'linear', seed: 1, meanCloseErrorTicks: 2 / 4, volatilityRatio: Math.sqrt(10 / 6), orderShare: 1 },
      ],
    });
  });

  it('the tick is the largest step that the prices share, whatever their decimals', () => {
    const recorded = seconds([0, '10.5', '10.5'], [1, '10.5', '11.25'], [3, '11.25', '9.75']);
    const report = measure('4s', ['linear', 'bridge'], recorded);
    expect(report.tick).toBe(0.75);
    const more = measure('4s', ['linear', 'bridge'], recorded, seconds([4, '10.5', '10.5']));
    expect(more.tick).toBe(0.75);
    const finer = measure('4s', ['linear'], recorded, seconds([4, '10.125', '10.125']));
    expect(finer.tick).toBe(0.375);
  });

  it('piece by piece, on grids of their own, is the same as all at once', () => {
    const second = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }));
    fc.assert(
      fc.property(fc.uniqueArray(second, { selector: ([at]) => at, minLength: 1, maxLength: 60 }), (rows) => {
        const sorted = rows
          .sort((a, b) => a[0] - b[0])
          .map(([at, open, close]) => [at, (open / 100).toFixed(2), (close / 100).toFixed(2)] as const);
        const whole = measure('10s', ['linear', 'bridge'], seconds(...sorted));
        const pieces = Array.from({ length: 10 }, (_, i) => sorted.filter(([at]) => Math.floor(at / 10) === i));
        const parts = measure('10s', ['linear', 'bridge'], ...pieces.map((piece) => seconds(...piece)));
        const rounded = ({ models, ...rest }: FidelityReport): unknown => ({
          ...rest,
          models: models.map((model) => ({
            ...model,
            meanCloseErrorTicks: model.meanCloseErrorTicks?.toFixed(9),
            volatilityRatio: model.volatilityRatio?.toFixed(9),
          })),
        });
        expect(rounded(parts)).toEqual(rounded(whole));
      }),
      cases(200),
    );
  });

  it('high and low in one second show no order; nothing recorded shows nothing', () => {
    const both = seconds([0, 9, 12]);
    expect(measure('4s', ['linear'], both)).toMatchObject({ orderedCandles: 0, models: [{ orderShare: null }] });
    const none = { meanCloseErrorTicks: null, volatilityRatio: null, orderShare: null };
    expect(measure('4s', ['linear'], sliceColumns(both, 0, 0))).toMatchObject({
      candles: 0,
      tick: null,
      models: [none],
    });
  });

  it('what cannot be measured is refused', () => {
    for (const interval of ['1s', '1M']) expect(() => measure(interval, ['linear'])).toThrow(/1m would be right/);
    expect(() => measure('1m', [{ model: 'bridge', seed: -1 }])).toThrow(/seed/);
    const minute = columnsFromCandles(
      [{ openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 }],
      toInterval('1m'),
    );
    expect(() => measure('1m', ['linear'], minute)).toThrow(/must be of 1s, not of 1m/);
    expect(() => measure('1m', ['linear'], seconds([0, 1e-12, 123456.123456789]))).toThrow(/no decimal grid/);
  });
});
