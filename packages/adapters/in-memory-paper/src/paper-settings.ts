import { type DecimalInput, InvalidInputError, MarginMode, PositionMode, PositionSide } from '@prate/domain';
import type { AccountSettings } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { usable } from './engine/funds.ts';
import { marginToSpare, moveMargin } from './engine/margin.ts';
import type { SymbolMarket } from './engine/market.ts';
import type { EngineAccount, EnginePosition } from './engine/model.ts';
import { fromMoney, readAmount, toMoney } from './engine/units.ts';
import { leverageProblem } from './order-entry.ts';

/** What a facet needs from the port that it belongs to. */
export interface FacetParts {
  readonly account: EngineAccount;
  /** Throws where the port cannot work: aborted, or not connected. */
  readonly enter: (options: CallOptions | undefined) => void;
  /** @throws InvalidInputError for an unknown symbol */
  readonly market: (symbol: string) => SymbolMarket;
  readonly nowMs: () => number;
  /** Whether trigger orders wait. */
  readonly isTriggering: () => boolean;
}

const SIDES = Object.values(PositionSide);

/** Leverage, margin mode and position mode. None of them changes under a position or an open order. */
export class PaperSettings implements AccountSettings {
  readonly #parts: FacetParts;

  constructor(parts: FacetParts) {
    this.#parts = parts;
  }

  async getLeverage(symbol: string, options?: CallOptions): Promise<number> {
    this.#parts.enter(options);
    return this.#parts.account.seat(this.#parts.market(symbol)).terms.of(PositionSide.LONG).leverage;
  }

  /** @throws InvalidInputError for a leverage that the instrument does not allow, or under a position or an open order */
  async setLeverage(symbol: string, leverage: number, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    const market = this.#parts.market(symbol);
    const problem = leverageProblem(market.instrument, leverage);
    if (problem !== null) throw new InvalidInputError(problem);
    const seat = this.#parts.account.seat(market);
    if (SIDES.every((side) => seat.terms.of(side).leverage === leverage)) return;
    this.#refuseWhenEngaged('leverage', symbol);
    for (const side of SIDES) seat.terms.set(side, { ...seat.terms.of(side), leverage });
  }

  /** @throws InvalidInputError under a position or an open order */
  async setMarginMode(symbol: string, mode: MarginMode, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    const market = this.#parts.market(symbol);
    if (!Object.values(MarginMode).includes(mode)) {
      throw new InvalidInputError(`margin mode must be ISOLATED or CROSS, not '${String(mode)}'`);
    }
    const seat = this.#parts.account.seat(market);
    if (SIDES.every((side) => seat.terms.of(side).marginMode === mode)) return;
    this.#refuseWhenEngaged('margin mode', symbol);
    for (const side of SIDES) seat.terms.set(side, { ...seat.terms.of(side), marginMode: mode });
  }

  async getPositionMode(options?: CallOptions): Promise<PositionMode> {
    this.#parts.enter(options);
    return this.#parts.account.positionMode;
  }

  /** @throws InvalidInputError under any position, open order or trigger order that waits */
  async setPositionMode(mode: PositionMode, options?: CallOptions): Promise<void> {
    this.#parts.enter(options);
    if (!Object.values(PositionMode).includes(mode)) {
      throw new InvalidInputError(`position mode must be ONE_WAY or HEDGE, not '${String(mode)}'`);
    }
    if (mode === this.#parts.account.positionMode) return;
    this.#refuseWhenEngaged('position mode', undefined);
    if (this.#parts.isTriggering()) {
      throw new InvalidInputError('the position mode cannot change while trigger orders wait');
    }
    this.#parts.account.setPositionMode(mode);
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
    const { enter, nowMs } = this.#parts;
    enter(options);
    const position = this.#isolated(symbol, side);
    const { quoteAsset } = position.seat.market.instrument;
    const amount = readAmount(input, 'amount');
    if (amount.lte(0)) throw new InvalidInputError(`amount must be above 0, not ${amount}`);
    const most = sign === 1 ? usable(position.seat.account, quoteAsset) : marginToSpare(position);
    const moved = toMoney(amount);
    if (moved > most) {
      throw new InvalidInputError(`amount ${amount} is more than can be moved: ${fromMoney(most)} ${quoteAsset}`);
    }
    moveMargin(position, sign === 1 ? moved : -moved, nowMs());
  }

  #isolated(symbol: string, side: PositionSide | undefined): EnginePosition {
    const { account, market } = this.#parts;
    const seat = account.seat(market(symbol));
    const isHedge = account.positionMode === PositionMode.HEDGE;
    const position = side !== undefined ? seat.held(side) : isHedge ? null : (seat.long ?? seat.short);
    if (position === null) {
      throw new InvalidInputError(`there is no ${side ?? ''} position in ${symbol}`.replace('  ', ' '));
    }
    if (position.marginMode === MarginMode.ISOLATED) return position;
    throw new InvalidInputError(`the position in ${symbol} is not ISOLATED`);
  }

  #refuseWhenEngaged(what: string, symbol: string | undefined): void {
    if (!this.#parts.account.isEngaged(symbol)) return;
    const where = symbol === undefined ? 'the account' : symbol;
    throw new InvalidInputError(`the ${what} cannot change while ${where} has a position or open orders`);
  }
}
