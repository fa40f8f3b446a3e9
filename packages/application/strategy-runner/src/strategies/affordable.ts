import { checkQuantity, type Decimal, type Instrument, type StepProblem } from '@prate/domain';

/**
 * What so much money buys at the price, rounded down to the lot, and cut to the most that one order may be; a problem where
 * that is less than an order must be.
 */
export function affordable(instrument: Instrument, money: Decimal, price: Decimal): Decimal | StepProblem {
  const { lotSize, minQuantity } = instrument;
  const size = money.dividedToIntegerBy(price.mul(lotSize)).mul(lotSize);
  const problem = checkQuantity(instrument, size);
  if (problem === null) return size;
  return size.gt(minQuantity) && problem.below !== null ? problem.below : problem;
}
