import {
  checkPrice,
  checkQuantity,
  Decimal,
  decimal,
  type Instrument,
  isClientOrderId,
  OrderType,
  PositionMode,
  Side,
  type StepProblem,
} from '@prate/domain';
import type { OrderRequest, Rejected, RejectReason } from '../src/index.ts';
import { type FakeAccount, FEE } from './fake-account.ts';

export const crosses = (side: Side, price: Decimal, other: Decimal): boolean =>
  side === Side.BUY ? price.gte(other) : price.lte(other);

export const rejected = (reason: RejectReason, message: string): Rejected => ({ kind: 'rejected', reason, message });

export const stepProblem = (reason: RejectReason, problem: StepProblem | null): Rejected | null =>
  problem === null ? null : { kind: 'rejected', reason, ...problem };

/** What a request is checked against. */
export interface FakeView {
  readonly instrument: Instrument;
  readonly account: FakeAccount;
  readonly mode: PositionMode;
  readonly available: Decimal;
  /** The best price of the other side. */
  readonly opposite: Decimal | null;
  readonly hasClientId: (id: string) => boolean;
}

export function quantityOf(request: OrderRequest, { instrument, account }: FakeView): Decimal {
  if (request.quantity !== undefined) return decimal(request.quantity, 'quantity');
  const lots = decimal(request.quoteQuantity ?? 0)
    .div(decimal(request.price ?? account.last))
    .div(instrument.lotSize);
  return lots.floor().mul(instrument.lotSize);
}

export const checkRequest = (request: OrderRequest, view: FakeView): Rejected | null =>
  checkWords(request, view) ?? checkNumbers(request, view) ?? checkMarket(request, view);

function checkWords(request: OrderRequest, { instrument, account, mode, hasClientId }: FakeView): Rejected | null {
  const { clientOrderId } = request;
  if (clientOrderId !== undefined) {
    if (!isClientOrderId(clientOrderId)) return rejected('INVALID_REQUEST', 'client order id');
    if (hasClientId(clientOrderId)) return rejected('DUPLICATE_CLIENT_ORDER_ID', 'used before');
  }
  if (request.symbol !== instrument.symbol) return rejected('UNKNOWN_SYMBOL', 'no such symbol');
  if (request.stopLoss !== undefined || request.takeProfit !== undefined) return rejected('NOT_SUPPORTED', 'no stops');
  const leverage = request.leverage ?? account.leverage;
  if (leverage < 1 || leverage > instrument.maxLeverage) return rejected('INVALID_LEVERAGE', 'leverage');
  if ((mode === PositionMode.HEDGE) !== (request.positionSide !== undefined)) {
    return rejected('INVALID_REQUEST', 'positionSide and position mode do not fit');
  }
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    return rejected('INVALID_REQUEST', 'one of quantity and quoteQuantity');
  }
  return null;
}

function checkNumbers(request: OrderRequest, view: FakeView): Rejected | null {
  const { type, price } = request;
  if ((type === OrderType.MARKET) !== (price === undefined))
    return rejected('INVALID_PRICE', 'price and type do not fit');
  const priceProblem = price === undefined ? null : checkPrice(view.instrument, decimal(price, 'price'));
  const quantityProblem = checkQuantity(view.instrument, quantityOf(request, view));
  return stepProblem('INVALID_PRICE', priceProblem) ?? stepProblem('INVALID_QUANTITY', quantityProblem);
}

function checkMarket(request: OrderRequest, view: FakeView): Rejected | null {
  const { side, type, price } = request;
  const { account, opposite } = view;
  const quantity = quantityOf(request, view);
  const closable = account.closable(side, request.positionSide ?? 'NET');
  if (request.reduceOnly === true) {
    return quantity.gt(closable) ? rejected('REDUCE_ONLY', `at most ${closable} can be closed`) : null;
  }
  const wouldTake = price !== undefined && opposite !== null && crosses(side, decimal(price), opposite);
  if (type === OrderType.POST_ONLY && wouldTake) return rejected('POST_ONLY_WOULD_TAKE', 'it would take');
  const value = decimal(price ?? opposite ?? account.last).mul(quantity.minus(Decimal.min(closable, quantity)));
  const needed = value.div(request.leverage ?? account.leverage).plus(value.mul(FEE));
  return needed.gt(view.available) ? rejected('INSUFFICIENT_BALANCE', 'too much') : null;
}
