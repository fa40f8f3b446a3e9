import type { TradeColumns } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import type { Contender } from '../harness/work.ts';
import { MIDDLE } from './order-flow.ts';

export const PRINTS = 1_000_000;
const BATCH = 100;
export const RESTING_ORDERS = 100;

/** A million prints of a market that wanders around the middle, as a feed tells them: a hundred at a time, at a tick of 0.1. */
function tapeOf(): readonly TradeColumns[] {
  const random = seededRandom(5);
  let ticks = MIDDLE;
  return Array.from({ length: PRINTS / BATCH }, (_, batch) => {
    const price = Float64Array.from({ length: BATCH }, () => {
      ticks += random.nextInt(-3, 4) - Math.sign(ticks - MIDDLE) * random.nextInt(0, 2);
      return ticks;
    });
    return {
      length: BATCH,
      time: Float64Array.from({ length: BATCH }, (_unused, i) => batch * BATCH + i),
      priceDecimals: 1,
      price,
      quantityDecimals: 4,
      quantity: Float64Array.from({ length: BATCH }, () => random.nextInt(1, 200)),
      side: Uint8Array.from({ length: BATCH }, () => random.nextInt(0, 2)),
      ids: null,
    };
  });
}

/** Where the n-th order rests. Near ones are reached now and then; each that filled is followed by another. */
function restingOrder(n: number): { readonly isBuy: boolean; readonly ticks: number; readonly lots: number } {
  const isBuy = n % 2 === 0;
  const away = 20 + ((n * 7_919) % 3_000);
  return { isBuy, ticks: isBuy ? MIDDLE - away : MIDDLE + away, lots: 1 + (n % 90) };
}

/** A book that prints are told to. */
export interface Printed {
  add(order: number, isBuy: boolean, ticks: number, lots: number): void;
  tell(trades: TradeColumns): void;
}

/** The tape through a book of resting orders. @param makeBook is given what is to be called for each order that has filled */
export function printing(makeBook: (filled: (order: number) => void) => Printed): Contender {
  let tape: readonly TradeColumns[] = [];
  let orders = 0;
  return {
    async prepare() {
      if (tape.length === 0) tape = tapeOf();
      orders = 0;
    },
    async run() {
      let filled = 0;
      const book = makeBook(() => {
        filled += 1;
      });
      const add = (): void => {
        const { isBuy, ticks, lots } = restingOrder(orders);
        book.add(orders, isBuy, ticks, lots);
        orders += 1;
      };
      for (let i = 0; i < RESTING_ORDERS; i += 1) add();
      for (const trades of tape) {
        book.tell(trades);
        for (; filled > 0; filled -= 1) add();
      }
      return undefined;
    },
    result: async () => ({ orders: Float64Array.of(orders) }),
  };
}
