import { gzipSync } from 'node:zlib';
import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BadFileError, encodeCandles, type FileFormat, readKlines, readTrades } from '../../src/files/index.ts';
import { blow, struck } from './damage.ts';
import { again, bytesOf, collect, csv } from './file-text.ts';

const LAW_TIMEOUT_MS = 3_600_000;
const TRADES = [
  'time_ms,price,quantity,side,id',
  ...Array.from({ length: 40 }, (_, i) => `${1000 + i * 100},5.25,1,buy,${i}`),
];
const candles = Array.from({ length: 40 }, (_, i) => ({
  ...{ openTime: i * 60_000, open: '5', high: '7', low: '4', close: '6', volume: `${i + 1}.000000000000000001` },
  ...{ turnover: i % 3 === 0 ? null : `${i}.5`, trades: i + 1 },
}));
const klines = (format: FileFormat): Promise<Buffer> =>
  bytesOf(
    encodeCandles(again([columnsFromCandles(candles, toInterval('1m'))]), format, {
      ...{ venue: 'v', symbol: 'S', interval: '1m' },
    }),
  );

describe('fuzz: a damaged file of text is a BadFileError, or still rows, soon', () => {
  it.each(['t.csv', 't.csv.gz', 'k.csv', 'k.csv.gz', 'k.ndjson', 'k.ndjson.gz'])(
    '%s: bytes changed, put in or cut out anywhere',
    async (name) => {
      const isTrades = name.startsWith('t');
      const text = isTrades ? Buffer.from(TRADES.join('\n')) : await klines(name.includes('ndjson') ? 'ndjson' : 'csv');
      const file = name.endsWith('.gz') ? gzipSync(text) : text;
      const skips = [undefined, () => {}];
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(blow, { minLength: 1, maxLength: 3 }),
          fc.integer({ min: 50, max: 9000 }),
          async (blows, pieceBytes) => {
            const source = csv(struck(file, blows), pieceBytes, name);
            const onInvalid = skips[blows.length % 2];
            try {
              if (isTrades) await collect(readTrades(source, { onInvalid }));
              else await collect(readKlines(source, { onInvalid, interval: '1m' }));
            } catch (error) {
              if (!(error instanceof BadFileError)) throw error;
              refused += 1;
            }
          },
        ),
        cases(1_000),
      );
      expect(refused).toBeGreaterThan(100);
    },
    LAW_TIMEOUT_MS,
  );
});
