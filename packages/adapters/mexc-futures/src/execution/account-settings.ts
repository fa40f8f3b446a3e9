import {
  Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  MarginMode,
  PositionMode,
  PositionSide,
  shown,
} from '@prate/domain';
import { type AccountSettings, LeverageDiffersError } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { checkPositionSide, checkSymbol } from '../check-arguments.ts';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { NewLeverage } from '../rest/bodies.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WriteResult } from '../rest/outcome.ts';
import type { AccountPositions } from './account-positions.ts';
import type { AccountTerms, SideTerms, SymbolTerms } from './account-terms.ts';
import { leverageProblem } from './check-request.ts';
import { heldSideOf, openTypeCode, positionModeCode, positionTypeCode } from './codes.ts';
import { refusedError } from './refusals.ts';

export interface SettingsParts {
  readonly rest: MexcRest;
  readonly contracts: InstrumentTable;
  readonly terms: AccountTerms;
  readonly positions: AccountPositions;
  /** Checks a call's options; what it returns ends with the connection too. */
  readonly enter: (options: CallOptions | undefined) => CallOptions;
}

const SIDES = [PositionSide.LONG, PositionSide.SHORT] as const;

/**
 * MEXC keeps leverage and margin mode by contract and direction; the port has one of each by contract, so both directions
 * are set. A change whose reply is lost is read back: the exception comes where it has not taken effect.
 */
export class MexcAccountSettings implements AccountSettings {
  readonly #parts: SettingsParts;

  constructor(parts: SettingsParts) {
    this.#parts = parts;
  }

  /** @throws LeverageDiffersError where the directions differ, and no position says which of them counts */
  async getLeverage(symbol: string, options?: CallOptions): Promise<number> {
    const call = this.#parts.enter(options);
    checkSymbol(symbol);
    const { LONG, SHORT } = await this.#parts.terms.read(symbol, call);
    if (LONG.leverage === SHORT.leverage) return LONG.leverage;
    const held = await this.#parts.positions.wires(symbol, call);
    const [only] = held;
    if (held.length === 1 && only !== undefined) return only.leverage;
    throw new LeverageDiffersError(symbol, { LONG: LONG.leverage, SHORT: SHORT.leverage });
  }

  /** @throws InvalidInputError for a leverage that the contract does not allow; MexcApiError where MEXC refuses */
  async setLeverage(symbol: string, leverage: number, options?: CallOptions): Promise<void> {
    const { enter, contracts, terms, positions } = this.#parts;
    const call = enter(options);
    checkSymbol(symbol);
    const contract = await contracts.need(symbol, call);
    const problem = leverageProblem(contract, leverage);
    if (problem !== null) throw new InvalidInputError(problem);
    const now = await terms.read(symbol, call);
    const held = await positions.wires(symbol, call);
    await this.#changeBoth(
      symbol,
      now,
      (side) => ({ ...now[side], leverage }),
      (side, { marginMode }) => {
        const position = held.find(({ positionType }) => heldSideOf(positionType) === side);
        return position === undefined
          ? { symbol, openType: openTypeCode[marginMode], positionType: positionTypeCode[side], leverage }
          : { positionId: position.positionId, leverage };
      },
      call,
    );
  }

  /** MEXC has no call of its own for it: it travels with the leverage. @throws MexcApiError where MEXC refuses */
  async setMarginMode(symbol: string, marginMode: MarginMode, options?: CallOptions): Promise<void> {
    const call = this.#parts.enter(options);
    checkSymbol(symbol);
    if (!Object.values(MarginMode).includes(marginMode)) {
      throw new InvalidInputError(`margin mode must be ISOLATED or CROSS, not ${shown(marginMode)}`);
    }
    const now = await this.#parts.terms.read(symbol, call);
    await this.#changeBoth(
      symbol,
      now,
      (side) => ({ ...now[side], marginMode }),
      (side, { leverage }) => ({
        symbol,
        openType: openTypeCode[marginMode],
        positionType: positionTypeCode[side],
        leverage,
      }),
      call,
    );
  }

  async getPositionMode(options?: CallOptions): Promise<PositionMode> {
    const call = this.#parts.enter(options);
    return await this.#parts.terms.readPositionMode(call);
  }

  /** @throws MexcApiError (7001) while there are positions, orders or triggers */
  async setPositionMode(mode: PositionMode, options?: CallOptions): Promise<void> {
    const { enter, rest, terms } = this.#parts;
    const call = enter(options);
    if (!Object.values(PositionMode).includes(mode)) {
      throw new InvalidInputError(`position mode must be ONE_WAY or HEDGE, not ${shown(mode)}`);
    }
    if ((await terms.readPositionMode(call)) === mode) return;
    await this.#settle(
      'position/change_position_mode',
      await rest.account.changePositionMode(positionModeCode[mode], call),
      async () => (await terms.readPositionMode(enter(undefined))) === mode,
    );
    terms.setPositionMode(mode);
  }

  async addMargin(symbol: string, amount: DecimalInput, side?: PositionSide, options?: CallOptions): Promise<void> {
    await this.#moveMargin(symbol, amount, side, 'ADD', options);
  }

  async removeMargin(symbol: string, amount: DecimalInput, side?: PositionSide, options?: CallOptions): Promise<void> {
    await this.#moveMargin(symbol, amount, side, 'SUB', options);
  }

  async #moveMargin(
    symbol: string,
    input: DecimalInput,
    side: PositionSide | undefined,
    type: 'ADD' | 'SUB',
    options: CallOptions | undefined,
  ): Promise<void> {
    const { enter, rest, positions } = this.#parts;
    const call = enter(options);
    checkSymbol(symbol);
    checkPositionSide(side);
    const amount = decimal(input, 'amount');
    if (amount.lte(0)) throw new InvalidInputError(`amount must be above 0, not ${shown(amount)}`);
    const { positionId, im } = await positions.need(symbol, side, call);
    const change = { positionId, amount: amount.toString(), type };
    await this.#settle('position/change_margin', await rest.account.changeMargin(change, call), async () => {
      const now = (await positions.wires(symbol, enter(undefined))).find(
        (position) => position.positionId === positionId,
      );
      return now !== undefined && new Decimal(im).plus(type === 'ADD' ? amount : amount.neg()).eq(now.im);
    });
  }

  /** Changes what is not so already, and knows what was changed if the second one fails. */
  async #changeBoth(
    symbol: string,
    now: SymbolTerms,
    wanted: (side: PositionSide) => SideTerms,
    changeOf: (side: PositionSide, terms: SideTerms) => NewLeverage,
    options: CallOptions | undefined,
  ): Promise<void> {
    const { rest, terms, enter } = this.#parts;
    for (const side of SIDES) {
      const next = wanted(side);
      if (isSame(now[side], next)) continue;
      try {
        await this.#settle(
          'position/change_leverage',
          await rest.account.changeLeverage(changeOf(side, next), options),
          async () => isSame((await terms.read(symbol, enter(undefined)))[side], next),
        );
        terms.note(symbol, side, next);
      } catch (error) {
        terms.forget(symbol);
        throw error;
      }
    }
  }

  /** @throws MexcApiError for a refusal; for a lost reply its cause, unless what was asked for has come true */
  async #settle(path: string, result: WriteResult<void>, hasComeTrue: () => Promise<boolean>): Promise<void> {
    if (result.kind === 'refused') throw refusedError(path, result);
    if (result.kind === 'unknown' && !(await hasComeTrue().catch(() => false))) throw result.cause;
  }
}

const isSame = (a: SideTerms, b: SideTerms): boolean => a.leverage === b.leverage && a.marginMode === b.marginMode;
