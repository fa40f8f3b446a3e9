import { type Decimal, PositionSide, Side, type Trade, ZERO } from '@prate/domain';
import { Newest, type NewestOf } from './newest.ts';

/** From flat to flat, or through it to the other side. */
export interface RoundTrip {
  readonly symbol: string;
  readonly side: PositionSide;
  /** Epoch ms of the first fill; null where the position was there before the run. */
  readonly entryTime: number | null;
  /** Of the fill that closed it. */
  readonly exitTime: number;
  /** Averages by quantity, rounded to 12 decimals. */
  readonly entryPrice: Decimal;
  readonly exitPrice: Decimal;
  /** All that was opened, and closed, base asset. */
  readonly quantity: Decimal;
  /** In the account's asset: those in others are left out. */
  readonly fees: Decimal;
  /** Realised profit less fees. Funding is not in it. */
  readonly result: Decimal;
}

/** Of all round trips that have ended. */
export interface TripFigures {
  readonly count: number;
  /** Share of the trips with a profit; null without trips. */
  readonly winRate: number | null;
  /** What the trips with a profit made ÷ what those with a loss lost; null where none lost. */
  readonly profitFactor: number | null;
  readonly averageWin: Decimal | null;
  /** Below 0. */
  readonly averageLoss: Decimal | null;
  /** From the first fill to the last, of those that began in the run. */
  readonly longestMs: number | null;
}

interface OpenTrip {
  /** Above 0 long, below 0 short. */
  quantity: Decimal;
  entryTime: number | null;
  opened: Decimal;
  /** Sums of price × quantity. */
  paid: Decimal;
  got: Decimal;
  fees: Decimal;
  /** Realised so far, less fees. */
  result: Decimal;
}

const MOST_TRIPS = 1000;
const PRICE_DECIMALS = 12;

const NOTHING: OpenTrip = {
  ...{ quantity: ZERO, entryTime: null, opened: ZERO, paid: ZERO, got: ZERO, fees: ZERO, result: ZERO },
};

/**
 * The round trips of a run, by their realised profit less fees. The fee of a fill that turns a position round is shared out by
 * quantity. A result of exactly 0 is neither a win nor a loss.
 */
export class RoundTrips {
  readonly #open = new Map<string, OpenTrip>();
  readonly #ended = new Newest<RoundTrip>(MOST_TRIPS);
  #won: Decimal = ZERO;
  #lost: Decimal = ZERO;
  #longestMs: number | null = null;
  wins = 0;
  losses = 0;

  /** A position that was there before the run: what its past earned is not the run's. */
  seed(symbol: string, positionSide: PositionSide | null, signedQuantity: Decimal, entryPrice: Decimal): void {
    const opened = signedQuantity.abs();
    const trip = { ...NOTHING, quantity: signedQuantity, opened, paid: entryPrice.mul(opened) };
    this.#open.set(keyOf(symbol, positionSide), trip);
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** @param feeAmount the fee in the asset of `realizedPnl` */
  fill(trade: Trade, feeAmount: Decimal): void {
    const key = keyOf(trade.symbol, trade.positionSide);
    this.#forgetOtherMode(trade);
    const trip = this.#open.get(key) ?? { ...NOTHING, entryTime: trade.time };
    const change = trade.side === Side.BUY ? trade.quantity : trade.quantity.neg();
    const after = trip.quantity.plus(change);
    const closes = !trip.quantity.isZero() && change.isPositive() !== trip.quantity.isPositive();
    const turned = closes && !after.isZero() && after.isPositive() !== trip.quantity.isPositive();
    const openingFee = turned ? feeAmount.mul(after.abs()).div(trade.quantity) : ZERO;
    const closingFee = feeAmount.minus(openingFee);
    const quantity = turned ? trip.quantity.abs() : trade.quantity;
    const value = trade.price.mul(quantity);
    const next: OpenTrip = {
      ...trip,
      quantity: after,
      opened: closes ? trip.opened : trip.opened.plus(quantity),
      paid: closes ? trip.paid : trip.paid.plus(value),
      got: closes ? trip.got.plus(value) : trip.got,
      fees: trip.fees.plus(closingFee),
      result: trip.result.plus(trade.realizedPnl).minus(closingFee),
    };
    if (!after.isZero() && !turned) {
      this.#open.set(key, next);
      return;
    }
    this.#end(trade, trip.quantity.isPositive() ? PositionSide.LONG : PositionSide.SHORT, next);
    this.#open.delete(key);
    if (!turned) return;
    const opened = after.abs();
    const paid = trade.price.mul(opened);
    this.#open.set(key, {
      ...{ quantity: after, entryTime: trade.time, opened, paid, got: ZERO },
      ...{ fees: openingFee, result: openingFee.neg() },
    });
  }

  figures(): TripFigures {
    const { count } = this.#ended;
    return {
      count,
      winRate: count === 0 ? null : this.wins / count,
      profitFactor: this.losses === 0 ? null : this.#won.toNumber() / -this.#lost.toNumber(),
      averageWin: this.wins === 0 ? null : averageOf(this.#won, this.wins),
      averageLoss: this.losses === 0 ? null : averageOf(this.#lost, this.losses),
      longestMs: this.#longestMs,
    };
  }

  list(): NewestOf<RoundTrip> {
    return this.#ended.list();
  }

  #end(trade: Trade, side: PositionSide, { entryTime, opened, paid, got, fees, result }: OpenTrip): void {
    this.#ended.add({
      ...{ symbol: trade.symbol, side, entryTime, exitTime: trade.time },
      ...{ entryPrice: averageOf(paid, opened), exitPrice: averageOf(got, opened), quantity: opened, fees, result },
    });
    if (entryTime !== null) this.#longestMs = Math.max(this.#longestMs ?? 0, trade.time - entryTime);
    if (result.gt(0)) {
      this.wins += 1;
      this.#won = this.#won.plus(result);
    } else if (result.lt(0)) {
      this.losses += 1;
      this.#lost = this.#lost.plus(result);
    }
  }

  /** Before the first fill it is not known in which mode the account is: positions are there for both. */
  #forgetOtherMode({ symbol, positionSide }: Trade): void {
    const others = positionSide === null ? [PositionSide.LONG, PositionSide.SHORT] : [null];
    for (const other of others) this.#open.delete(keyOf(symbol, other));
  }
}

const keyOf = (symbol: string, positionSide: PositionSide | null): string => `${symbol} ${positionSide}`;

const averageOf = (sum: Decimal, count: Decimal | number): Decimal => sum.div(count).toDecimalPlaces(PRICE_DECIMALS);
