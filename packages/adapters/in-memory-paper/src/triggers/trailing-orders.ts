import { OrderType, Side } from '@prate/domain';
import type { DeskCallback, DeskTrailing, DeskTrailingChanges, DeskTrailingTicket } from '../desk/trigger-types.ts';
import { Alarm, type Direction, type Moment } from './alarm-heap.ts';
import type { TriggerMarket } from './trigger-host.ts';
import { checkRoom, fired, isWaiting, needWaiting, notATrigger, type TriggerParts } from './trigger-parts.ts';

/** What an active one waits for: to fire, and to follow a better price. An inactive one waits for its activation alone. */
interface TrailingAlarms {
  readonly fire: Alarm | null;
  readonly follow: Alarm;
}

/** Orders of one account that follow the best price, and are sent when the price has come back from it. */
export class TrailingOrders {
  readonly #parts: TriggerParts;
  readonly #trailings = new Map<string, DeskTrailing>();
  /** Of those that wait. */
  readonly #alarms = new Map<string, TrailingAlarms>();

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  /** Oldest first. */
  all(): readonly DeskTrailing[] {
    return [...this.#trailings.values()];
  }

  waiting(): readonly DeskTrailing[] {
    return [...this.#alarms.keys()].map((id) => this.#trailings.get(id) as DeskTrailing);
  }

  find(id: string): DeskTrailing | null {
    return this.#trailings.get(id) ?? null;
  }

  place({ ticket, source, activationPrice, callback, clientOrderId = null }: DeskTrailingTicket): DeskTrailing {
    const { host } = this.#parts;
    host.checkTicket(ticket);
    if (ticket.type !== OrderType.MARKET) throw notATrigger('a trailing order sends a MARKET order');
    this.#check(ticket.symbol, { activationPrice, callback });
    checkRoom(this.#parts, ticket.symbol);
    const nowMs = host.nowMs();
    const trailing: DeskTrailing = {
      id: String(host.nextId()),
      ticket,
      source,
      activationPrice,
      callback,
      clientOrderId,
      leverage: host.terms(ticket).leverage,
      positionMode: host.positionMode(),
      status: activationPrice === null ? 'WAITING' : 'INACTIVE',
      failure: null,
      orderId: null,
      bestPrice: null,
      triggerPrice: null,
      version: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
    };
    const begun = this.#begun(trailing);
    this.#keep(begun);
    this.#watch(begun);
    return begun;
  }

  change(id: string, changes: DeskTrailingChanges): DeskTrailing {
    const before = needWaiting(id, this.#trailings.get(id));
    const wanted = { ...before, ...changes };
    this.#check(before.ticket.symbol, wanted);
    const isOther = wanted.source !== before.source;
    const from =
      before.bestPrice === null || isOther ? { ...wanted, bestPrice: null, triggerPrice: null } : this.#from(wanted);
    this.#unwatch(id);
    const changed = this.#change(from.bestPrice === null ? this.#begun(from) : from, this.#parts.host.nowMs());
    this.#watch(changed);
    return changed;
  }

  cancel(id: string): void {
    const trailing = needWaiting(id, this.#trailings.get(id));
    this.#unwatch(id);
    this.#change({ ...trailing, status: 'CANCELLED' }, this.#parts.host.nowMs());
  }

  restore(trailings: readonly DeskTrailing[]): void {
    for (const trailing of trailings) {
      this.#trailings.set(trailing.id, trailing);
      if (isWaiting(trailing)) this.#watch(trailing);
    }
  }

  #check(symbol: string, { activationPrice, callback }: Pick<DeskTrailing, 'activationPrice' | 'callback'>): void {
    if (activationPrice !== null) this.#parts.host.market(symbol).ticks(activationPrice);
    const { kind, value } = callback;
    if (kind !== 'SHARE' && kind !== 'DISTANCE') {
      throw notATrigger(`a callback is a SHARE or a DISTANCE, not ${String(kind)}`);
    }
    if (value.gt(0) && (kind === 'DISTANCE' || value.lt(1))) return;
    throw notATrigger(`the callback must be ${kind === 'SHARE' ? 'between 0 and 1' : 'above 0'}, not ${value}`);
  }

  /** Active from the price of now, where that is known and no activation price is before it. */
  #begun(trailing: DeskTrailing): DeskTrailing {
    const market = this.#marketOf(trailing);
    const now = market.current(trailing.source);
    const { activationPrice } = trailing;
    if (now === 0) return trailing;
    const sells = isSale(trailing);
    if (activationPrice !== null && !reaches(sells, now, market.ticks(activationPrice))) return trailing;
    return { ...trailing, status: 'WAITING', ...this.#following(trailing, now) };
  }

  /** The same best price with another callback. */
  #from(trailing: DeskTrailing): DeskTrailing {
    const { bestPrice } = trailing;
    if (bestPrice === null) return trailing;
    return { ...trailing, ...this.#following(trailing, this.#marketOf(trailing).ticks(bestPrice)) };
  }

  #following(trailing: DeskTrailing, best: number): Pick<DeskTrailing, 'bestPrice' | 'triggerPrice'> {
    const market = this.#marketOf(trailing);
    const triggerTicks = comeBack(market, trailing.callback, best, isSale(trailing));
    return { bestPrice: market.price(best), triggerPrice: market.price(triggerTicks) };
  }

  #watch(trailing: DeskTrailing): void {
    const { id, source, ticket } = trailing;
    const market = this.#marketOf(trailing);
    const sells = isSale(trailing);
    const watch = this.#parts.watch(ticket.symbol);
    const onwards: Direction = sells ? 'RISES_TO' : 'FALLS_TO';
    const back: Direction = sells ? 'FALLS_TO' : 'RISES_TO';
    const common = { source, id: Number(id) };
    const { bestPrice, triggerPrice, activationPrice } = trailing;
    const follow = new Alarm({
      ...common,
      direction: onwards,
      ticks:
        bestPrice === null ? firstTicks(market, activationPrice, sells) : market.ticks(bestPrice) + (sells ? 1 : -1),
      ring: (moment) => this.#follow(id, moment),
    });
    // a sale that would fire at 0 or below never does
    const triggerTicks = triggerPrice === null || triggerPrice.isZero() ? null : market.ticks(triggerPrice);
    const fire =
      triggerTicks === null
        ? null
        : new Alarm({ ...common, direction: back, ticks: triggerTicks, ring: (moment) => this.#fire(id, moment) });
    this.#alarms.set(id, { fire, follow });
    if (fire !== null) watch.set(fire);
    watch.set(follow);
  }

  #unwatch(id: string): void {
    this.#alarms.get(id)?.follow.unset();
    this.#alarms.get(id)?.fire?.unset();
    this.#alarms.delete(id);
  }

  /** A candle that reaches both a better price and where it fires now fires it there: nobody knows what came first. */
  #follow(id: string, moment: Moment): boolean {
    const trailing = this.#trailings.get(id) as DeskTrailing;
    const { fire } = this.#alarms.get(id) as TrailingAlarms;
    const { range } = moment;
    if (range !== null && fire?.isReachedBy(fire.direction === 'FALLS_TO' ? range.low : range.high)) return false;
    this.#unwatch(id);
    const following = { ...trailing, status: 'WAITING' as const, ...this.#following(trailing, moment.extreme) };
    this.#watch(this.#change(following, moment.timeMs));
    return true;
  }

  #fire(id: string, moment: Moment): boolean {
    const trailing = this.#trailings.get(id) as DeskTrailing;
    this.#unwatch(id);
    const { host } = this.#parts;
    const now = fired(() => host.send(trailing.ticket, `trailing_${id}`, moment));
    this.#change({ ...trailing, ...now }, moment.timeMs);
    return true;
  }

  #change(trailing: DeskTrailing, timeMs: number): DeskTrailing {
    const changed = { ...trailing, version: trailing.version + 1, updatedAt: timeMs };
    this.#keep(changed);
    return changed;
  }

  #keep(trailing: DeskTrailing): void {
    this.#trailings.set(trailing.id, trailing);
    this.#parts.host.tell({ kind: 'trailing', trailing });
  }

  #marketOf({ ticket }: DeskTrailing): TriggerMarket {
    return this.#parts.host.market(ticket.symbol);
  }
}

const isSale = ({ ticket }: DeskTrailing): boolean => ticket.side === Side.SELL;

const reaches = (sells: boolean, ticks: number, activation: number): boolean =>
  sells ? ticks >= activation : ticks <= activation;

/** Where it becomes active; any price does where none is asked for. */
function firstTicks(market: TriggerMarket, activationPrice: DeskTrailing['activationPrice'], sells: boolean): number {
  if (activationPrice !== null) return market.ticks(activationPrice);
  return sells ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** On the tick that is no sooner than asked for: a sale at or below it, a purchase at or above it. 0 where a sale never fires. */
function comeBack(market: TriggerMarket, { kind, value }: DeskCallback, best: number, sells: boolean): number {
  if (kind === 'DISTANCE') {
    const distance = market.ticksWithin(value);
    return sells ? Math.max(best - distance, 0) : best + distance;
  }
  const decimals = value.decimalPlaces();
  const whole = 10n ** BigInt(decimals);
  const share = BigInt(value.mul(whole.toString()).toFixed());
  const product = BigInt(best) * (sells ? whole - share : whole + share);
  return Number(sells ? product / whole : (product + whole - 1n) / whole);
}
