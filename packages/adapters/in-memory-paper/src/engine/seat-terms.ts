import { MarginMode, type PositionSide, Side } from '@prate/domain';
import type { SymbolMarket } from './market.ts';
import { areSameTerms, type OrderTerms, termsOf } from './order-record.ts';
import type { Terms } from './position-record.ts';
import { UnitCosts } from './unit-costs.ts';
import type { Rate } from './units.ts';

/** Leverage of a symbol until it is set, or the instrument's maximum where that is lower. */
export const DEFAULT_LEVERAGE = 10;

/** What one account trades with at one symbol: leverage and margin mode by side, and what that costs. */
export class SeatTerms {
  readonly #market: SymbolMarket;
  /** Null: the instrument's own. */
  readonly #fees: { readonly maker: Rate; readonly taker: Rate } | null;
  readonly #feeReserve: Rate;
  #bySide: Record<PositionSide, Terms> | null = null;
  /** Of the last order of each side. */
  #buy: OrderTerms | null = null;
  #sell: OrderTerms | null = null;
  #costs: UnitCosts | null = null;

  constructor(market: SymbolMarket, fees: { readonly maker: Rate; readonly taker: Rate } | null, feeReserve: Rate) {
    this.#market = market;
    this.#fees = fees;
    this.#feeReserve = feeReserve;
  }

  of(side: PositionSide): Terms {
    return this.#known()[side];
  }

  set(side: PositionSide, terms: Terms): void {
    this.#known()[side] = terms;
  }

  /** What margins, holds and fees are at a leverage. */
  costs(leverage: number): UnitCosts {
    const { grid } = this.#market;
    if (this.#costs === null || this.#costs.terms.leverage !== leverage || this.#costs.grid !== grid) {
      const fees = this.#fees ?? this.#market.fees;
      this.#costs = new UnitCosts({ leverage, fees, feeReserve: this.#feeReserve }, grid);
    }
    return this.#costs;
  }

  /** The terms of an order: the same object as of the last order of its side where they are alike. */
  shared(terms: OrderTerms): OrderTerms {
    const isBuy = terms.side === Side.BUY;
    const last = isBuy ? this.#buy : this.#sell;
    if (last !== null && areSameTerms(last, terms)) return last;
    const own = termsOf(terms);
    if (isBuy) this.#buy = own;
    else this.#sell = own;
    return own;
  }

  #known(): Record<PositionSide, Terms> {
    if (this.#bySide === null) {
      const leverage = Math.min(DEFAULT_LEVERAGE, this.#market.instrument.maxLeverage);
      const terms = { leverage, marginMode: MarginMode.ISOLATED };
      this.#bySide = { LONG: terms, SHORT: terms };
    }
    return this.#bySide;
  }
}
