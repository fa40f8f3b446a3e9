import type { MarginMode, OrderType, PositionSide, Side } from '@prate/domain';
import type { OrderCategory } from '../desk/desk-types.ts';

/** What an order was asked for with beside price, quantity and name; orders of one seat that are alike share one. */
export interface OrderTerms {
  readonly side: Side;
  readonly type: OrderType;
  /** Null in ONE_WAY mode. */
  readonly positionSide: PositionSide | null;
  /** Only ever makes a position smaller; also where side and position side say so in HEDGE mode. */
  readonly reduces: boolean;
  /** What the order was asked for with. */
  readonly reduceOnly: boolean;
  readonly leverage: number;
  readonly marginMode: MarginMode;
  readonly category: OrderCategory;
}

/** Terms alone, of something that has more. */
export const termsOf = (more: OrderTerms): OrderTerms => {
  const { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, category } = more;
  return { side, type, positionSide, reduces, reduceOnly, leverage, marginMode, category };
};

export const areSameTerms = (one: OrderTerms, other: OrderTerms): boolean =>
  one.side === other.side &&
  one.type === other.type &&
  one.positionSide === other.positionSide &&
  one.reduces === other.reduces &&
  one.reduceOnly === other.reduceOnly &&
  one.leverage === other.leverage &&
  one.marginMode === other.marginMode &&
  one.category === other.category;
