import { crc32 } from 'node:zlib';
import { toInterval } from '@prate/domain';
import { type CandleBase, columnsFromCandles, concatColumns } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { spanOf } from '../src/gather.ts';
import { BadJournalError, decodeEntries, openJournalRow } from '../src/journal/read-row.ts';
import { JournalRowWriter } from '../src/journal/write-row.ts';
import { withCoverage } from '../src/merge-block.ts';
import { anyBlock, plain, T0 } from './support.ts';

const ID = 59;
const writer = new JournalRowWriter();

function rowOf(bases: readonly CandleBase[], id: number = ID): Uint8Array {
  writer.begin(Math.min(...bases.map((base) => spanOf(base).from)));
  for (const [i, base] of bases.entries()) writer.add(i + 1, 7, base);
  return writer.finish(id).slice();
}

/** The bytes with a right checksum, computed apart from the code. */
function sealed(bytes: Uint8Array): Uint8Array {
  const blank = Uint8Array.from(bytes).fill(0, 1, 5);
  new DataView(blank.buffer).setUint32(1, crc32(Buffer.concat([Buffer.from(`journal\n${ID}\n`), blank])), true);
  return blank;
}

const says = ({ rows, observed }: CandleBase): boolean => rows.length > 0 || observed.length > 0;

/** A few candles of one second each, one batch after the other, on whatever decimals they need. */
const feed: fc.Arbitrary<CandleBase[]> = fc
  .array(
    fc.record({
      skipped: fc.integer({ min: -1, max: 3 }),
      price: fc.constantFrom('100', '100.5', '0.00012', '99.25', '123456789012', '0.1234567890123456789'),
      volume: fc.constantFrom('1', '0.5', '9007199254740990', '9007199.254740993', '0.000001'),
      turnover: fc.constantFrom(null, '12.5', '7', '900719925474099.5'),
      trades: fc.constantFrom(null, 3),
      quiet: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((seconds) => {
    let at = T0;
    return seconds.map(({ skipped, price, quiet, ...rest }) => {
      const openTime = at + skipped * 1000;
      at = openTime + (1 + quiet) * 1000;
      const candle = { openTime, open: price, high: price, low: price, close: price, ...rest };
      return withCoverage(columnsFromCandles([candle], toInterval('1s')), [{ from: openTime, to: at }]);
    });
  });

describe('rows of the journal', () => {
  it('round trip: any batches are what they were', () => {
    const row = fc.array(anyBlock, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(row, (members) => {
        const kept = members.filter(({ base }) => says(base));
        fc.pre(kept.length > 0);
        const entries = openJournalRow(ID, rowOf(kept.map(({ base }) => base)));
        expect(entries.map(({ streamId }) => streamId)).toEqual(kept.map((_, i) => i + 1));
        for (const [i, { key, base }] of kept.entries()) {
          const [decoded, ...others] = decodeEntries(entries.slice(i, i + 1), key.step);
          expect(others).toEqual([]);
          expect(plain(decoded as CandleBase)).toEqual(plain(base));
        }
      }),
      cases(300),
    );
  });

  it('batches that are read together are those that are read one by one', () => {
    fc.assert(
      fc.property(feed, (bases) => {
        const entries = bases.flatMap((base) => openJournalRow(ID, rowOf([base])));
        const together = decodeEntries(entries, toInterval('1s'));
        const alone = entries.flatMap((entry) => decodeEntries([entry], toInterval('1s')));
        const text = (all: readonly CandleBase[]): unknown => {
          const columns = concatColumns(
            all.map(({ rows }) => rows),
            toInterval('1s'),
          );
          // which of two sorts of array holds numbers that fit both is not told apart
          return {
            ...columns,
            volume: Array.from(columns.volume, Number),
            turnover: Array.from(columns.turnover, Number),
          };
        };
        expect(text(together)).toEqual(text(alone));
        const seconds = (all: readonly CandleBase[]): number[] =>
          all.flatMap(({ observed }) => observed.flatMap(({ from, to }) => range(from, to)));
        expect(seconds(together)).toEqual(seconds(alone));
      }),
      cases(1000),
    );
  });

  it('a live feed is one batch in the end, whatever decimals its seconds need', () => {
    const random = seededRandom(5);
    const bases = Array.from({ length: 64 }, (_, i) => {
      const price = random.nextInt(1000, 9000) / 10 ** random.nextInt(0, 3);
      const candle = { openTime: T0 + i * 1000, open: price, high: price, low: price, close: price, volume: 1 };
      return withCoverage(columnsFromCandles([candle], toInterval('1s')), [
        { from: T0 + i * 1000, to: T0 + i * 1000 + 1000 },
      ]);
    });
    const entries = bases.flatMap((base, i) => openJournalRow(i, rowOf([base], i)));
    const joined = decodeEntries(entries, toInterval('1s'));
    expect(joined.length).toBe(1);
    expect(joined[0]?.observed).toEqual([{ from: T0, to: T0 + 64_000 }]);
  });

  it('a flipped bit anywhere, a row under another id, and bytes too few or too many are refused', () => {
    const base = withCoverage(
      columnsFromCandles([{ openTime: T0, open: 5, high: 6, low: 4, close: 5, volume: 2 }], toInterval('1s')),
      [{ from: T0, to: T0 + 3000 }],
    );
    const bytes = rowOf([base, base]);
    expect(openJournalRow(ID, bytes).length).toBe(2);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openJournalRow(ID, flipped)).toThrow(BadJournalError);
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => openJournalRow(ID, bytes.subarray(0, length))).toThrow(BadJournalError);
    }
    expect(() => openJournalRow(ID, Uint8Array.of(...bytes, 0))).toThrow(BadJournalError);
    expect(() => openJournalRow(ID + 32, bytes)).toThrow(BadJournalError);
  });

  it('fuzz: mutated rows with a right checksum are batches or a BadJournalError', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(255));
    let refused = 0;
    fc.assert(
      fc.property(feed, fc.array(mutation, { minLength: 1, maxLength: 6 }), fc.nat(40), (bases, mutations, cut) => {
        const bytes = rowOf(bases);
        for (const [at, value] of mutations) bytes[at % bytes.length] = value;
        const mutated = sealed(bytes.subarray(0, Math.max(5, bytes.length - Math.max(0, cut - 30))));
        try {
          for (const entry of openJournalRow(ID, mutated)) decodeEntries([entry], toInterval('1s'));
        } catch (error) {
          expect(error).toBeInstanceOf(BadJournalError);
          refused += 1;
        }
      }),
      cases(2000),
    );
    expect(refused).toBeGreaterThan(100);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 1000 }, (_, i) => from + i * 1000);
}
