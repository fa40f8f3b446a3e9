import fc from 'fast-check';
import type { CandleInput } from '../../src/candles/index.ts';
import { type CandleColumns, formatScaled, SOURCES, UNKNOWN } from '../../src/candles/index.ts';
import { bucketSeconds } from '../../src/index.ts';

/** Columns as exact text, for comparisons that no rounding can pass. */
export function exactRows(columns: CandleColumns): string[] {
  const rows: string[] = [];
  for (let i = 0; i < columns.length; i += 1) {
    const price = (values: Float64Array): string => formatScaled(values[i] as number, columns.priceDecimals);
    const turnover = columns.turnover[i] as number | bigint;
    rows.push(
      [
        columns.openTime[i],
        price(columns.open),
        price(columns.high),
        price(columns.low),
        price(columns.close),
        formatScaled(columns.volume[i] as number | bigint, columns.volumeDecimals),
        Number(turnover) === UNKNOWN ? '' : formatScaled(turnover, columns.turnoverDecimals),
        columns.trades[i] === UNKNOWN ? '' : columns.trades[i],
      ].join(','),
    );
  }
  return rows;
}

/** Source and coverage of each row, as text. */
export const provenance = (columns: CandleColumns): string[] =>
  Array.from(columns.source, (code, i) => {
    const seconds = bucketSeconds(columns.interval, columns.openTime[i] as number);
    return `${SOURCES[code]} ${columns.coverage[i]}/${seconds}`;
  });

const decimalText = (digits: fc.Arbitrary<number>, decimals: number): fc.Arbitrary<string> =>
  digits.map((value) => {
    const text = String(value).padStart(decimals + 1, '0');
    return decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  });

/** Legal candles of any shape: trades and turnover known or not, tiny and huge volumes, one to six price digits. */
export const candleArbitrary = (openTime: number): fc.Arbitrary<CandleInput> =>
  fc
    .record({
      prices: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9_999_999 })), {
        minLength: 4,
        maxLength: 4,
      }),
      priceDecimals: fc.integer({ min: 0, max: 8 }),
      order: fc.boolean(),
      volume: decimalText(fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 2 ** 50 })), 3),
      turnover: fc.option(
        decimalText(fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 2 ** 52 })), 5),
      ),
      trades: fc.option(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100_000 }))),
      scale: fc.constantFrom(1, 10, 100),
    })
    .map(({ prices, priceDecimals, order, volume, turnover, trades, scale }) => {
      const sorted = prices.map((p) => p * scale).sort((a, b) => a - b) as [number, number, number, number];
      const text = (value: number): string => {
        const padded = String(value).padStart(priceDecimals + 1, '0');
        return priceDecimals === 0 ? padded : `${padded.slice(0, -priceDecimals)}.${padded.slice(-priceDecimals)}`;
      };
      const [low, a, b, high] = sorted;
      return {
        openTime,
        open: text(order ? a : b),
        high: text(high),
        low: text(low),
        close: text(order ? b : a),
        volume,
        turnover,
        trades: trades === null ? null : Number(volume) === 0 ? 0 : trades,
      };
    });

/** Amounts around and beyond 2^53, on a grid of three decimals. */
export const hugeCandle = (openTime: number): fc.Arbitrary<CandleInput> => {
  const amount = fc.oneof(
    fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n),
    fc.bigInt(2n ** 52n, 2n ** 60n),
    fc.bigInt(1n, 100n),
  );
  const text = (units: bigint): string => formatScaled(units, 3);
  return fc.tuple(candleArbitrary(openTime), amount, amount).map(([candle, volume, turnover]) => ({
    ...candle,
    volume: text(volume),
    turnover: candle.turnover === null ? null : text(turnover),
    trades: candle.trades === null ? null : Math.max(1, candle.trades ?? 1),
  }));
};

/** The columns, by name, in which two sets on the same scales differ. */
export const differences = (a: CandleColumns, b: CandleColumns): string[] => {
  const names = [
    'openTime',
    'open',
    'high',
    'low',
    'close',
    'volume',
    'turnover',
    'trades',
    'source',
    'coverage',
  ] as const;
  const bytes = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  return names.filter((name) => !bytes(a[name]).equals(bytes(b[name])));
};
