import { NotSupportedError, PrateError } from '@prate/domain';
import type { CallOptions, Clock, Logger } from '@prate/runtime';
import type { MarketRest } from '../rest/market-rest.ts';
import { MexcApiError } from '../wire/errors.ts';
import { type Contract, contractOf, stricter } from './contract.ts';

/** Limits and states of contracts change without notice; sizes have been stable, and are not promised. */
const GOOD_FOR_MS = 600_000;
const UNKNOWN_CONTRACT = 1001;

/** The contracts as MEXC describes them, for all and for the account's region, read again when they are old. */
export class ContractBook {
  readonly #market: MarketRest;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #contracts: ReadonlyMap<string, Contract> = new Map();
  #dueAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(parts: { readonly market: MarketRest; readonly clock: Clock; readonly logger: Logger }) {
    this.#market = parts.market;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** @throws as a read does */
  async load(options?: CallOptions): Promise<void> {
    const [contracts, regional] = await Promise.all([
      this.#market.contracts(options),
      this.#market.contractsOfCountry(options).catch((error: unknown) => {
        options?.signal?.throwIfAborted();
        const code = PrateError.is(error) ? error.code : 'unknown';
        this.#logger.warn({ error: code }, 'the limits of the region could not be read; the general ones are used');
        return [];
      }),
    ]);
    const bySymbol = new Map(regional.map((contract) => [contract.symbol, contract]));
    this.#contracts = new Map(
      contracts.map((contract) => [contract.symbol, contractOf(stricter(contract, bySymbol.get(contract.symbol)))]),
    );
    this.#dueAtMs = this.#clock.monotonicMs() + GOOD_FOR_MS;
  }

  /** MEXC refused what these contracts allowed: the next use reads them again. */
  expire(): void {
    this.#dueAtMs = Number.NEGATIVE_INFINITY;
  }

  /** What is known now; old data is read again meanwhile. */
  known(symbol: string): Contract | undefined {
    if (this.#clock.monotonicMs() >= this.#dueAtMs) void this.#refresh();
    return this.#contracts.get(symbol);
  }

  /**
   * Null where MEXC has no such contract.
   *
   * @throws as a read does, for a contract that was not known so far
   */
  async find(symbol: string, options?: CallOptions): Promise<Contract | null> {
    const known = this.known(symbol);
    if (known !== undefined) return known;
    if (typeof symbol !== 'string' || symbol === '') return null;
    try {
      const found = contractOf(await this.#market.contract(symbol, options));
      this.#contracts = new Map([...this.#contracts, [found.symbol, found]]);
      return found.symbol === symbol ? found : null;
    } catch (error) {
      if (error instanceof MexcApiError && error.mexcCode === UNKNOWN_CONTRACT) return null;
      throw error;
    }
  }

  /**
   * The contract of something that the account has.
   *
   * @throws NotSupportedError for an inverse contract, and for one that MEXC does not list any more
   */
  async need(symbol: string, options?: CallOptions): Promise<Contract> {
    const contract = await this.find(symbol, options);
    if (contract === null) throw new NotSupportedError(`MEXC lists no contract ${symbol}`);
    if (contract.isLinear) return contract;
    throw new NotSupportedError(
      `${symbol} is an inverse contract: its quantities have no fixed size in the base asset`,
    );
  }

  /** Rows with their contracts. Those of inverse or unknown contracts are left out, and logged. */
  async withContracts<Row extends { readonly symbol: string }, T>(
    rows: readonly Row[],
    read: (row: Row, contract: Contract) => T,
    options?: CallOptions,
  ): Promise<T[]> {
    const all: T[] = [];
    for (const row of rows) {
      const contract = await this.find(row.symbol, options);
      if (contract?.isLinear === true) all.push(read(row, contract));
      else this.#logger.warn({ symbol: row.symbol }, 'left out: this port holds linear contracts that MEXC lists');
    }
    return all;
  }

  #refresh(): Promise<void> {
    this.#reading ??= this.load()
      .catch((error: unknown) => {
        this.#dueAtMs = this.#clock.monotonicMs() + GOOD_FOR_MS / 20;
        const code = PrateError.is(error) ? error.code : 'unknown';
        this.#logger.warn({ error: code }, 'the contracts could not be read again; the old ones are used');
      })
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }
}
