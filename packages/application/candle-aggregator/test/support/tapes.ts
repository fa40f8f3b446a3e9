import fc from 'fast-check';
import type { TradeRow } from './values.ts';

/** Trades as a feed may tell them. */
export interface Tape {
  /** How far trades are out of order at most, in ms of market time. */
  readonly latenessMs: number;
  /** Items in the order in which they come; trades that were told before come again among them. */
  readonly items: readonly (readonly TradeRow[])[];
  /** Every trade once, by time, and at one time by arrival. */
  readonly ordered: readonly TradeRow[];
}

export interface TapeOptions {
  readonly maxTrades: number;
  readonly maxMs: number;
  /** Of price and quantity, as text or numbers. */
  readonly price: fc.Arbitrary<number | string>;
  readonly quantity: fc.Arbitrary<number | string>;
}

/** `12.34` and the like: whole numbers, and up to three decimals. */
export const decimals = (max: number): fc.Arbitrary<number> =>
  fc
    .tuple(fc.integer({ min: 1, max }), fc.integer({ min: 0, max: 3 }))
    .map(([digits, places]) => digits / 10 ** places);

/** Each trade comes up to so many ms late; some come again; neighbours come together or not. */
export function tapes({ maxTrades, maxMs, price, quantity }: TapeOptions): fc.Arbitrary<Tape> {
  const trade = fc.record({
    ms: fc.integer({ min: 0, max: maxMs }),
    price,
    quantity,
    delay: fc.double({ min: 0, max: 1, noNaN: true }),
    again: fc.option(fc.nat({ max: 20 }), { freq: 4 }),
    together: fc.boolean(),
  });
  const form = fc.constantFrom<(n: number) => string>(
    String,
    (n) => String(3 * n),
    (n) => `id-${n}`,
  );
  return fc
    .tuple(fc.constantFrom(0, 1, 700, 1000, 2500), form, fc.array(trade, { maxLength: maxTrades }))
    .map(([latenessMs, idOf, drawn]) => {
      const arrivals = drawn
        .map((row) => ({ ...row, at: row.ms + Math.floor(row.delay * latenessMs) }))
        .sort((a, b) => a.at - b.at);
      const rows = arrivals.map(({ ms, price: p, quantity: q }, i): TradeRow => [ms, p, q, idOf(i)]);
      const told: { readonly row: TradeRow; readonly together: boolean; readonly place: number }[] = [];
      for (const [i, row] of rows.entries()) {
        const { again, together } = arrivals[i] as (typeof arrivals)[number];
        told.push({ row, together, place: i });
        if (again !== null) told.push({ row, together: !together, place: i + again });
      }
      told.sort((a, b) => a.place - b.place);
      const items: TradeRow[][] = [];
      for (const { row, together } of told) {
        if (together && items.length > 0) items.at(-1)?.push(row);
        else items.push([row]);
      }
      return { latenessMs, items, ordered: [...rows].sort((a, b) => a[0] - b[0]) };
    });
}
