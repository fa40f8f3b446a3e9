import { InvalidInputError, NotSupportedError } from '@prate/domain';
import { type CallOptions, type Clock, type Logger, silentLogger } from '@prate/runtime';
import type { MarketRest } from '../rest/market-rest.ts';
import { withAbort } from '../rest/with-abort.ts';
import { loadContracts } from './load-contracts.ts';
import { type FeeShares, isLinearPerpetual, type MexcInstrument, toInstrument } from './mexc-instrument.ts';

export interface InstrumentTableOptions {
  readonly market: Pick<MarketRest, 'contracts' | 'contractsOfCountry'>;
  readonly clock: Clock;
  readonly logger?: Logger | undefined;
  /** How old it may become before it is read again. Default five minutes. */
  readonly maxAgeMs?: number | undefined;
  /** Of all instruments, in place of the published ones of the API. */
  readonly fees?: FeeShares | undefined;
}

interface Contents {
  readonly instruments: ReadonlyMap<string, MexcInstrument>;
  /** Inverse contracts and those with a delivery date. */
  readonly others: ReadonlySet<string>;
}

/** A symbol that is not there may be new: so old may the table be before it is read again for one. */
const MISS_AGE_MS = 10_000;
/** After a reading that failed. */
const RETRY_MS = 60_000;

/**
 * The linear perpetuals of MEXC, kept. It is read when first needed and when it has grown old; callers at one time share one
 * reading. Where a later reading fails the old contents stay, with a line in the log, and it is tried again a minute later.
 */
export class InstrumentTable {
  readonly #options: InstrumentTableOptions;
  readonly #logger: Logger;
  readonly #maxAgeMs: number;
  #contents: Contents | null = null;
  #readAtMs = 0;
  #nextReadAtMs = 0;
  #reading: Promise<Contents> | null = null;

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
    let contents = await this.#current(options);
    if (!isIn(contents, symbol) && this.#options.clock.monotonicMs() - this.#readAtMs >= MISS_AGE_MS) {
      contents = await this.#freshOr(contents, options);
    }
    const instrument = contents.instruments.get(symbol);
    if (instrument !== undefined) return instrument;
    if (contents.others.has(symbol)) {
      throw new NotSupportedError(
        `${symbol} is an inverse or a delivery contract: only linear perpetuals are supported`,
      );
    }
    throw new InvalidInputError(
      `MEXC has no contract '${symbol}'; a symbol is written like BTC_USDT, and 'prate instruments --venue mexc' lists all ${contents.instruments.size}`,
    );
  }

  /** All of them, tradable or not, in MEXC's order. */
  async all(options: CallOptions = {}): Promise<readonly MexcInstrument[]> {
    return [...(await this.#current(options)).instruments.values()];
  }

  /** What is known now, without asking anybody; undefined before the first reading. */
  peek(symbol: string): MexcInstrument | undefined {
    return this.#contents?.instruments.get(symbol);
  }

  /** Reads it anew. @throws what the reading threw; the old contents stay then */
  async refresh(options: CallOptions = {}): Promise<void> {
    await this.#read(options);
  }

  async #current(options: CallOptions): Promise<Contents> {
    options.signal?.throwIfAborted();
    if (this.#contents === null) return this.#read(options);
    if (this.#options.clock.monotonicMs() < this.#nextReadAtMs) return this.#contents;
    return this.#freshOr(this.#contents, options);
  }

  async #freshOr(old: Contents, options: CallOptions): Promise<Contents> {
    try {
      return await this.#read(options);
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#nextReadAtMs = this.#options.clock.monotonicMs() + RETRY_MS;
      this.#logger.warn({ error: String(error) }, 'the contracts could not be read again: those known before are used');
      return old;
    }
  }

  #read(options: CallOptions): Promise<Contents> {
    // without a signal: others may wait for the same
    this.#reading ??= this.#load().finally(() => {
      this.#reading = null;
    });
    return withAbort(this.#reading, options.signal);
  }

  async #load(): Promise<Contents> {
    const { market, clock, fees } = this.#options;
    const contracts = await loadContracts(market, { logger: this.#logger });
    const linear = contracts.filter(isLinearPerpetual);
    this.#contents = {
      instruments: new Map(linear.map((contract) => [contract.symbol, toInstrument(contract, fees)])),
      others: new Set(contracts.filter((contract) => !isLinearPerpetual(contract)).map(({ symbol }) => symbol)),
    };
    this.#readAtMs = clock.monotonicMs();
    this.#nextReadAtMs = this.#readAtMs + this.#maxAgeMs;
    return this.#contents;
  }
}

const isIn = ({ instruments, others }: Contents, symbol: string): boolean =>
  instruments.has(symbol) || others.has(symbol);
