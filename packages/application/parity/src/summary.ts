import { Decimal, ZERO } from '@prate/domain';
import { liveBetterBy, type OrderComparison, type OrderSide } from './compare.ts';
import type { FundingComparison } from './funding.ts';
import { sumOf } from './recording.ts';

/** An amount in both sessions; the difference is paper less live. */
export interface Both {
  readonly live: Decimal;
  readonly paper: Decimal;
  readonly difference: Decimal;
}

/** What a group of orders came to. Amounts of money are in one quote asset. */
export interface Summary {
  readonly orders: number;
  /** Orders without any difference. */
  readonly same: number;
  readonly filled: {
    readonly both: number;
    readonly onlyLive: number;
    readonly onlyPaper: number;
    readonly neither: number;
  };
  /** Base asset; how much was ordered, and traded. */
  readonly ordered: Decimal;
  readonly traded: Both;
  /** Of what was ordered, 0 to 1; null where nothing was. */
  readonly shareFilled: Both | null;
  /** Of orders that traded in both, weighted by what traded in both; null where none did. */
  readonly price: PriceSummary | null;
  /** Fees, of orders whose fee is known in both. */
  readonly fees: Both;
  /** Received above 0; null where no payment was told. */
  readonly funding: Both | null;
  /** As the venues count it, fees not included; of orders of which both tell it. */
  readonly realizedPnl: Both;
  /** What the fills are worth at the last price of the session, before fees and funding. */
  readonly profit: Both;
  /** profit − fees + funding. */
  readonly netProfit: Both;
}

export interface PriceSummary {
  /** Base asset. */
  readonly quantity: Decimal;
  /** How much better live traded than paper, for one of the base asset; below 0 paper did. */
  readonly liveBetterBy: Decimal;
  /** The same in ten-thousandths of the live price. */
  readonly basisPoints: Decimal;
}

const both = (live: Decimal, paper: Decimal): Both => ({ live, paper, difference: paper.minus(live) });

export function summarise(orders: readonly OrderComparison[], funding: readonly FundingComparison[] | null): Summary {
  const traded = orders.map(({ live, paper }) => [!live.filledQuantity.isZero(), !paper.filledQuantity.isZero()]);
  const count = (live: boolean, paper: boolean): number => traded.filter(([l, p]) => l === live && p === paper).length;
  const ordered = sumOf(orders.map(({ quantity }) => quantity));
  const quantity = sumBoth(orders, ({ filledQuantity }) => filledQuantity);
  const fees = sumBoth(orders, ({ fee }) => fee);
  const paid =
    funding === null ? null : both(sumOf(funding.map(({ live }) => live)), sumOf(funding.map(({ paper }) => paper)));
  const profit = sumBoth(orders, (side) => side.profit);
  const net = (of: 'live' | 'paper'): Decimal => profit[of].minus(fees[of]).plus(paid?.[of] ?? ZERO);
  return {
    orders: orders.length,
    same: orders.filter(({ differences }) => differences.length === 0).length,
    filled: {
      both: count(true, true),
      onlyLive: count(true, false),
      onlyPaper: count(false, true),
      neither: count(false, false),
    },
    ordered,
    traded: quantity,
    shareFilled: ordered.isZero() ? null : both(quantity.live.div(ordered), quantity.paper.div(ordered)),
    price: priceOf(orders),
    fees,
    funding: paid,
    realizedPnl: sumBoth(orders, (side) => side.realizedPnl),
    profit,
    netProfit: both(net('live'), net('paper')),
  };
}

/** Of the orders of which both sides tell it. */
function sumBoth(orders: readonly OrderComparison[], amountOf: (side: OrderSide) => Decimal | null): Both {
  const known = orders.flatMap(({ live, paper }) => {
    const [a, b] = [amountOf(live), amountOf(paper)];
    return a === null || b === null ? [] : [{ a, b }];
  });
  return both(sumOf(known.map(({ a }) => a)), sumOf(known.map(({ b }) => b)));
}

function priceOf(orders: readonly OrderComparison[]): PriceSummary | null {
  const weighed = orders
    .filter(({ priceDifference }) => priceDifference !== null)
    .map((order) => ({ order, weight: Decimal.min(order.live.filledQuantity, order.paper.filledQuantity) }));
  const quantity = sumOf(weighed.map(({ weight }) => weight));
  if (quantity.isZero()) return null;
  const better = sumOf(weighed.map(({ order, weight }) => liveBetterBy(order).mul(weight)));
  const value = sumOf(weighed.map(({ order, weight }) => (order.live.averagePrice ?? ZERO).mul(weight)));
  return { quantity, liveBetterBy: better.div(quantity), basisPoints: better.div(value).mul(10_000) };
}
