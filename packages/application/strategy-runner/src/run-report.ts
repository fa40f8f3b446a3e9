import {
  type Balance,
  type Decimal,
  decimal,
  type Fee,
  type Interval,
  type Order,
  type Position,
  PositionSide,
  PrateError,
  type Trade,
  ZERO,
} from '@prate/domain';
import type { RejectReason } from '@prate/execution-port';
import { textOf } from './errors.ts';
import { RoundTrips } from './round-trips.ts';
import type { CandleEvent } from './strategy.ts';

/** What a run did, of its own symbols. Money is exact, in `asset`; shares are plain numbers. Decimals are text in JSON. */
export interface RunReport {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  /** What the account settles in. */
  readonly asset: string;
  /** Open of the first candle and close of the last, epoch ms; null before the first. */
  readonly from: number | null;
  readonly to: number | null;
  /** How many candles the strategy was given. */
  readonly candles: number;
  /** How many orders reached the venue. */
  readonly orders: number;
  readonly fills: number;
  /** Orders that were refused, by reason. */
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  /** Sum of price × quantity of all fills. */
  readonly volume: Decimal;
  /** Paid when positive. */
  readonly fees: Decimal;
  /** Fees in other assets, which are in none of the sums. */
  readonly otherFees: readonly Fee[];
  /** Fees not included. */
  readonly realizedPnl: Decimal;
  /** How much the account's unrealised profit changed over the run: all of it where the run began flat. */
  readonly unrealizedPnl: Decimal;
  /** realizedPnl + unrealizedPnl − fees. Funding and transfers show in the equity alone. */
  readonly netPnl: Decimal;
  readonly startEquity: Decimal;
  readonly endEquity: Decimal;
  /** The deepest fall of the equity from an earlier peak, as a share of the peak; sampled at candle closes. */
  readonly maxDrawdown: number;
  /** Round trips, from flat to flat, that ended with a profit or a loss after fees. */
  readonly wins: number;
  readonly losses: number;
  /** Return of buying at each symbol's first close and holding to its last, on average; null without candles. */
  readonly holdReturn: number | null;
  /** How often a feed, of the market or of the account, missed something. */
  readonly gaps: number;
  readonly errors: readonly RunProblem[];
  /** Why the run ended; null while it runs. */
  readonly reason: string | null;
}

/** An error as data; `code` as in PrateError, or `'ERROR'` for any other. */
export interface RunProblem {
  readonly code: string;
  readonly message: string;
}

export interface RunStart {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly balance: Balance;
  readonly positions: readonly Position[];
}

/**
 * Collects the facts of a run as running sums, so that a run of months takes no more memory than one of minutes, apart
 * from order ids. Does no I/O: who tells it is the runner.
 */
export class RunRecord {
  readonly #start: RunStart;
  readonly #orderIds = new Set<string>();
  readonly #rejected = new Map<RejectReason, number>();
  readonly #trips = new RoundTrips();
  readonly #closes = new Map<string, { readonly first: Decimal; last: number }>();
  readonly #otherFees = new Map<string, Decimal>();
  readonly #errors: RunProblem[] = [];
  #from: number | null = null;
  #to: number | null = null;
  #candles = 0;
  #fills = 0;
  #gaps = 0;
  #volume: Decimal = ZERO;
  #fees: Decimal = ZERO;
  #realizedPnl: Decimal = ZERO;
  #balance: Balance;
  /** The latest sample; it joins the curve when a later one comes, because one of the same time replaces it. */
  #sampleTime = Number.NEGATIVE_INFINITY;
  #peak: Decimal;
  #maxDrawdown = 0;

  constructor(start: RunStart) {
    this.#start = start;
    this.#balance = start.balance;
    this.#peak = start.balance.equity;
    for (const { symbol, positionSide, quantity } of start.positions) {
      const signed = positionSide === PositionSide.LONG ? quantity : quantity.neg();
      // fills name no side in ONE_WAY mode and one in HEDGE mode; a key that never comes up does no harm
      this.#trips.seed(symbol, null, signed);
      this.#trips.seed(symbol, positionSide, signed);
    }
  }

  candle(candle: CandleEvent): void {
    this.#candles += 1;
    this.#from ??= candle.openTime;
    this.#to = Math.max(this.#to ?? candle.closeTime, candle.closeTime);
    const closes = this.#closes.get(candle.symbol);
    if (closes === undefined) this.#closes.set(candle.symbol, { first: decimal(candle.close), last: candle.close });
    else closes.last = candle.close;
  }

  order(order: Order): void {
    this.#orderIds.add(order.id);
  }

  fill(trade: Trade): void {
    this.#orderIds.add(trade.orderId);
    this.#fills += 1;
    this.#volume = this.#volume.plus(trade.price.mul(trade.quantity));
    this.#realizedPnl = this.#realizedPnl.plus(trade.realizedPnl);
    const { asset, amount } = trade.fee;
    if (asset === this.#balance.asset) this.#fees = this.#fees.plus(amount);
    else this.#otherFees.set(asset, (this.#otherFees.get(asset) ?? ZERO).plus(amount));
    this.#trips.fill(trade, asset === this.#balance.asset ? amount : ZERO);
  }

  /** @param timeMs of the candle close that it belongs to; a second sample of one time replaces the first */
  balance(timeMs: number, balance: Balance): void {
    if (timeMs > this.#sampleTime) this.#commitSample();
    this.#sampleTime = timeMs;
    this.#balance = balance;
  }

  /** @returns how many of this reason there are now */
  rejected(reason: RejectReason): number {
    const count = (this.#rejected.get(reason) ?? 0) + 1;
    this.#rejected.set(reason, count);
    return count;
  }

  gap(): void {
    this.#gaps += 1;
  }

  error(error: unknown): void {
    this.#errors.push({ code: PrateError.is(error) ? error.code : 'ERROR', message: textOf(error) });
  }

  /** As things are now. */
  report(reason: string | null): RunReport {
    const { strategy, symbols, interval, balance } = this.#start;
    const unrealizedPnl = this.#balance.unrealizedPnl.minus(balance.unrealizedPnl);
    return {
      strategy,
      symbols,
      interval: interval.text,
      asset: balance.asset,
      from: this.#from,
      to: this.#to,
      candles: this.#candles,
      orders: this.#orderIds.size,
      fills: this.#fills,
      rejected: Object.fromEntries(this.#rejected),
      volume: this.#volume,
      fees: this.#fees,
      otherFees: Array.from(this.#otherFees, ([asset, amount]) => ({ asset, amount })),
      realizedPnl: this.#realizedPnl,
      unrealizedPnl,
      netPnl: this.#realizedPnl.plus(unrealizedPnl).minus(this.#fees),
      startEquity: balance.equity,
      endEquity: this.#balance.equity,
      maxDrawdown: Math.max(this.#maxDrawdown, drawdown(this.#peak, this.#balance.equity)),
      wins: this.#trips.wins,
      losses: this.#trips.losses,
      holdReturn: this.#holdReturn(),
      gaps: this.#gaps,
      errors: [...this.#errors],
      reason,
    };
  }

  #commitSample(): void {
    const { equity } = this.#balance;
    if (equity.gt(this.#peak)) this.#peak = equity;
    else this.#maxDrawdown = Math.max(this.#maxDrawdown, drawdown(this.#peak, equity));
  }

  #holdReturn(): number | null {
    if (this.#closes.size === 0) return null;
    let sum = ZERO;
    for (const { first, last } of this.#closes.values()) sum = sum.plus(decimal(last).div(first).minus(1));
    return sum.div(this.#closes.size).toNumber();
  }
}

/** Share of the peak; 0 at or above it. */
const drawdown = (peak: Decimal, equity: Decimal): number =>
  peak.gt(equity) && peak.gt(0) ? peak.minus(equity).div(peak).toNumber() : 0;
