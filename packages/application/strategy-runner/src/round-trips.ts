import { type Decimal, Side, type Trade, ZERO } from '@prate/domain';

interface OpenTrip {
  /** Above 0 long, below 0 short. */
  quantity: Decimal;
  /** Realised so far, less fees. */
  result: Decimal;
}

/**
 * Counts round trips, from flat to flat (or through it to the other side), by their realised profit less fees.
 * The fee of a fill that turns a position round is shared out by quantity. A result of exactly 0 is neither.
 */
export class RoundTrips {
  readonly #open = new Map<string, OpenTrip>();
  wins = 0;
  losses = 0;

  /** A position that was there before the run: what its past earned is not the run's. */
  seed(symbol: string, positionSide: string | null, signedQuantity: Decimal): void {
    this.#open.set(`${symbol} ${positionSide}`, { quantity: signedQuantity, result: ZERO });
  }

  /** @param feeAmount the fee in the asset of `realizedPnl` */
  fill(trade: Trade, feeAmount: Decimal): void {
    const key = `${trade.symbol} ${trade.positionSide}`;
    const trip = this.#open.get(key) ?? { quantity: ZERO, result: ZERO };
    const change = trade.side === Side.BUY ? trade.quantity : trade.quantity.neg();
    const after = trip.quantity.plus(change);
    const turned = !trip.quantity.isZero() && !after.isZero() && after.isPositive() !== trip.quantity.isPositive();
    const openingFee = turned ? feeAmount.mul(after.abs()).div(trade.quantity) : ZERO;
    const result = trip.result.plus(trade.realizedPnl).minus(feeAmount.minus(openingFee));
    if (!after.isZero() && !turned) {
      this.#open.set(key, { quantity: after, result });
      return;
    }
    if (result.gt(0)) this.wins += 1;
    else if (result.lt(0)) this.losses += 1;
    if (turned) this.#open.set(key, { quantity: after, result: openingFee.neg() });
    else this.#open.delete(key);
  }
}
