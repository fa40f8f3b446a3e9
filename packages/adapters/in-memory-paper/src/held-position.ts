import { Decimal, type MarginMode, type Position, PositionSide, Side, ZERO } from '@prate/domain';
import { roundDown, roundUp } from './ledger.ts';

/**
 * A position as the exchange keeps it: the cost of what is held, not its average price, because a cost is an exact sum
 * and an average a rounded quotient.
 */
export interface HeldPosition {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly quantity: Decimal;
  /** Sum of price × quantity of what is still held, quote asset. */
  readonly cost: Decimal;
  readonly margin: Decimal;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly realizedPnl: Decimal;
  readonly updatedAt: number;
}

export interface PositionFill {
  readonly symbol: string;
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly time: number;
}

export interface FillEffect {
  readonly position: HeldPosition | null;
  readonly realizedPnl: Decimal;
  readonly marginReleased: Decimal;
  readonly marginTaken: Decimal;
}

/** The side that a fill pushes towards. */
export const directionOf = (side: Side): PositionSide => (side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT);

/** How much of the position an order of this side would close. */
export const closableBy = (side: Side, held: HeldPosition | null): Decimal =>
  held !== null && held.side !== directionOf(side) ? held.quantity : ZERO;

/** The position after a fill: it first closes what stands against it, then opens with the rest. */
export function applyFill(held: HeldPosition | null, fill: PositionFill): FillEffect {
  const closing = Decimal.min(fill.quantity, closableBy(fill.side, held));
  const opening = fill.quantity.minus(closing);
  const closed = held === null || closing.isZero() ? null : closePart(held, fill, closing);
  const rest = closed === null ? held : closed.position;
  const opened = opening.isZero() ? null : openPart(rest, fill, opening);
  return {
    position: opened === null ? rest : opened.position,
    realizedPnl: closed?.realizedPnl ?? ZERO,
    marginReleased: closed?.marginReleased ?? ZERO,
    marginTaken: opened?.marginTaken ?? ZERO,
  };
}

interface Closed {
  readonly position: HeldPosition | null;
  readonly realizedPnl: Decimal;
  readonly marginReleased: Decimal;
}

/** A part takes its share of cost and margin, cut to the ledger's decimals; the last part takes all that is left. */
function closePart(held: HeldPosition, fill: PositionFill, quantity: Decimal): Closed {
  const whole = quantity.eq(held.quantity);
  const share = (amount: Decimal): Decimal => (whole ? amount : roundDown(amount.mul(quantity).div(held.quantity)));
  const cost = share(held.cost);
  const margin = share(held.margin);
  const value = roundDown(fill.price.mul(quantity));
  const realizedPnl = held.side === PositionSide.LONG ? value.minus(cost) : cost.minus(value);
  const position: HeldPosition | null = whole
    ? null
    : {
        ...held,
        quantity: held.quantity.minus(quantity),
        cost: held.cost.minus(cost),
        margin: held.margin.minus(margin),
        realizedPnl: held.realizedPnl.plus(realizedPnl),
        updatedAt: fill.time,
      };
  return { position, realizedPnl, marginReleased: margin };
}

function openPart(
  held: HeldPosition | null,
  fill: PositionFill,
  quantity: Decimal,
): { readonly position: HeldPosition; readonly marginTaken: Decimal } {
  const value = roundDown(fill.price.mul(quantity));
  const marginTaken = roundUp(value.div(fill.leverage));
  const position: HeldPosition = {
    symbol: fill.symbol,
    side: directionOf(fill.side),
    quantity: (held?.quantity ?? ZERO).plus(quantity),
    cost: (held?.cost ?? ZERO).plus(value),
    margin: (held?.margin ?? ZERO).plus(marginTaken),
    leverage: fill.leverage,
    marginMode: fill.marginMode,
    realizedPnl: held?.realizedPnl ?? ZERO,
    updatedAt: fill.time,
  };
  return { position, marginTaken };
}

export function unrealizedPnl(held: HeldPosition, markPrice: Decimal): Decimal {
  const value = markPrice.mul(held.quantity);
  return held.side === PositionSide.LONG ? value.minus(held.cost) : held.cost.minus(value);
}

/** The position as the port tells it. There is no liquidation here, so nothing is said of it. */
export function describePosition(held: HeldPosition, mark: Decimal | null): Position {
  const entryPrice = held.cost.div(held.quantity);
  const markPrice = mark ?? entryPrice;
  return Object.freeze({
    symbol: held.symbol,
    positionSide: held.side,
    quantity: held.quantity,
    entryPrice,
    markPrice,
    liquidationPrice: null,
    leverage: held.leverage,
    marginMode: held.marginMode,
    margin: held.margin,
    maintenanceMargin: ZERO,
    unrealizedPnl: mark === null ? ZERO : unrealizedPnl(held, mark),
    realizedPnl: held.realizedPnl,
    marginRatio: null,
    updatedAt: held.updatedAt,
  });
}
