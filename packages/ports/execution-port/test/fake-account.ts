import {
  type Balance,
  Decimal,
  type Fee,
  type Instrument,
  InvalidInputError,
  MarginMode,
  makeBalance,
  type Order,
  type Position,
  PositionSide,
  Side,
  ZERO,
} from '@prate/domain';

interface Held {
  readonly side: PositionSide;
  readonly quantity: Decimal;
  readonly entry: Decimal;
  readonly realized: Decimal;
  readonly extraMargin: Decimal;
}

export const FEE: Decimal = new Decimal('0.0005');

const pushes = (side: Side): PositionSide => (side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT);

/** Money and positions of the fake: averages instead of costs, and everything but the cash follows from the rest. */
export class FakeAccount {
  leverage = 10;
  marginMode: MarginMode = MarginMode.ISOLATED;
  last: Decimal = ZERO;
  readonly #instrument: Instrument;
  #cash: Decimal;
  readonly #held = new Map<string, Held>();

  constructor(instrument: Instrument, cash: number) {
    this.#instrument = instrument;
    this.#cash = new Decimal(cash);
  }

  closable(side: Side, slot: string): Decimal {
    const held = this.#held.get(slot);
    return held !== undefined && held.side !== pushes(side) ? held.quantity : ZERO;
  }

  fill(
    side: Side,
    slot: string,
    price: Decimal,
    quantity: Decimal,
  ): { readonly fee: Fee; readonly realizedPnl: Decimal } {
    const held = this.#held.get(slot);
    const closing = Decimal.min(this.closable(side, slot), quantity);
    const opening = quantity.minus(closing);
    const sign = held?.side === PositionSide.LONG ? 1 : -1;
    const realizedPnl = held === undefined ? ZERO : price.minus(held.entry).mul(closing).mul(sign);
    const amount = price.mul(quantity).mul(FEE);
    this.#cash = this.#cash.plus(realizedPnl).minus(amount);
    const left = held?.quantity.minus(closing) ?? ZERO;
    this.#held.delete(slot);
    if (held === undefined || left.isZero()) {
      const fresh = { side: pushes(side), quantity: opening, entry: price, realized: ZERO, extraMargin: ZERO };
      if (opening.gt(0)) this.#held.set(slot, fresh);
    } else {
      const whole = left.plus(opening);
      const entry = held.entry.mul(left).plus(price.mul(opening)).div(whole);
      this.#held.set(slot, { ...held, quantity: whole, entry, realized: held.realized.plus(realizedPnl) });
    }
    return { fee: { asset: this.#instrument.quoteAsset, amount }, realizedPnl };
  }

  addMargin(slot: string, amount: Decimal, open: readonly Order[]): void {
    const held = this.#held.get(slot);
    if (held === undefined) throw new InvalidInputError('no position');
    const extraMargin = held.extraMargin.plus(amount);
    const { available } = this.balance(this.#instrument.quoteAsset, open);
    if (extraMargin.lt(0) || amount.gt(available)) throw new InvalidInputError('too much');
    this.#held.set(slot, { ...held, extraMargin });
  }

  positions(nowMs: number): Position[] {
    return [...this.#held.keys()].flatMap((slot) => this.position(slot, nowMs) ?? []);
  }

  position(slot: string, nowMs: number): Position | null {
    const held = this.#held.get(slot);
    if (held === undefined) return null;
    const sign = held.side === PositionSide.LONG ? 1 : -1;
    return {
      symbol: this.#instrument.symbol,
      positionSide: held.side,
      quantity: held.quantity,
      entryPrice: held.entry,
      markPrice: this.last,
      liquidationPrice: null,
      leverage: this.leverage,
      marginMode: this.marginMode,
      margin: held.entry.mul(held.quantity).div(this.leverage).plus(held.extraMargin),
      maintenanceMargin: ZERO,
      unrealizedPnl: this.last.minus(held.entry).mul(held.quantity).mul(sign),
      realizedPnl: held.realized,
      marginRatio: null,
      updatedAt: nowMs,
    };
  }

  balance(asset: string, open: readonly Order[]): Balance {
    if (asset !== this.#instrument.quoteAsset) {
      return makeBalance({ asset, available: ZERO, frozen: ZERO, positionMargin: ZERO, unrealizedPnl: ZERO });
    }
    const sum = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a.plus(b), ZERO);
    const positions = this.positions(0);
    const positionMargin = sum(positions.map((position) => position.margin));
    const unrealizedPnl = sum(positions.map((position) => position.unrealizedPnl));
    const opening = open.filter((order) => !order.reduceOnly);
    const frozen = sum(opening.map((order) => order.remaining.mul(order.price ?? this.last).div(this.leverage)));
    const available = this.#cash.minus(frozen).minus(positionMargin);
    return makeBalance({ asset, available, frozen, positionMargin, unrealizedPnl });
  }
}
