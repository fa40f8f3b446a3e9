import { type Decimal, ZERO } from '@prate/domain';
import type { FundingComparison } from './funding.ts';
import type { SessionFill } from './recording.ts';
import { signed } from './start.ts';
import type { TapePrice } from './tape.ts';

/** Net profit of both sessions at a time: fills at the price of then, less fees, with funding. For a picture, as doubles. */
export interface CurvePoint {
  readonly time: number;
  readonly live: number;
  readonly paper: number;
}

interface Side {
  readonly fills: readonly SessionFill[];
  readonly funding: readonly { readonly time: number; readonly amount: Decimal }[];
}

/** The curve of one symbol at the times of its prices, which ascend. */
export function profitCurve(
  prices: readonly TapePrice[],
  fills: { readonly live: readonly SessionFill[]; readonly paper: readonly SessionFill[] },
  funding: readonly FundingComparison[],
): CurvePoint[] {
  const live = sweep(prices, {
    fills: fills.live,
    funding: funding.map(({ time, live: amount }) => ({ time, amount })),
  });
  const paper = sweep(prices, {
    fills: fills.paper,
    funding: funding.map(({ time, paper: amount }) => ({ time, amount })),
  });
  return prices.map(({ time }, i) => ({ time, live: live[i] as number, paper: paper[i] as number }));
}

function sweep(prices: readonly TapePrice[], { fills, funding }: Side): number[] {
  const fillsByTime = fills.toSorted((a, b) => a.time - b.time);
  const fundingByTime = funding.toSorted((a, b) => a.time - b.time);
  let [cash, held] = [ZERO, ZERO];
  let [nextFill, nextPayment] = [0, 0];
  return prices.map(({ time, price }) => {
    for (let fill = fillsByTime[nextFill]; fill !== undefined && fill.time <= time; fill = fillsByTime[++nextFill]) {
      cash = cash.minus(fill.price.mul(signed(fill))).minus(fill.fee?.amount ?? ZERO);
      held = held.plus(signed(fill));
    }
    for (
      let one = fundingByTime[nextPayment];
      one !== undefined && one.time <= time;
      one = fundingByTime[++nextPayment]
    )
      cash = cash.plus(one.amount);
    return cash.plus(held.mul(price)).toNumber();
  });
}

/**
 * At most some `most` of the prices: of each stretch of time the first, the highest, the lowest and the last, so that a
 * picture keeps its peaks, and the first one at or after each of the moments.
 */
export function thinned(prices: readonly TapePrice[], most: number, moments: readonly number[]): TapePrice[] {
  if (prices.length <= most) return [...prices];
  const kept = new Set<number>([0, prices.length - 1]);
  const width = Math.ceil((prices.length * 4) / most);
  for (let from = 0; from < prices.length; from += width) {
    const to = Math.min(from + width, prices.length);
    let [low, high] = [from, from];
    for (let i = from; i < to; i += 1) {
      if (priceAt(prices, i) < priceAt(prices, low)) low = i;
      if (priceAt(prices, i) > priceAt(prices, high)) high = i;
    }
    for (const i of [from, low, high, to - 1]) kept.add(i);
  }
  for (const moment of moments) {
    let [from, to] = [0, prices.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((prices[middle] as TapePrice).time < moment) from = middle + 1;
      else to = middle;
    }
    kept.add(from);
  }
  return [...kept].sort((a, b) => a - b).map((i) => prices[i] as TapePrice);
}

const priceAt = (prices: readonly TapePrice[], i: number): number => (prices[i] as TapePrice).price;
