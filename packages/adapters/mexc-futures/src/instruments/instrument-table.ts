import { InvalidInputError, NotSupportedError, shown } from '@prate/domain';
import { type CallOptions, type Clock, type Logger, silentLogger } from '@prate/runtime';
import { checkSymbol, isName } from '../check-arguments.ts';
import type { MarketRest } from '../rest/market-rest.ts';
import { SharedWork } from '../shared-work.ts';
import { MexcApiError } from '../wire/errors.ts';
import { loadContracts } from './load-contracts.ts';
import { type FeeShares, isLinear, isLinearPerpetual, type MexcInstrument, toInstrument } from './mexc-instrument.ts';

export interface InstrumentTableOptions {
  readonly market: Pick<MarketRest, 'contracts' | 'contractsOfCountry' | 'contract'>;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  /** How old it may become before it is read again. Default five minutes. */
  readonly maxAgeMs?: number | undefined;
  /** Of all instruments, in place of the published ones of the API. */
  readonly fees?: FeeShares | undefined;
}

/** In MEXC's order. */
type Contents = ReadonlyMap<string, MexcInstrument>;

/** A contract counts another quantity than before: what was converted in this time may have been wrong. */
export interface ContractResized {
  readonly symbol: string;
  /** Epoch ms: when it was last seen with the old size, and when it was noticed. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A symbol that is not there may be new: so old may the table be before it is read again for one. */
const MISS_AGE_MS = 10_000;
/** MEXC's code. */
const UNKNOWN_CONTRACT = 1001;
/** After a reading that failed. */
const RETRY_MS = 60_000;

/**
 * The contracts of MEXC, kept. They are read when first needed, when they have grown old, and after `expire()`; callers at
 * one time share one reading. Where a later reading fails the old contents stay, with a line in the log, and it is tried
 * again a minute later. `get` and `all` wait for a reading that is due; `known`, `find`, `need` and `withContracts` answer
 * with what is known, because an order does not wait for a list, and have it read meanwhile.
 */
export class InstrumentTable {
  readonly #options: InstrumentTableOptions;
  readonly #logger: Logger;
  readonly #maxAgeMs: number;
  #contents: Contents | null = null;
  readonly #followers = new Set<(change: ContractResized) => void>();
  #readAtMs = 0;
  /** The same by the wall clock. */
  #seenAtMs = 0;
  #nextReadAtMs = 0;
  readonly #reading: SharedWork<Contents> = new SharedWork((signal) => this.#load(signal));

  constructor(options: InstrumentTableOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#maxAgeMs = options.maxAgeMs ?? 300_000;
  }

  /**
   * One instrument, tradable or not: see its `status`.
   *
   * @throws InvalidInputError (`INVALID_INPUT`) for a symbol that MEXC does not have; NotSupportedError (`NOT_SUPPORTED`) for
   *   an inverse or a delivery contract; what the first reading threw; `signal.reason`
   */
  async get(symbol: string, options: CallOptions = {}): Promise<MexcInstrument> {
    checkSymbol(symbol);
    let contents = await this.#current(options);
    if (!contents.has(symbol) && this.#mayBeNew()) {
      contents = await this.#freshOr(contents, options);
    }
    const instrument = contents.get(symbol);
    if (instrument === undefined) {
      throw new InvalidInputError(
        `MEXC has no contract ${shown(symbol)}; a symbol is written like BTC_USDT, and 'prate instruments --venue mexc' lists all ${perpetuals(contents).length}`,
      );
    }
    if (isLinearPerpetual(instrument.contract)) return instrument;
    throw new NotSupportedError(`${symbol} is an inverse or a delivery contract: only linear perpetuals are supported`);
  }

  /** All linear perpetuals, tradable or not, in MEXC's order. */
  async all(options: CallOptions = {}): Promise<readonly MexcInstrument[]> {
    return perpetuals(await this.#current(options));
  }

  /** A contract of any kind, as it is known now; undefined where it is not. */
  known(symbol: string): MexcInstrument | undefined {
    if (this.#contents !== null && this.#isDue() && !this.#reading.isUnderWay) void this.#freshOr(this.#contents, {});
    return this.#contents?.get(symbol);
  }

  /**
   * A contract of any kind; null where MEXC has none of this symbol. One that is not in the list is asked for alone.
   *
   * @throws what a reading threw, for a contract that was not known so far; `signal.reason`
   */
  async find(symbol: string, options: CallOptions = {}): Promise<MexcInstrument | null> {
    if (this.#contents === null) await this.#reading.join(options.signal);
    const known = this.known(symbol);
    if (known !== undefined) return known;
    if (!isName(symbol)) return null;
    const { market, fees } = this.#options;
    try {
      const found = toInstrument(await market.contract(symbol, options), fees);
      this.#contents = new Map([...(this.#contents ?? []), [found.symbol, found]]);
      return found.symbol === symbol ? found : null;
    } catch (error) {
      if (error instanceof MexcApiError && error.mexcCode === UNKNOWN_CONTRACT) return null;
      throw error;
    }
  }

  /**
   * The contract of something that an account has.
   *
   * @throws NotSupportedError for an inverse contract, and for one that MEXC does not list any more; as `find` does
   */
  async need(symbol: string, options?: CallOptions): Promise<MexcInstrument> {
    const instrument = await this.find(symbol, options);
    if (instrument === null) throw new NotSupportedError(`MEXC lists no contract ${symbol}`);
    if (isLinear(instrument.contract)) return instrument;
    throw new NotSupportedError(
      `${symbol} is an inverse contract: its quantities have no fixed size in the base asset`,
    );
  }

  /** Rows of an account with their contracts. Those of inverse or unknown contracts are left out, and logged. */
  async withContracts<Row extends { readonly symbol: string }, T>(
    rows: readonly Row[],
    read: (row: Row, instrument: MexcInstrument) => T,
    options?: CallOptions,
  ): Promise<T[]> {
    const all: T[] = [];
    for (const row of rows) {
      const instrument = await this.find(row.symbol, options);
      if (instrument !== null && isLinear(instrument.contract)) all.push(read(row, instrument));
      else this.#logger.warn({ symbol: row.symbol }, 'left out: this port holds linear contracts that MEXC lists');
    }
    return all;
  }

  /** MEXC refused what these contracts allowed: the next use reads them again. */
  expire(): void {
    this.#nextReadAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Tells the contracts whose size a later reading finds changed. @returns what ends it */
  onResized(follower: (change: ContractResized) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Reads it anew. @throws what the reading threw; the old contents stay then */
  async refresh(options: CallOptions = {}): Promise<void> {
    await this.#reading.join(options.signal);
  }

  async #current(options: CallOptions): Promise<Contents> {
    options.signal?.throwIfAborted();
    if (this.#contents === null) return this.#reading.join(options.signal);
    return this.#isDue() ? this.#freshOr(this.#contents, options) : this.#contents;
  }

  async #freshOr(old: Contents, options: CallOptions): Promise<Contents> {
    try {
      return await this.#reading.join(options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#nextReadAtMs = this.#options.clock.monotonicMs() + RETRY_MS;
      this.#logger.warn({ error: String(error) }, 'the contracts could not be read again: those known before are used');
      return old;
    }
  }

  #isDue(): boolean {
    return this.#options.clock.monotonicMs() >= this.#nextReadAtMs;
  }

  /** Whether a symbol that is not there may have been listed since. */
  #mayBeNew(): boolean {
    return this.#options.clock.monotonicMs() - this.#readAtMs >= MISS_AGE_MS;
  }

  async #load(signal: AbortSignal): Promise<Contents> {
    const { market, clock, fees } = this.#options;
    const contracts = await loadContracts(market, { signal, logger: this.#logger });
    const before = this.#contents;
    const contents: Contents = new Map(contracts.map((contract) => [contract.symbol, toInstrument(contract, fees)]));
    const fromMs = this.#seenAtMs;
    this.#contents = contents;
    this.#readAtMs = clock.monotonicMs();
    this.#seenAtMs = clock.nowMs();
    this.#nextReadAtMs = this.#readAtMs + this.#maxAgeMs;
    for (const { symbol, contractSize } of contents.values()) {
      const was = before?.get(symbol)?.contractSize;
      if (was === undefined || was.eq(contractSize)) continue;
      this.#logger.warn({ symbol, was: `${was}`, now: `${contractSize}` }, 'a contract has another size than before');
      for (const follower of [...this.#followers]) follower({ symbol, fromMs, toMs: this.#seenAtMs });
    }
    return contents;
  }
}

const perpetuals = (contents: Contents): readonly MexcInstrument[] =>
  [...contents.values()].filter(({ contract }) => isLinearPerpetual(contract));
