/** Liquidation in its steps; docs/paper.md says what is decided where MEXC's texts are silent. */
import { MarginMode, OrderType, Side } from '@prate/domain';
import type { OrderCategory } from '../desk/desk-types.ts';
import { dropReducing } from './filling.ts';
import { usable } from './funds.ts';
import { cancelOrder } from './leaving.ts';
import { type EngineAccount, EngineFill, EngineOrder, type EnginePosition, type Seat } from './model.ts';
import { crossPool, isBreached, requirement, unrealizedPnl } from './risk.ts';
import { initialMargin } from './unit-costs.ts';
import { partOf, smaller } from './units.ts';

/** Liquidates what the mark price of the seat's symbol has made too weak. */
export function liquidateBreached(seat: Seat, timeMs: number): void {
  for (const position of [seat.long, seat.short]) {
    if (position === null || position.lots === 0) continue;
    if (position.marginMode === MarginMode.CROSS) liquidateCross(seat.account, seat.wallet.asset, timeMs);
    else if (isBreached(position)) liquidateIsolated(position, timeMs);
  }
}

function liquidateIsolated(position: EnginePosition, timeMs: number): void {
  if (position.autoAddMargin) {
    cancelAll(position.seat.account, (order) => order.seat === position.seat, timeMs);
    addWhatLacks(position, timeMs);
    if (!isBreached(position)) return;
  }
  while (isBreached(position)) {
    const lots = lotsAboveTier(position);
    if (lots === 0) break;
    takeOver(position, lots, null, timeMs);
  }
  if (isBreached(position)) takeOver(position, position.lots, null, timeMs);
}

/** As much as brings margin and unrealized profit back to the initial margin, or what is available. */
function addWhatLacks(position: EnginePosition, timeMs: number): void {
  const { seat, cost, leverage } = position;
  const { feeReserve } = seat.account.engine.rules;
  const lacking = initialMargin(cost, leverage, feeReserve) - position.margin - unrealizedPnl(position);
  const amount = smaller(lacking, usable(seat.account, seat.wallet.asset));
  if (amount <= 0n) return;
  seat.wallet.addMargin(amount);
  position.margin += amount;
  position.touch(timeMs);
  seat.account.tellPosition(position);
  seat.account.tellAsset(seat.wallet.asset);
}

function liquidateCross(account: EngineAccount, asset: string, timeMs: number): void {
  const isWeak = (): boolean => {
    const pool = crossPool(account, asset);
    return pool.positions.length > 0 && pool.equity <= pool.requirement;
  };
  if (!isWeak()) return;
  cancelAll(account, (order) => order.seat.wallet.asset === asset, timeMs);
  if (!isWeak()) return;
  for (const seat of account.seats.values()) if (seat.wallet.asset === asset) net(seat, timeMs);
  while (isWeak()) {
    const { positions, equity, requirement: needed } = crossPool(account, asset);
    const [position, lots] = largestAboveTier(positions);
    if (position === null) break;
    const share = needed === 0n ? 0n : (equity * requirement(position)) / needed;
    takeOver(position, lots, partOf(share, lots, position.lots), timeMs);
  }
  if (isWeak()) takeOverAll(account, asset, timeMs);
}

/** All that the account has is shared out by what the positions need; the last takes the rest. */
function takeOverAll(account: EngineAccount, asset: string, timeMs: number): void {
  const { positions, equity, requirement: needed } = crossPool(account, asset);
  let left = equity;
  const shares = positions.map((position, i) => {
    const isLast = i === positions.length - 1;
    const share = isLast ? left : needed === 0n ? 0n : (equity * requirement(position)) / needed;
    left -= share;
    return share;
  });
  positions.forEach((position, i) => {
    takeOver(position, position.lots, shares[i] as bigint, timeMs);
  });
}

/** A long and a short cross position of one symbol end each other, at the mark price and without a fee. */
function net(seat: Seat, timeMs: number): void {
  const { long, short, market } = seat;
  if (long?.marginMode !== MarginMode.CROSS || short?.marginMode !== MarginMode.CROSS) return;
  const lots = Math.min(long.lots, short.lots);
  const ticks = market.mark();
  const value = market.grid.value(ticks, lots);
  for (const position of [long, short]) {
    const { cost, margin } = position.shareOf(lots);
    const realizedPnl = position.gain(cost, value);
    seat.wallet.settleFill({ unfrozen: 0n, marginReleased: margin, marginTaken: 0n, realizedPnl, fee: 0n });
    closeBySystem(position, 'NETTING', { lots, ticks, value, cost, margin, realizedPnl }, timeMs);
  }
}

/**
 * The exchange takes lots of a position over at the price at which the account has lost what stands against them at the
 * mark price: `fromPool` of a cross position, their margin and profit of an isolated one (null).
 */
function takeOver(position: EnginePosition, lots: number, fromPool: bigint | null, timeMs: number): void {
  const { seat } = position;
  const { cost, margin } = position.shareOf(lots);
  const markPnl = position.gain(cost, seat.market.grid.value(seat.market.mark(), lots));
  const realizedPnl = fromPool === null ? -margin : markPnl - fromPool;
  const value = position.isLong ? cost + realizedPnl : cost - realizedPnl;
  seat.wallet.takeOver(margin, -realizedPnl - margin, markPnl);
  closeBySystem(position, 'LIQUIDATION', { lots, ticks: 0, value, cost, margin, realizedPnl }, timeMs);
}

/** How many lots must go so that the position fits the tier below its own; 0 where it is in the first. */
function lotsAboveTier({ cost, lots, seat }: EnginePosition): number {
  const { tiers } = seat.market;
  const cap = tiers.tiers[tiers.indexOf(cost) - 1]?.cap ?? null;
  if (cap === null) return 0;
  return lots - Number((BigInt(lots) * cap) / cost);
}

function largestAboveTier(positions: readonly EnginePosition[]): readonly [EnginePosition | null, number] {
  let largest: EnginePosition | null = null;
  let lots = 0;
  for (const position of positions) {
    const above = lotsAboveTier(position);
    if (above === 0 || (largest !== null && requirement(position) <= requirement(largest))) continue;
    largest = position;
    lots = above;
  }
  return [largest, lots];
}

interface SystemClose {
  readonly lots: number;
  readonly ticks: number;
  readonly value: bigint;
  readonly cost: bigint;
  readonly margin: bigint;
  readonly realizedPnl: bigint;
}

/** Told as an order of the exchange that has filled; the money has moved already. */
function closeBySystem(position: EnginePosition, category: OrderCategory, close: SystemClose, timeMs: number): void {
  const { seat } = position;
  const { account } = seat;
  const { engine } = account;
  const id = engine.nextId();
  const { lots, ticks, value, cost, margin, realizedPnl } = close;
  const order = new EngineOrder(
    id,
    {
      seat,
      side: position.isLong ? Side.SELL : Side.BUY,
      type: OrderType.MARKET,
      ticks: 0,
      lots,
      positionSide: seat.slot(position.side),
      reduces: true,
      reduceOnly: true,
      leverage: position.leverage,
      marginMode: position.marginMode,
      clientOrderId: systemClientId(id, account),
      category,
    },
    timeMs,
  );
  order.fillBySystem(value, realizedPnl, position.id, timeMs);
  account.orders.add(order);
  position.close(lots, value, { cost, margin, realizedPnl });
  position.touch(timeMs);
  if (position.lots === 0) account.endPosition(position);
  seat.market.disturb();
  const fill = new EngineFill(order, {
    id: engine.nextId(),
    lots,
    value,
    ticks,
    isTaker: true,
    fee: 0n,
    realizedPnl,
    time: timeMs,
  });
  account.fills.push(fill);
  account.tellFill(fill, { closed: position, opened: null });
  if (position.lots === 0) dropReducing(position, timeMs);
}

function cancelAll(account: EngineAccount, which: (order: EngineOrder) => boolean, timeMs: number): void {
  for (const order of account.listOpen(null)) {
    if (order.isOpen && which(order)) cancelOrder(order, 'LIQUIDATION', timeMs);
  }
}

function systemClientId(id: number, account: EngineAccount): string {
  let name = `system-${id}`;
  while (account.orders.byClientId(name) !== null) name += '-';
  return name;
}
