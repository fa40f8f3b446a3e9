import { MarginMode, type PositionMode, PositionSide } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { AccountRest } from '../rest/account-rest.ts';
import { BadReplyError } from '../wire/errors.ts';
import { heldSideOf, marginModeOf, positionModeOf } from './codes.ts';

export interface SideTerms {
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/** Of both directions of a contract. */
export type SymbolTerms = Readonly<Record<PositionSide, SideTerms>>;

/**
 * Leverage, margin mode and position mode as MEXC has them: every order has to name them. Read once, kept, and read again
 * after something says that they are not what they were.
 */
export class AccountTerms {
  readonly #account: AccountRest;
  readonly #bySymbol = new Map<string, SymbolTerms>();
  #mode: PositionMode | null = null;
  #isModeSure: boolean = false;

  constructor(account: AccountRest) {
    this.#account = account;
  }

  /** @throws as a read does */
  async positionMode(options?: CallOptions): Promise<PositionMode> {
    return this.#mode !== null && this.#isModeSure ? this.#mode : await this.readPositionMode(options);
  }

  async readPositionMode(options?: CallOptions): Promise<PositionMode> {
    const mode = positionModeOf(await this.#account.positionMode(options));
    if (mode === null) throw new BadReplyError('position/position_mode: data should be 1 or 2');
    this.setPositionMode(mode);
    return mode;
  }

  setPositionMode(mode: PositionMode): void {
    this.#mode = mode;
    this.#isModeSure = true;
  }

  /** The mode as it was last known, for what is told without being asked for. */
  get knownMode(): PositionMode | null {
    return this.#mode;
  }

  /** @throws as a read does */
  async of(symbol: string, options?: CallOptions): Promise<SymbolTerms> {
    return this.#bySymbol.get(symbol) ?? (await this.read(symbol, options));
  }

  async read(symbol: string, options?: CallOptions): Promise<SymbolTerms> {
    const rows = await this.#account.leverage(symbol, options);
    const side = (wanted: PositionSide): SideTerms => {
      const row = rows.find(({ positionType }) => heldSideOf(positionType) === wanted);
      if (row === undefined) throw new BadReplyError(`position/leverage: data has no row for ${wanted}`);
      // ISOLATED risks less where MEXC does not say
      const marginMode = row.openType === null ? MarginMode.ISOLATED : marginModeOf(row.openType);
      return { leverage: row.leverage, marginMode };
    };
    const terms = { LONG: side(PositionSide.LONG), SHORT: side(PositionSide.SHORT) };
    this.#bySymbol.set(symbol, terms);
    return terms;
  }

  /** An order was accepted, or a position told, with these. */
  note(symbol: string, side: PositionSide, terms: SideTerms): void {
    const known = this.#bySymbol.get(symbol);
    if (known !== undefined) this.#bySymbol.set(symbol, { ...known, [side]: terms });
  }

  forget(symbol: string): void {
    this.#bySymbol.delete(symbol);
    this.#isModeSure = false;
  }

  forgetAll(): void {
    this.#bySymbol.clear();
    this.#isModeSure = false;
  }
}
