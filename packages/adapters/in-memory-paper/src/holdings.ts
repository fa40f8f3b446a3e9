import {
  type Balance,
  type Decimal,
  MarginMode,
  makeBalance,
  type Position,
  type PositionSide,
  type Side,
  ZERO,
} from '@prate/domain';
import { closableBy, describePosition, directionOf, type HeldPosition, unrealizedPnl } from './held-position.ts';
import { DEFAULT_LEVERAGE } from './options.ts';
import type { SymbolMarket } from './symbol-market.ts';
import type { Wallet } from './wallet.ts';

/** What a symbol's positions are opened with. */
export interface SymbolTerms {
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/** In HEDGE mode an order against its own position side only ever closes. */
export const isClosing = (side: Side, positionSide: PositionSide | null): boolean =>
  positionSide !== null && positionSide !== directionOf(side);

/** Positions and money of one account, and how they look at the market's prices. */
export class Holdings {
  readonly wallet: Wallet;
  readonly #markets: ReadonlyMap<string, SymbolMarket>;
  readonly #positions = new Map<string, HeldPosition>();
  readonly #terms = new Map<string, SymbolTerms>();

  constructor(wallet: Wallet, markets: ReadonlyMap<string, SymbolMarket>) {
    this.wallet = wallet;
    this.#markets = markets;
  }

  /** `positionSide` null asks for the one net position of ONE_WAY mode. */
  held(symbol: string, positionSide: PositionSide | null): HeldPosition | null {
    return this.#positions.get(slot(symbol, positionSide)) ?? null;
  }

  hold(symbol: string, positionSide: PositionSide | null, position: HeldPosition | null): void {
    if (position === null) this.#positions.delete(slot(symbol, positionSide));
    else this.#positions.set(slot(symbol, positionSide), position);
  }

  /** How much an order would close. */
  closable(order: {
    readonly symbol: string;
    readonly side: Side;
    readonly positionSide: PositionSide | null;
  }): Decimal {
    return closableBy(order.side, this.held(order.symbol, order.positionSide));
  }

  /** In the order in which they were opened. */
  positions(symbol?: string): Position[] {
    return [...this.#positions.values()]
      .filter((held) => symbol === undefined || held.symbol === symbol)
      .map((held) => describePosition(held, this.#mark(held.symbol)));
  }

  position(symbol: string, positionSide: PositionSide | null): Position | null {
    const held = this.held(symbol, positionSide);
    return held === null ? null : describePosition(held, this.#mark(symbol));
  }

  balance(asset: string): Balance {
    let pnl = ZERO;
    for (const held of this.#positions.values()) {
      const mark = this.#mark(held.symbol);
      const settles = this.#markets.get(held.symbol)?.instrument.quoteAsset === asset;
      if (settles && mark !== null) pnl = pnl.plus(unrealizedPnl(held, mark));
    }
    return makeBalance({
      asset,
      available: this.wallet.available(asset),
      frozen: this.wallet.frozen(asset),
      positionMargin: this.wallet.positionMargin(asset),
      unrealizedPnl: pnl,
    });
  }

  terms(market: SymbolMarket): SymbolTerms {
    const { symbol, maxLeverage } = market.instrument;
    return (
      this.#terms.get(symbol) ?? {
        leverage: Math.min(DEFAULT_LEVERAGE, maxLeverage),
        marginMode: MarginMode.ISOLATED,
      }
    );
  }

  setTerms(market: SymbolMarket, terms: SymbolTerms): void {
    this.#terms.set(market.instrument.symbol, terms);
  }

  #mark(symbol: string): Decimal | null {
    return this.#markets.get(symbol)?.mark() ?? null;
  }
}

/** One position a symbol in ONE_WAY mode, one a side in HEDGE mode. */
const slot = (symbol: string, positionSide: PositionSide | null): string => `${symbol}/${positionSide ?? 'NET'}`;
