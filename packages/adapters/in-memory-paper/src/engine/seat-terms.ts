import { MarginMode, type PositionSide, Side } from '@prate/domain';
import type { SymbolMarket } from './market.ts';
import { areSameTerms, type OrderTerms, termsOf } from './order-terms.ts';
import type { Terms } from './position-record.ts';
import { type CostRules, type Fees, UnitCosts } from './unit-costs.ts';

/** Leverage of a symbol until it is set, or the instrument's maximum where that is lower. */
export const DEFAULT_LEVERAGE = 10;

/** What one account trades with at one symbol: leverage and margin mode by side, and what that costs. */
export class SeatTerms {
  readonly #market: SymbolMarket;
  /** Null: the instrument's own. */
  readonly #fees: Fees | null;
  readonly #rules: CostRules;
  #bySide: Record<PositionSide, Terms> | null = null;
  /** Of the last order of each side. */
  #buy: OrderTerms | null = null;
  #sell: OrderTerms | null = null;
  /** By leverage, and the last that was asked for. */
  readonly #allCosts = new Map<number, UnitCosts>();
  #costs: UnitCosts | null = null;

  constructor(market: SymbolMarket, fees: Fees | null, rules: CostRules) {
    this.#market = market;
    this.#fees = fees;
    this.#rules = rules;
  }

  of(side: PositionSide): Terms {
    return this.#known()[side];
  }

  set(side: PositionSide, terms: Terms): void {
    this.#known()[side] = terms;
  }

  /** What margins, holds and fees are at a leverage. */
  costs(leverage: number): UnitCosts {
    const last = this.#costs;
    if (last !== null && last.leverage === leverage && last.grid === this.#market.grid) return last;
    this.#costs = this.#costsAt(leverage);
    return this.#costs;
  }

  #costsAt(leverage: number): UnitCosts {
    const { grid } = this.#market;
    const known = this.#allCosts.get(leverage);
    if (known?.grid === grid) return known;
    const costs = new UnitCosts(leverage, this.#fees ?? this.#market.fees, this.#rules, grid);
    this.#allCosts.set(leverage, costs);
    return costs;
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
