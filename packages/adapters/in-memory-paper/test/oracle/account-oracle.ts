/**
 * The books of one account a second time, by docs/paper.md alone, in exact fractions. It is told what happened (which orders
 * came, which fills there were, where the mark price stands), never what it came to: money, margins, averages,
 * takeovers are its own.
 */
import { type Instrument, MarginMode, PositionSide, Side } from '@prate/domain';
import type { DeskEvent, DeskFill, DeskOrder, DeskPosition } from '../../src/index.ts';
import { least, most, Rational, sum, ZERO } from './rational.ts';

export interface OracleRules {
  readonly instruments: readonly Instrument[];
  readonly deposit: string;
  readonly maker: string;
  readonly taker: string;
  readonly feeReserve: string;
  readonly liquidationFee: string;
}

export interface OraclePosition {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly isCross: boolean;
  leverage: Rational;
  quantity: Rational;
  cost: Rational;
  margin: Rational;
  realized: Rational;
  fees: Rational;
  funding: Rational;
}

interface HeldOrder {
  readonly order: DeskOrder;
  hold: Rational;
  closing: Rational;
  left: Rational;
}

/** What the market told last. */
interface Seen {
  mark: Rational;
  bestBid: Rational | null;
  rate: Rational;
}

export class AccountOracle {
  readonly positions: Map<string, OraclePosition> = new Map<string, OraclePosition>();
  readonly orders: Map<string, HeldOrder> = new Map<string, HeldOrder>();
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #seen = new Map<string, Seen>();
  readonly #maker: Rational;
  readonly #taker: Rational;
  readonly #reserve: Rational;
  readonly #liquidationFee: Rational;
  available: Rational;
  /** Equity of a pool that is taken over whole, what each of its positions is to give, and how many are left. */
  #shares: Map<string, Rational> | null = null;

  constructor(rules: OracleRules) {
    this.#instruments = new Map(rules.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.available = Rational.of(rules.deposit);
    this.#maker = Rational.of(rules.maker);
    this.#taker = Rational.of(rules.taker);
    this.#reserve = Rational.of(rules.feeReserve);
    this.#liquidationFee = Rational.of(rules.liquidationFee);
  }

  get frozen(): Rational {
    return sum([...this.orders.values()].map(({ hold }) => hold));
  }

  get positionMargin(): Rational {
    return sum([...this.positions.values()].map(({ margin }) => margin));
  }

  /** A market item or a call is about to be told. */
  begin(): void {
    this.#shares = null;
  }

  seen(symbol: string): Seen {
    const known = this.#seen.get(symbol);
    if (known !== undefined) return known;
    const fresh = { mark: ZERO, bestBid: null, rate: ZERO };
    this.#seen.set(symbol, fresh);
    return fresh;
  }

  tell(event: DeskEvent): void {
    if (event.kind === 'order') this.#order(event.order);
    if (event.kind === 'fill') this.#fill(event.fill);
    if (event.kind === 'position') this.#position(event.position);
  }

  changeMargin(symbol: string, side: PositionSide, amount: Rational): void {
    const position = this.positions.get(`${symbol}/${side}`) as OraclePosition;
    position.margin = position.margin.plus(amount);
    this.available = this.available.minus(amount);
  }

  setLeverage(symbol: string, side: PositionSide, leverage: number): void {
    const position = this.positions.get(`${symbol}/${side}`);
    if (position === undefined || position.leverage.compare(Rational.of(leverage)) === 0) return;
    position.leverage = Rational.of(leverage);
    this.changeMargin(symbol, side, this.#initialMargin(position.cost, leverage).minus(position.margin));
  }

  unrealized({ symbol, side, quantity, cost }: OraclePosition): Rational {
    const value = this.seen(symbol).mark.times(quantity).cut;
    return side === PositionSide.LONG ? value.minus(cost) : cost.minus(value);
  }

  maintenance(position: OraclePosition): Rational {
    return position.cost.times(Rational.of(this.#tier(position).maintenanceMarginRate)).cut;
  }

  requirement(position: OraclePosition): Rational {
    const { cost, leverage, side } = position;
    const one = Rational.of(side === PositionSide.LONG ? -1 : 1);
    const fee = cost.times(leverage.plus(one)).times(this.#liquidationFee).over(leverage).cut;
    return this.maintenance(position).plus(fee);
  }

  /** Null for a cross position, and for a long one that is never liquidated. */
  liquidationPrice(position: OraclePosition): Rational | null {
    const { isCross, side, cost, margin, quantity } = position;
    const room = margin.minus(this.requirement(position));
    const value = side === PositionSide.LONG ? cost.minus(room) : cost.plus(room);
    return isCross || value.sign <= 0 ? null : value.over(quantity);
  }

  /** What liquidation would not leave as it is, when the mark price of the symbol has changed. */
  breached(symbol: string): readonly string[] {
    const weak = ([, position]: [string, OraclePosition]): boolean => !position.isCross && this.#isWeak(position);
    const found = [...this.positions].filter(weak).map(([key]) => key);
    const { equity, needed, positions } = this.pool();
    if (positions.some((position) => position.symbol === symbol) && equity.compare(needed) <= 0) found.push('pool');
    return found.filter((key) => key === 'pool' || key.startsWith(symbol));
  }

  pool(): { readonly positions: readonly OraclePosition[]; readonly equity: Rational; readonly needed: Rational } {
    const positions = [...this.positions.values()].filter(({ isCross }) => isCross);
    const own = positions.map((position) => position.margin.plus(this.unrealized(position)));
    return {
      positions,
      equity: this.available.plus(sum(own)),
      needed: sum(positions.map((position) => this.requirement(position))),
    };
  }

  #isWeak(position: OraclePosition): boolean {
    return position.margin.plus(this.unrealized(position)).compare(this.requirement(position)) <= 0;
  }

  #tierIndex({ symbol, cost }: OraclePosition): number {
    const { riskTiers } = this.#instruments.get(symbol) as Instrument;
    const index = riskTiers.findIndex(
      ({ maxNotional }) => maxNotional === null || cost.compare(Rational.of(maxNotional)) <= 0,
    );
    return index === -1 ? riskTiers.length - 1 : index;
  }

  #tier(position: OraclePosition): Instrument['riskTiers'][number] {
    const { riskTiers } = this.#instruments.get(position.symbol) as Instrument;
    return riskTiers[this.#tierIndex(position)] as Instrument['riskTiers'][number];
  }

  #initialMargin(value: Rational, leverage: number): Rational {
    return value.over(Rational.of(leverage)).cut.plus(value.times(this.#reserve).cut);
  }

  #order(order: DeskOrder): void {
    if (order.category !== 'USER') return;
    if (order.status === 'CANCELLED') this.#setFree(order.id);
    if (order.status !== 'OPEN' || this.orders.has(order.id)) return;
    const left = Rational.of(order.quantity);
    const closing = order.effect === 'CLOSE' ? left : least(left, this.#unclaimed(order));
    // an order that ends within the call holds what the book asked for it: that is told
    const hold = order.price === null ? Rational.of(order.frozenMargin) : this.#hold(order, left, closing);
    this.orders.set(order.id, { order, hold, closing, left });
    this.available = this.available.minus(hold);
  }

  #hold({ symbol, side, price, leverage, effect }: DeskOrder, quantity: Rational, closing: Rational): Rational {
    if (effect === 'CLOSE' || price === null) return ZERO;
    const { bestBid } = this.seen(symbol);
    const limit = Rational.of(price);
    const worth = side === Side.SELL && bestBid !== null ? most(limit, bestBid) : limit;
    const opening = worth.times(quantity).cut.times(quantity.minus(closing)).over(quantity).up;
    const fee = opening.times(most(this.#taker, ZERO)).up;
    return opening.over(Rational.of(leverage)).up.plus(fee).plus(opening.times(this.#reserve).up);
  }

  /** What stands against an order, less what older orders of its side would close already. */
  #unclaimed({ symbol, side, positionMode }: DeskOrder): Rational {
    if (positionMode === 'HEDGE') return ZERO; // what opens there closes nothing
    const against = this.positions.get(`${symbol}/${side === Side.BUY ? PositionSide.SHORT : PositionSide.LONG}`);
    if (against === undefined) return ZERO;
    const older = [...this.orders.values()].filter(({ order }) => order.symbol === symbol && order.side === side);
    return most(against.quantity.minus(sum(older.map(({ closing }) => closing))), ZERO);
  }

  #fill(fill: DeskFill): void {
    const { order } = fill;
    if (order.category !== 'USER') {
      this.#systemFill(fill);
      return;
    }
    const quantity = Rational.of(fill.quantity);
    const value = Rational.of(fill.price).times(quantity).cut;
    const buys = order.side === Side.BUY;
    const against = this.positions.get(`${order.symbol}/${buys ? PositionSide.SHORT : PositionSide.LONG}`);
    const mayClose = order.positionMode !== 'HEDGE' || order.effect === 'CLOSE';
    const closing = mayClose && against !== undefined ? least(quantity, against.quantity) : ZERO;
    const opening = quantity.minus(closing);
    const fee = value.times(fill.isTaker ? this.#taker : this.#maker).cut;
    const closingFee = fee.times(closing).over(quantity).cut;
    let realized = ZERO;
    if (against !== undefined && closing.sign > 0) {
      against.fees = against.fees.plus(closingFee);
      realized = this.#close(against, closing, Rational.of(fill.price).times(closing).cut);
    }
    if (opening.sign > 0) this.#open(order, opening, Rational.of(fill.price).times(opening).cut, fee.minus(closingFee));
    this.available = this.available.minus(fee);
    this.#release(order, quantity, closing);
    if (realized.toString() !== String(fill.realizedPnl)) this.#differs(fill, 'profit', realized, fill.realizedPnl);
    if (fee.toString() !== String(fill.fee)) this.#differs(fill, 'fee', fee, fill.fee);
  }

  /** Sets margin and profit of the closed part free. */
  #close(position: OraclePosition, quantity: Rational, value: Rational): Rational {
    const { cost, margin } = this.#share(position, quantity);
    const realized = position.side === PositionSide.LONG ? value.minus(cost) : cost.minus(value);
    this.#shrink(position, quantity, { cost, margin, realized });
    this.available = this.available.plus(margin).plus(realized);
    return realized;
  }

  #share({ quantity: whole, cost, margin }: OraclePosition, quantity: Rational): { cost: Rational; margin: Rational } {
    if (quantity.compare(whole) === 0) return { cost, margin };
    return { cost: cost.times(quantity).over(whole).cut, margin: margin.times(quantity).over(whole).cut };
  }

  #shrink(
    position: OraclePosition,
    quantity: Rational,
    part: { readonly cost: Rational; readonly margin: Rational; readonly realized: Rational },
  ): void {
    position.quantity = position.quantity.minus(quantity);
    position.cost = position.cost.minus(part.cost);
    position.margin = position.margin.minus(part.margin);
    position.realized = position.realized.plus(part.realized);
    if (position.quantity.sign === 0) this.positions.delete(`${position.symbol}/${position.side}`);
  }

  #open(order: DeskOrder, quantity: Rational, value: Rational, fee: Rational): void {
    const { symbol } = order;
    const side = order.side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT;
    const position = this.positions.get(`${symbol}/${side}`) ?? {
      symbol,
      side,
      isCross: order.marginMode === MarginMode.CROSS,
      leverage: Rational.of(order.leverage),
      quantity: ZERO,
      cost: ZERO,
      margin: ZERO,
      realized: ZERO,
      fees: ZERO,
      funding: ZERO,
    };
    const margin = this.#initialMargin(value, order.leverage);
    position.quantity = position.quantity.plus(quantity);
    position.cost = position.cost.plus(value);
    position.margin = position.margin.plus(margin);
    position.fees = position.fees.plus(fee);
    this.positions.set(`${symbol}/${side}`, position);
    this.available = this.available.minus(margin);
  }

  #release({ id }: DeskOrder, quantity: Rational, closed: Rational): void {
    const held = this.orders.get(id) as HeldOrder;
    const left = held.left.minus(quantity);
    const kept = left.sign === 0 ? ZERO : held.hold.times(left).over(held.left).up;
    this.available = this.available.plus(held.hold).minus(kept);
    held.hold = kept;
    held.left = left;
    held.closing = least(most(held.closing.minus(closed), ZERO), left);
    if (left.sign === 0) this.orders.delete(id);
  }

  #setFree(id: string): void {
    this.available = this.available.plus(this.orders.get(id)?.hold ?? ZERO);
    this.orders.delete(id);
  }

  /** A netting of hedged positions, or a takeover at the bankruptcy price. */
  #systemFill(fill: DeskFill): void {
    const { order } = fill;
    const side = order.side === Side.SELL ? PositionSide.LONG : PositionSide.SHORT;
    const position = this.positions.get(`${order.symbol}/${side}`) as OraclePosition;
    const quantity = Rational.of(fill.quantity);
    const markValue = this.seen(order.symbol).mark.times(quantity).cut;
    if (order.category === 'NETTING') {
      const realized = this.#close(position, quantity, markValue);
      if (realized.toString() !== String(fill.realizedPnl)) this.#differs(fill, 'profit', realized, fill.realizedPnl);
      return;
    }
    const due = this.#dueTakeover(position);
    if (due.quantity.compare(quantity) !== 0) this.#differs(fill, 'quantity taken over', due.quantity, fill.quantity);
    const { cost, margin } = this.#share(position, quantity);
    const gain = side === PositionSide.LONG ? markValue.minus(cost) : cost.minus(markValue);
    const equity = due.equity ?? margin.plus(gain);
    const realized = gain.minus(equity);
    const price = (side === PositionSide.LONG ? cost.plus(realized) : cost.minus(realized)).over(quantity);
    this.available = this.available.plus(realized).plus(margin);
    this.#shrink(position, quantity, { cost, margin, realized });
    if (realized.toString() !== String(fill.realizedPnl)) this.#differs(fill, 'profit', realized, fill.realizedPnl);
    const shown = Rational.of(fill.price.toDecimalPlaces(40)).cut;
    if (price.toString() !== shown.toString()) this.#differs(fill, 'price', price, fill.price);
  }

  /** How much of a position is to be taken over now, and what that takes from the account; null: what stands against it. */
  #dueTakeover(position: OraclePosition): { readonly quantity: Rational; readonly equity: Rational | null } {
    const key = `${position.symbol}/${position.side}`;
    if (!position.isCross) {
      if (!this.#isWeak(position)) throw new Error(`${key} was taken over, and was not weak`);
      return { quantity: this.#aboveTier(position) ?? position.quantity, equity: null };
    }
    const share = this.#shares?.get(key);
    if (share !== undefined) return { quantity: position.quantity, equity: share };
    const { positions, equity, needed } = this.pool();
    if (equity.compare(needed) > 0) throw new Error(`${key} was taken over, and its pool was not weak`);
    const shareOf = (one: OraclePosition): Rational =>
      needed.sign === 0 ? ZERO : equity.times(this.requirement(one)).over(needed).cut;
    const quantity = this.#aboveTier(position);
    if (quantity !== null) {
      return { quantity, equity: shareOf(position).times(quantity).over(position.quantity).cut };
    }
    const shares = new Map(positions.map((one) => [`${one.symbol}/${one.side}`, shareOf(one)]));
    const last = positions.at(-1) as OraclePosition;
    const others = positions.slice(0, -1).map(shareOf);
    shares.set(`${last.symbol}/${last.side}`, equity.minus(sum(others)));
    this.#shares = shares;
    return { quantity: position.quantity, equity: shares.get(key) as Rational };
  }

  /** What does not fit the tier below; null in the first tier. */
  #aboveTier(position: OraclePosition): Rational | null {
    const instrument = this.#instruments.get(position.symbol) as Instrument;
    const cap = instrument.riskTiers[this.#tierIndex(position) - 1]?.maxNotional;
    if (cap === undefined || cap === null) return null;
    const lot = Rational.of(instrument.lotSize);
    const lots = position.quantity.over(lot);
    return lots.minus(lots.times(Rational.of(cap)).over(position.cost).floor).times(lot);
  }

  /** A position that tells other funding than before has been settled. */
  #position({ symbol, side, funding, open }: DeskPosition): void {
    const position = this.positions.get(`${symbol}/${side}`);
    if (position === undefined || !open || position.funding.toString() === String(funding)) return;
    const { mark, rate } = this.seen(symbol);
    const due = mark.times(position.quantity).cut.times(rate).cut;
    let amount = side === PositionSide.LONG ? due.negated() : due;
    let fromMargin = ZERO;
    if (amount.sign < 0 && !position.isCross) {
      const free = most(this.available, ZERO);
      fromMargin = least(most(amount.negated().minus(free), ZERO), position.margin).negated();
      amount = most(amount, fromMargin.minus(free));
    }
    position.margin = position.margin.plus(fromMargin);
    position.funding = position.funding.plus(amount);
    this.available = this.available.plus(amount).minus(fromMargin);
  }

  #differs(fill: DeskFill, what: string, own: Rational, told: unknown): never {
    const { order, quantity, price } = fill;
    throw new Error(
      `${what} of fill ${fill.id} (${order.category} ${order.side} ${quantity} at ${price}): ${own}, told was ${told}`,
    );
  }
}
