import type { Balance, Fee, Instrument, Order, Position, Trade } from '@prate/domain';
import type { CancelOutcome, CreateOutcome, Rejected, Unknown } from '@prate/execution-port';
import type { RunReport } from '@prate/strategy-runner';
import type { BalanceJson, FeeJson, FillJson, OrderJson, PositionJson } from '../wire/account.ts';
import type { CancelOutcomeJson, CreateOutcomeJson, RejectedJson, ReportJson, UnknownJson } from '../wire/actions.ts';
import type { InstrumentJson } from '../wire/market.ts';

// Field by field, so that what an adapter keeps besides on its objects never leaves.

const feeJson = ({ asset, amount }: Fee): FeeJson => ({ asset, amount: amount.toString() });

export const orderJson = (order: Order): OrderJson => ({
  id: order.id,
  clientOrderId: order.clientOrderId,
  symbol: order.symbol,
  side: order.side,
  type: order.type,
  price: order.price?.toString() ?? null,
  quantity: order.quantity.toString(),
  filledQuantity: order.filledQuantity.toString(),
  remaining: order.remaining.toString(),
  averagePrice: order.averagePrice?.toString() ?? null,
  status: order.status,
  isActive: order.isActive,
  reduceOnly: order.reduceOnly,
  positionSide: order.positionSide,
  createdAt: order.createdAt,
  updatedAt: order.updatedAt,
  fee: order.fee === null ? null : feeJson(order.fee),
});

export const fillJson = (trade: Trade): FillJson => ({
  id: trade.id,
  orderId: trade.orderId,
  clientOrderId: trade.clientOrderId,
  symbol: trade.symbol,
  side: trade.side,
  positionSide: trade.positionSide,
  price: trade.price.toString(),
  quantity: trade.quantity.toString(),
  fee: feeJson(trade.fee),
  realizedPnl: trade.realizedPnl.toString(),
  liquidity: trade.liquidity,
  time: trade.time,
});

export const positionJson = (position: Position): PositionJson => ({
  symbol: position.symbol,
  positionSide: position.positionSide,
  quantity: position.quantity.toString(),
  entryPrice: position.entryPrice.toString(),
  markPrice: position.markPrice.toString(),
  liquidationPrice: position.liquidationPrice?.toString() ?? null,
  leverage: position.leverage,
  marginMode: position.marginMode,
  margin: position.margin.toString(),
  maintenanceMargin: position.maintenanceMargin.toString(),
  unrealizedPnl: position.unrealizedPnl.toString(),
  realizedPnl: position.realizedPnl.toString(),
  marginRatio: position.marginRatio?.toString() ?? null,
  updatedAt: position.updatedAt,
});

export const balanceJson = (balance: Balance): BalanceJson => ({
  asset: balance.asset,
  available: balance.available.toString(),
  frozen: balance.frozen.toString(),
  positionMargin: balance.positionMargin.toString(),
  total: balance.total.toString(),
  unrealizedPnl: balance.unrealizedPnl.toString(),
  equity: balance.equity.toString(),
});

export const instrumentJson = (instrument: Instrument): InstrumentJson => ({
  symbol: instrument.symbol,
  baseAsset: instrument.baseAsset,
  quoteAsset: instrument.quoteAsset,
  tickSize: instrument.tickSize.toString(),
  lotSize: instrument.lotSize.toString(),
  contractSize: instrument.contractSize.toString(),
  minQuantity: instrument.minQuantity.toString(),
  maxQuantity: instrument.maxQuantity?.toString() ?? null,
  minNotional: instrument.minNotional?.toString() ?? null,
  maxLeverage: instrument.maxLeverage,
  makerFee: instrument.makerFee.toString(),
  takerFee: instrument.takerFee.toString(),
});

export function createOutcomeJson(outcome: CreateOutcome): CreateOutcomeJson {
  const { kind } = outcome;
  if (kind === 'accepted') return { kind, order: orderJson(outcome.order) };
  if (kind === 'rejected') return rejectedJson(outcome, outcome.clientOrderId);
  return { ...unknownJson(outcome), clientOrderId: outcome.clientOrderId };
}

export function cancelOutcomeJson(outcome: CancelOutcome): CancelOutcomeJson {
  const { kind } = outcome;
  if (kind === 'notFound') return { kind };
  return kind === 'unknown' ? unknownJson(outcome) : { kind, order: orderJson(outcome.order) };
}

const rejectedJson = (rejected: Rejected, clientOrderId: string): RejectedJson => ({
  kind: 'rejected',
  clientOrderId,
  reason: rejected.reason,
  message: rejected.message,
  below: rejected.below?.toString() ?? null,
  above: rejected.above?.toString() ?? null,
});

const unknownJson = ({ cause }: Unknown): UnknownJson => ({
  kind: 'unknown',
  code: cause.code,
  message: cause.message,
});

/** Decimals become text by themselves. */
export const reportJson = (report: RunReport): ReportJson => JSON.parse(JSON.stringify(report)) as ReportJson;
