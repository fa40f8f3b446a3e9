import { bucketSeconds, toInterval } from '@prate/domain';
import fc from 'fast-check';

/** Monday, and the first of a month. */
const T0 = Date.UTC(2024, 0, 1);
const HEADER = 'open_time_ms,open,high,low,close,volume,turnover,trades,source,coverage';

const PRICES = ['5.25', '0.00001234', '69000.1', '90071992547409.91', '0.30000000000000004', '123456.78901234567'];
const SUMS = [
  '0',
  '0.5',
  '3',
  '1000000.000001',
  '9007199254740993.001',
  '9223372036854775807',
  '0.1234567890123456789',
];

/** Prices that a grid holds, or a number beside them that needs doubles. */
const price = fc.constantFrom(...PRICES);

const rowText = (openTime: number, width: number): fc.Arbitrary<string> =>
  fc
    .record({
      prices: fc.tuple(price, price, price, price),
      volume: fc.constantFrom(...SUMS),
      turnover: fc.constantFrom('', ...SUMS),
      traded: fc.integer({ min: 1, max: 10 ** 15 - 1 }),
      tradesKnown: fc.boolean(),
      source: fc.constantFrom('EXCHANGE', 'TRADES'),
      watched: fc.oneof(fc.constant(width), fc.nat(width)),
    })
    .map(({ prices, volume, turnover, traded, tradesKnown, source, watched }) => {
      const ordered = [...prices].sort((a, b) => Number(a) - Number(b));
      const [low, open, close, high] = ordered as [string, string, string, string];
      const trades = tradesKnown ? (volume === '0' ? 0 : traded) : '';
      return [openTime, open, high, low, close, volume, turnover, trades, source, watched / width].join(',');
    });

/** The klines of a file, as CSV: ascending, with holes, of everything that a row may be. */
export const klinesFile: fc.Arbitrary<{ readonly interval: string; readonly csv: string }> = fc
  .record({
    interval: fc.constantFrom('1s', '1m', '4h', '1d', '1w'),
    skips: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 3000 })), {
      minLength: 1,
      maxLength: 12,
    }),
  })
  .chain(({ interval, skips }) => {
    const width = bucketSeconds(toInterval(interval), T0);
    let slot = 0;
    const rows = skips.map((skip) => {
      slot += skip;
      return rowText(T0 + slot * width * 1000, width);
    });
    return fc.tuple(...rows).map((texts) => ({ interval, csv: `${HEADER}\n${texts.join('\n')}\n` }));
  });
