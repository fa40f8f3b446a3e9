import {
  type Balance,
  type Decimal,
  type Interval,
  type Order,
  type Position,
  PositionSide,
  PrateError,
  type Trade,
  ZERO,
} from '@prate/domain';
import type { ExecutionEvent, FundingPayment, RejectReason } from '@prate/execution-port';
import { textOf } from '../errors.ts';
import type { CandleEvent } from '../strategy.ts';
import { DataCount } from './data-quality.ts';
import { EquityCurve } from './equity-curve.ts';
import { Exposure } from './exposure.ts';
import { Holding } from './holding.ts';
import { Newest } from './newest.ts';
import { OrderCount } from './order-count.ts';
import { RoundTrips } from './round-trips.ts';
import type { MissedTime, RunHistory } from './run-history.ts';
import type { RunProblem, RunReport } from './run-report.ts';
import { Stake } from './stake.ts';

const MOST_FILLS = 1000;
const MOST_PAYMENTS = 1000;
const MOST_GAPS = 1000;

export interface RunStart {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly balance: Balance;
  /** Of the run's symbols. */
  readonly positions: readonly Position[];
}

/**
 * Collects the facts of a run, so that one of months takes no more memory than one of days. Does no I/O: who tells it is the
 * runner.
 */
export class RunRecord {
  readonly #start: RunStart;
  readonly #orders = new OrderCount();
  readonly #rejected = new Map<RejectReason, number>();
  readonly #trips = new RoundTrips();
  readonly #fills = new Newest<Trade>(MOST_FILLS);
  readonly #gaps = new Newest<MissedTime>(MOST_GAPS);
  readonly #payments = new Newest<FundingPayment>(MOST_PAYMENTS);
  readonly #otherFees = new Map<string, Decimal>();
  readonly #errors: RunProblem[] = [];
  readonly #data = new DataCount();
  readonly #hold: Holding;
  readonly #equity: EquityCurve;
  readonly #exposure = new Exposure();
  readonly #stake: Stake;
  #from: number | null = null;
  #to: number | null = null;
  #volume: Decimal = ZERO;
  #fees: Decimal = ZERO;
  #funding: Decimal | null = null;
  #realizedPnl: Decimal = ZERO;

  constructor(start: RunStart) {
    const { symbols, interval, balance, positions } = start;
    this.#start = start;
    this.#hold = new Holding(interval, symbols.length);
    this.#equity = new EquityCurve(interval, balance);
    this.#stake = new Stake(symbols, this.#hold, this.#exposure);
    for (const { symbol, positionSide, quantity, entryPrice } of positions) {
      const signed = positionSide === PositionSide.LONG ? quantity : quantity.neg();
      // fills name no side in ONE_WAY mode and one in HEDGE mode
      this.#trips.seed(symbol, null, signed, entryPrice);
      this.#trips.seed(symbol, positionSide, signed, entryPrice);
    }
  }

  candle(candle: CandleEvent): void {
    const { closeTime } = candle;
    if (this.#from === null) this.#begin(candle.openTime);
    if (this.#to === null || closeTime > this.#to) this.#to = closeTime;
    this.#data.candle(candle);
    this.#hold.candle(closeTime, candle.symbol, candle.close);
  }

  /** An event of the account, of the run's symbols. */
  event(event: ExecutionEvent): void {
    if (event.kind === 'order') this.order(event.order);
    else if (event.kind === 'fill') this.fill(event.trade);
    else if (event.kind === 'gap') this.gap({ feed: 'account', from: event.fromMs, to: event.toMs });
  }

  order(order: Order): void {
    this.#orders.add(order.id, order.isActive);
  }

  fill(trade: Trade): void {
    this.#orders.add(trade.orderId, true);
    this.#fills.add(trade);
    this.#volume = this.#volume.plus(trade.price.mul(trade.quantity));
    this.#realizedPnl = this.#realizedPnl.plus(trade.realizedPnl);
    const { asset, amount } = trade.fee;
    const isOwn = asset === this.#start.balance.asset;
    if (isOwn) this.#fees = this.#fees.plus(amount);
    else this.#otherFees.set(asset, (this.#otherFees.get(asset) ?? ZERO).plus(amount));
    this.#trips.fill(trade, isOwn ? amount : ZERO);
    this.#exposure.turn(trade.time, this.#trips.hasOpen);
  }

  /**
   * The account as it is at a candle's close; a second reading of one time replaces the first.
   * @param positions all of the account's; undefined where they are as they were at the last reading but for their prices
   */
  balance(timeMs: number, balance: Balance, positions?: readonly Position[] | undefined): void {
    if (positions !== undefined) this.#stake.hold(positions);
    this.#stake.read(timeMs, balance.equity);
    this.#equity.read(timeMs, balance, this.#stake.slope);
  }

  /**
   * Instead of a reading, where the account holds one symbol alone, is valued at this close, and nothing else has changed since
   * it was read with its positions.
   */
  mark(timeMs: number, close: number): void {
    this.#stake.mark(timeMs, close);
    this.#equity.mark(timeMs, close);
  }

  /** All that was paid and received in the run. */
  funding(payments: readonly FundingPayment[]): void {
    this.#funding = ZERO;
    for (const payment of payments) {
      this.#payments.add(payment);
      if (payment.asset === this.#start.balance.asset) this.#funding = this.#funding.plus(payment.amount);
    }
  }

  /** Close of the last candle, epoch ms; null before the first. */
  get to(): number | null {
    return this.#to;
  }

  /** @returns how many of this reason there are now */
  rejected(reason: RejectReason): number {
    const count = (this.#rejected.get(reason) ?? 0) + 1;
    this.#rejected.set(reason, count);
    return count;
  }

  gap(missed: MissedTime): void {
    this.#gaps.add(missed);
  }

  error(error: unknown): void {
    this.#errors.push({ code: PrateError.is(error) ? error.code : 'ERROR', message: textOf(error) });
  }

  /** As things are now. */
  report(reason: string | null): RunReport {
    const { strategy, symbols, interval, balance } = this.#start;
    const unrealizedPnl = this.#equity.unrealizedPnl.minus(balance.unrealizedPnl);
    const hold = this.#hold.figures();
    return {
      strategy,
      symbols,
      interval: interval.text,
      asset: balance.asset,
      from: this.#from,
      to: this.#to,
      candles: this.#data.candles,
      orders: this.#orders.count,
      fills: this.#fills.count,
      rejected: Object.fromEntries(this.#rejected),
      volume: this.#volume,
      fees: this.#fees,
      otherFees: Array.from(this.#otherFees, ([asset, amount]) => ({ asset, amount })),
      funding: this.#funding,
      realizedPnl: this.#realizedPnl,
      unrealizedPnl,
      netPnl: this.#realizedPnl.plus(unrealizedPnl).minus(this.#fees),
      startEquity: balance.equity,
      endEquity: this.#equity.equity,
      ...this.#equity.figures(this.#end),
      exposure: this.#stake.figures(this.#from, this.#end),
      wins: this.#trips.wins,
      losses: this.#trips.losses,
      trips: this.#trips.figures(),
      holdReturn: hold?.return ?? null,
      hold,
      data: this.#data.figures(),
      gaps: this.#gaps.count,
      errors: [...this.#errors],
      reason,
    };
  }

  /** What lies behind the report, as things are now. */
  history(): RunHistory {
    return {
      ...this.#equity.history(this.#end),
      hold: this.#hold.curve(),
      trips: this.#trips.list(),
      fills: this.#fills.list(),
      funding: this.#payments.list(),
      gaps: this.#gaps.list(),
    };
  }

  /** Of the run so far: the last close, or the last reading, which may come after it. */
  get #end(): number {
    return Math.max(this.#to ?? Number.NEGATIVE_INFINITY, this.#equity.time);
  }

  #begin(time: number): void {
    this.#from = time;
    this.#equity.begin(time);
    if (this.#trips.hasOpen) this.#exposure.turn(time, true);
  }
}
