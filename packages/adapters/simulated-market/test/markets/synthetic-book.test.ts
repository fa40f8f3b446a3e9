import { type BookLevel, Decimal } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { Channel, hash, keyOf } from '../../src/synthetic/noise.ts';
import { type SyntheticSymbol, syntheticSymbol } from '../../src/synthetic/synthetic-symbols.ts';
import { SyntheticTape } from '../../src/synthetic/synthetic-tape.ts';

const START = 1_767_225_600_000; // 2026-01-01
const SYMBOLS = ['BTC_USDT', 'ETH_USDT', 'SOL_USDT', 'XRP_USDT', 'DOGE_USDT', 'LTC_USDT'];
const RHYTHMS = [5, 15, 45, 135];

/** One side of a book from its definition alone: nothing is remembered, and every number is made anew. */
function plainSide(seed: number, spec: SyntheticSymbol, mid: number, time: number, depth: number, direction: -1 | 1) {
  const key = keyOf(seed, spec.symbol);
  const step = Math.floor(time / 200);
  const levels: BookLevel[] = [];
  for (let distance = 1; levels.length < Math.min(depth, 50) && distance < mid; distance += 1) {
    const ticks = mid + direction * distance;
    const nature = hash(key + Channel.STEP, ticks, direction);
    if (distance > 1 && (nature & 1) === 0) continue;
    const rhythm = RHYTHMS[(nature >>> 1) & 3] as number;
    const epoch = Math.floor((step + ((nature >>> 3) % rhythm)) / rhythm);
    const chance = hash(key + Channel.BOOK, ticks, epoch);
    const product = (chance & 0x3ff) * ((chance >>> 10) & 0x3ff) * ((chance >>> 20) & 0x3ff);
    const lots = 2 + Math.min(distance, 50) + Math.floor((product * spec.mostLots) / 2 ** 30);
    levels.push({
      price: new Decimal(10).pow(-spec.priceDecimals).mul(ticks),
      quantity: new Decimal(10).pow(-spec.quantityDecimals).mul(lots * spec.lotUnits),
    });
  }
  return levels;
}

const texts = (levels: readonly BookLevel[]): readonly string[] =>
  levels.map(({ price, quantity }) => `${quantity} at ${price}`);

describe('the book of a synthetic market', () => {
  it('is the same whatever was asked before, in whatever order: that of its definition', () => {
    const question = fc.record({
      time: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 86_400_000 })),
      depth: fc.oneof(fc.constant(50), fc.integer({ min: 1, max: 60 })),
      asksFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 32 - 1 }),
        fc.constantFrom(...SYMBOLS),
        fc.array(question, { minLength: 1, maxLength: 8 }),
        (seed, symbol, questions) => {
          const spec = syntheticSymbol(symbol);
          const tape = new SyntheticTape(seed, spec, null);
          const asked = questions.map(({ time, depth, asksFirst }) => {
            const book = tape.book(START + time, depth);
            if (asksFirst) expect(book.asks).not.toHaveLength(0);
            return { book, depth };
          });
          for (const { book, depth } of asked) {
            const mid = tape.midTicks(book.time);
            expect(texts(book.bids)).toEqual(texts(plainSide(seed, spec, mid, book.time, depth, -1)));
            expect(texts(book.asks)).toEqual(texts(plainSide(seed, spec, mid, book.time, depth, 1)));
          }
        },
      ),
      cases(40),
    );
  });

  it('has its sides as plain data: once read they stay, and they are seen by what copies or writes a book', () => {
    const tape = new SyntheticTape(1, syntheticSymbol('BTC_USDT'), null);
    const book = tape.book(START, 5);
    expect(book.bids).toBe(book.bids);
    expect(Object.keys(JSON.parse(JSON.stringify(book)))).toEqual(['symbol', 'time', 'bids', 'asks', 'version']);
    expect({ ...book }.asks).toBe(book.asks);
  });

  it('a level that did not change is the same object in the next book', () => {
    const tape = new SyntheticTape(1, syntheticSymbol('BTC_USDT'), null);
    const before = new Set(tape.book(START, 50).bids);
    const after = tape.book(START + 200, 50).bids;
    const [kept, known] = [after.filter((level) => before.has(level)), texts([...before])];
    expect(kept.length).toBeGreaterThan(0);
    expect(texts(kept)).toEqual(texts(after).filter((text) => known.includes(text)));
  });
});
