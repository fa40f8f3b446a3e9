import { type Balance, Decimal, InvalidInputError, type Position, type PositionSide, ZERO } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { RestCallOptions } from '../rest/outcome.ts';
import type { WirePosition } from '../wire/account.ts';
import { MexcApiError } from '../wire/errors.ts';
import { heldSideOf } from './codes.ts';
import { decodeBalance, decodePosition, noBalance } from './decode-account.ts';

/** MEXC's code. */
const UNKNOWN_CONTRACT = 1001;

/** Positions and balances as REST tells them, positions valued at the fair price of the moment. */
export class AccountPositions {
  readonly #rest: MexcRest;
  readonly #contracts: InstrumentTable;

  constructor(rest: MexcRest, contracts: InstrumentTable) {
    this.#rest = rest;
    this.#contracts = contracts;
  }

  /** Without those of inverse contracts. */
  async all(symbol?: string, options?: CallOptions): Promise<readonly Position[]> {
    const wires = await this.wires(symbol, options);
    const marks = await this.#marks(wires, options);
    return await this.#contracts.withContracts(
      wires,
      (wire, contract) => decodePosition(wire, contract, marks.get(wire.symbol) ?? null),
      options,
    );
  }

  /**
   * @throws InvalidInputError without a side when both positions exist
   */
  async one(symbol: string, side: PositionSide | undefined, options?: CallOptions): Promise<Position | null> {
    const found = (await this.all(symbol, options)).filter(
      ({ positionSide }) => side === undefined || positionSide === side,
    );
    if (found.length > 1) {
      throw new InvalidInputError(`${symbol} has a LONG and a SHORT position: positionSide is needed`);
    }
    return found[0] ?? null;
  }

  /** None of a symbol that MEXC does not have. */
  async wires(symbol?: string, options?: RestCallOptions): Promise<readonly WirePosition[]> {
    const rows = await this.#rest.account.openPositions(symbol, options).catch((error: unknown) => {
      if (symbol !== undefined && error instanceof MexcApiError && error.mexcCode === UNKNOWN_CONTRACT) return [];
      throw error;
    });
    return rows.filter((row) => (symbol === undefined || row.symbol === symbol) && !isEmpty(row));
  }

  /**
   * The position that something is to be done to.
   *
   * @throws InvalidInputError where there is none, or both are there and no side was named
   */
  async need(symbol: string, side: PositionSide | undefined, options?: CallOptions): Promise<WirePosition> {
    const held = (await this.wires(symbol, options)).filter(
      ({ positionType }) => side === undefined || heldSideOf(positionType) === side,
    );
    const [first, second] = held;
    if (second !== undefined) {
      throw new InvalidInputError(`${symbol} has a LONG and a SHORT position: positionSide is needed`);
    }
    if (first === undefined) {
      throw new InvalidInputError(`there is no ${side === undefined ? '' : `${side} `}position in ${symbol}`);
    }
    return first;
  }

  async balances(options?: CallOptions): Promise<readonly Balance[]> {
    return (await this.#rest.account.assets(options)).map((wire) => decodeBalance(wire));
  }

  /** Zeros for an asset that the account does not hold. */
  async balance(asset: string, options?: CallOptions): Promise<Balance> {
    return (await this.balances(options)).find((balance) => balance.asset === asset) ?? noBalance(asset);
  }

  /** Fair prices: one call, whatever the number of positions. */
  async #marks(wires: readonly WirePosition[], options?: CallOptions): Promise<ReadonlyMap<string, Decimal>> {
    const symbols = new Set(wires.map(({ symbol }) => symbol));
    const [only] = symbols;
    if (only === undefined) return new Map();
    const { market } = this.#rest;
    const tickers = symbols.size === 1 ? [await market.ticker(only, options)] : await market.tickers(options);
    return new Map(
      tickers.flatMap(({ symbol, fairPrice }) => {
        const price = new Decimal(fairPrice ?? 0);
        return symbols.has(symbol) && price.gt(ZERO) ? [[symbol, price] as const] : [];
      }),
    );
  }
}

const isEmpty = ({ holdVol }: WirePosition): boolean => !/[1-9]/.test(holdVol);
