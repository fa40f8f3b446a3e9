import { Decimal, type Trade } from '@prate/domain';
import { grouped, sumOf } from './recording.ts';

/** A share of the traded value that fills paid. */
export interface FoundRate {
  readonly rate: Decimal;
  /** How many of the fills paid it, and how many there are. */
  readonly fills: number;
  readonly of: number;
}

export interface FoundFees {
  readonly symbol: string;
  /** Null where no such fill was recorded. */
  readonly maker: FoundRate | null;
  readonly taker: FoundRate | null;
}

/** No venue states its fees finer than this. */
const MOST_DECIMALS = 10;

/** What the fills of a symbol paid, by liquidity: the rate by which most value was traded. */
export function feesPaid(symbol: string, fills: readonly Trade[]): FoundFees {
  const found = (liquidity: Trade['liquidity']): FoundRate | null =>
    mostPaid(fills.filter((fill) => fill.symbol === symbol && fill.liquidity === liquidity));
  return { symbol, maker: found('MAKER'), taker: found('TAKER') };
}

function mostPaid(fills: readonly Trade[]): FoundRate | null {
  const byRate = grouped(fills, (fill) => rateOf(fill).toString());
  const worth = (group: readonly Trade[]): Decimal => sumOf(group.map(({ price, quantity }) => price.mul(quantity)));
  const [most] = [...byRate].sort(([, a], [, b]) => worth(b).cmp(worth(a)));
  return most === undefined ? null : { rate: new Decimal(most[0]), fills: most[1].length, of: fills.length };
}

/** The shortest rate that gives the fee in as many decimals as it is told in, however the venue rounds. */
function rateOf({ price, quantity, fee }: Trade): Decimal {
  const value = price.mul(quantity);
  const step = new Decimal(10).pow(-fee.amount.decimalPlaces());
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals += 1) {
    const rate = fee.amount.div(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
    if (rate.mul(value).minus(fee.amount).abs().lt(step)) return rate;
  }
  return fee.amount.div(value).toDecimalPlaces(MOST_DECIMALS, Decimal.ROUND_HALF_UP);
}
