import { Decimal, type DecimalInput, Side } from '@prate/domain';
import { type Clock, systemClock } from '@prate/runtime';
import type { FeeRates } from '../backend/account-values.ts';
import type { BackendEvent } from '../backend/backend-event.ts';
import type {
  Book,
  BookChange,
  Contract,
  Funding,
  FundingSettlement,
  InsuranceFund,
  Kline,
  KlineInterval,
  PriceSource,
  PublicTrade,
  Ticker,
} from '../backend/market-values.ts';
import type { SandboxBackend, SandboxMarket } from '../backend/sandbox-backend.ts';
import type { Ids } from './account-state.ts';
import { type ContractScript, makeContract, SCRIPTED_CONTRACTS } from './contracts.ts';
import { ScriptedAccount } from './scripted-account.ts';
import { type ScriptedLevel, ScriptedMarket } from './scripted-market.ts';

export interface ScriptedBackendOptions {
  readonly clock?: Clock | undefined;
  /** Absent: `SCRIPTED_CONTRACTS`. */
  readonly contracts?: readonly ContractScript[] | undefined;
  /** What each account begins with, by its API key: `{ KEY: { USDT: '10000' } }`. */
  readonly accounts: Readonly<Record<string, Readonly<Record<string, DecimalInput>>>>;
  /** Shares of the traded value; default maker 0.0006, taker 0.0008. */
  readonly fees?: { readonly maker: DecimalInput; readonly taker: DecimalInput } | undefined;
  /**
   * Whether orders can be edited in ONE_WAY mode. By the code table (2053) they cannot, which is the default; what the venue
   * does was not established.
   */
  readonly editsInOneWay?: boolean | undefined;
}

const FIRST_ID = 739_113_577_038_255_616n;
const FIRST_SMALL_ID = 1_394_650_000;
/** Ids rise by steps, so that neighbours differ in more than their last digit. */
const ID_STEP = 1_021n;
const HOUR_MS = 3_600_000;

/**
 * A small exchange that does what a test tells it: the market stands still until `setBook`, `trade` or `setPrices` moves it.
 * Each account meets the market alone. It has no liquidation and no risk tiers, and holds all its history in memory.
 */
export class ScriptedBackend implements SandboxBackend {
  readonly market: SandboxMarket;
  readonly #markets: ReadonlyMap<string, ScriptedMarket>;
  readonly #accounts: ReadonlyMap<string, ScriptedAccount>;
  readonly #listeners = new Set<(event: BackendEvent) => void>();
  readonly #clock: Clock;
  #nextId = FIRST_ID;
  #nextSmallId = FIRST_SMALL_ID;

  constructor(options: ScriptedBackendOptions) {
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    const contracts = (options.contracts ?? SCRIPTED_CONTRACTS).map((script, index) =>
      makeContract(script, 10 + index),
    );
    this.#markets = new Map(
      contracts.map((contract) => [contract.symbol, new ScriptedMarket(contract, clock, (event) => this.#emit(event))]),
    );
    this.market = this.#readMarket(contracts);
    const ids: Ids = { next: () => this.#newId(), nextSmall: () => this.#newSmallId() };
    const fees: FeeRates = {
      maker: new Decimal(options.fees?.maker ?? '0.0006'),
      taker: new Decimal(options.fees?.taker ?? '0.0008'),
    };
    this.#accounts = new Map(
      Object.entries(options.accounts).map(([apiKey, funds]) => [
        apiKey,
        new ScriptedAccount(
          {
            clock,
            ids,
            fees,
            market: (symbol) => this.#at(symbol),
            funds: new Map(Object.entries(funds).map(([currency, amount]) => [currency, new Decimal(amount)])),
            emit: (event) => this.#emit({ ...event, account: apiKey }),
          },
          options.editsInOneWay ?? false,
        ),
      ]),
    );
  }

  account(apiKey: string): ScriptedAccount | null {
    return this.#accounts.get(apiKey) ?? null;
  }

  subscribe(listener: (event: BackendEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The whole book from now on, best levels first; contracts, not base coins. A book that moves fills nothing that rests. */
  setBook(symbol: string, bids: readonly ScriptedLevel[], asks: readonly ScriptedLevel[]): void {
    this.#at(symbol).setBook(bids, asks);
  }

  /**
   * A public trade of so many contracts; `side` is the taker's. Resting orders at or beyond its price fill at their own, by no
   * more than was traded; then triggers look at the new price.
   */
  trade(symbol: string, price: DecimalInput, volume: DecimalInput, side: Side = Side.BUY): void {
    const market = this.#at(symbol);
    const [at, traded] = [new Decimal(price), new Decimal(volume)];
    market.print(this.#newId(), at, traded, side);
    for (const account of this.#accounts.values()) account.meet(market, at, traded);
  }

  /** Gives fair and index price a life of their own; null lets them follow the last price again. */
  setPrices(
    symbol: string,
    prices: { readonly fair?: DecimalInput | null; readonly index?: DecimalInput | null },
  ): void {
    const market = this.#at(symbol);
    market.pin(prices);
    for (const account of this.#accounts.values()) account.look(market);
  }

  setFundingRate(symbol: string, rate: DecimalInput): void {
    this.#at(symbol).setFundingRate(new Decimal(rate));
  }

  /** Positions pay and receive by the rate in force, now; the settlement is dated at the hour's beginning. */
  settleFunding(symbol: string): void {
    const market = this.#at(symbol);
    const { rate, cycleHours } = market.funding();
    const settleTime = Math.floor(this.#clock.nowMs() / HOUR_MS) * HOUR_MS;
    market.settlements.push({ symbol, rate, settleTime, cycleHours });
    for (const account of this.#accounts.values()) account.settleFunding(market, rate);
  }

  #readMarket(contracts: readonly Contract[]): SandboxMarket {
    const at = (symbol: string): ScriptedMarket => this.#at(symbol);
    return {
      contracts: () => contracts,
      book: (symbol): Book => at(symbol).book,
      bookChanges: (symbol, limit): readonly BookChange[] => at(symbol).changes(limit),
      trades: (symbol, limit): readonly PublicTrade[] => at(symbol).trades(limit),
      klines: (
        symbol: string,
        interval: KlineInterval,
        source: PriceSource,
        { from, to }: { readonly from: number; readonly to: number },
      ): readonly Kline[] => at(symbol).bars(source).read(interval, from, to),
      ticker: (symbol): Ticker => at(symbol).ticker(),
      fairPrice: (symbol): Decimal => at(symbol).price('FAIR'),
      funding: (symbol): Funding => at(symbol).funding(),
      fundingHistory: (symbol): readonly FundingSettlement[] => at(symbol).settlements.toReversed(),
      insuranceFund: (symbol): InsuranceFund => ({
        symbol,
        currency: at(symbol).contract.settleCoin,
        available: new Decimal(1_000_000),
        time: this.#clock.nowMs(),
      }),
    };
  }

  #at(symbol: string): ScriptedMarket {
    const market = this.#markets.get(symbol);
    if (market === undefined) {
      throw new TypeError(`no market ${symbol}; there are ${[...this.#markets.keys()].join(', ')}`);
    }
    return market;
  }

  #emit(event: BackendEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #newId(): string {
    const id = this.#nextId;
    this.#nextId += ID_STEP;
    return String(id);
  }

  #newSmallId(): number {
    this.#nextSmallId += 1;
    return this.#nextSmallId;
  }
}
