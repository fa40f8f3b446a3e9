import { type DecimalInput, InvalidInputError, MarginMode, PositionMode, type PositionSide } from '@prate/domain';
import type { AccountSettings } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { PaperAccount } from './account.ts';
import { readAmount, roundUp } from './ledger.ts';
import { leverageProblem } from './order-entry.ts';
import type { SymbolMarket } from './symbol-market.ts';

/** What a facet needs from the port that it belongs to. */
export interface FacetParts {
  readonly account: PaperAccount;
  /** Throws where the port cannot work: aborted, or not connected. */
  readonly enter: (options: CallOptions | undefined) => void;
  /** @throws InvalidInputError for an unknown symbol */
  readonly market: (symbol: string) => SymbolMarket;
  readonly nowMs: () => number;
}

/** Leverage, margin mode and position mode. None of them changes under a position or an open order. */
export class PaperSettings implements AccountSettings {
  readonly #parts: FacetParts;

  constructor(parts: FacetParts) {
    this.#parts = parts;
  }

  async getLeverage(symbol: string, options?: CallOptions): Promise<number> {
    this.#parts.enter(options);
    return this.#parts.account.holdings.terms(this.#parts.market(symbol)).leverage;
  }

  /** @throws InvalidInputError for a leverage that the instrument does not allow, or under a position or an open order */
  async setLeverage(symbol: string, leverage: number, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    const market = this.#parts.market(symbol);
    const problem = leverageProblem(market.instrument, leverage);
    if (problem !== null) throw new InvalidInputError(problem);
    const terms = this.#parts.account.holdings.terms(market);
    if (terms.leverage === leverage) return;
    this.#refuseWhenEngaged('leverage', symbol);
    this.#parts.account.holdings.setTerms(market, { ...terms, leverage });
  }

  /** @throws InvalidInputError under a position or an open order */
  async setMarginMode(symbol: string, mode: MarginMode, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    const market = this.#parts.market(symbol);
    if (!Object.values(MarginMode).includes(mode)) {
      throw new InvalidInputError(`margin mode must be ISOLATED or CROSS, not '${String(mode)}'`);
    }
    const terms = this.#parts.account.holdings.terms(market);
    if (terms.marginMode === mode) return;
    this.#refuseWhenEngaged('margin mode', symbol);
    this.#parts.account.holdings.setTerms(market, { ...terms, marginMode: mode });
  }

  async getPositionMode(options?: CallOptions): Promise<PositionMode> {
    this.#parts.enter(options);
    return this.#parts.account.positionMode;
  }

  /** @throws InvalidInputError under any position or open order */
  async setPositionMode(mode: PositionMode, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    if (!Object.values(PositionMode).includes(mode)) {
      throw new InvalidInputError(`position mode must be ONE_WAY or HEDGE, not '${String(mode)}'`);
    }
    if (mode === this.#parts.account.positionMode) return;
    this.#refuseWhenEngaged('position mode', undefined);
    this.#parts.account.positionMode = mode;
  }

  /** @throws InvalidInputError without such an isolated position, with more than 18 decimals, or when less is available */
  async addMargin(
    symbol: string,
    amount: DecimalInput,
    positionSide?: PositionSide,
    options?: CallOptions,
  ): Promise<void> {
    this.#moveMargin(symbol, amount, positionSide, options, 1);
  }

  /** @throws InvalidInputError without such an isolated position, with more than 18 decimals, or when less than its initial margin would stay */
  async removeMargin(
    symbol: string,
    amount: DecimalInput,
    positionSide?: PositionSide,
    options?: CallOptions,
  ): Promise<void> {
    this.#moveMargin(symbol, amount, positionSide, options, -1);
  }

  #moveMargin(
    symbol: string,
    input: DecimalInput,
    side: PositionSide | undefined,
    options: CallOptions | undefined,
    sign: 1 | -1,
  ): void {
    const { account, enter, market, nowMs } = this.#parts;
    enter(options);
    const { quoteAsset } = market(symbol).instrument;
    const amount = readAmount(input, 'amount');
    if (amount.lte(0)) throw new InvalidInputError(`amount must be above 0, not ${amount}`);
    const slot = account.positionMode === PositionMode.HEDGE ? (side ?? null) : null;
    const held = account.holdings.held(symbol, slot);
    if (held === null || (side !== undefined && held.side !== side)) {
      throw new InvalidInputError(`there is no ${side ?? ''} position in ${symbol}`.replace('  ', ' '));
    }
    if (held.marginMode !== MarginMode.ISOLATED)
      throw new InvalidInputError(`the position in ${symbol} is not ISOLATED`);
    const most =
      sign === 1
        ? account.holdings.wallet.available(quoteAsset)
        : held.margin.minus(roundUp(held.cost.div(held.leverage)));
    if (amount.gt(most))
      throw new InvalidInputError(`amount ${amount} is more than can be moved: ${most} ${quoteAsset}`);
    account.moveMargin(held, slot, quoteAsset, amount.mul(sign), nowMs());
  }

  #refuseWhenEngaged(what: string, symbol: string | undefined): void {
    if (!this.#parts.account.isEngaged(symbol)) return;
    const where = symbol === undefined ? 'the account' : symbol;
    throw new InvalidInputError(`the ${what} cannot change while ${where} has a position or open orders`);
  }
}
