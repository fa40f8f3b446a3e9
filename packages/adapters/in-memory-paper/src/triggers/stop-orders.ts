import { Decimal, ZERO } from '@prate/domain';
import { DeskRefusal, DeskRefusalReason } from '../desk/desk-refusal.ts';
import type { DeskStopPrice } from '../desk/desk-types.ts';
import type { DeskStop, DeskStopPrices, DeskStopTicket } from '../desk/trigger-types.ts';
import { Alarm, type Direction, type Moment } from './alarm-heap.ts';
import { checkAttached, checkStopPrices, lossDirection, profitDirection } from './stop-prices.ts';
import type { Opened, TriggerPosition } from './trigger-host.ts';
import { checkRoom, fired, isWaiting, notATrigger, type TriggerParts } from './trigger-parts.ts';

type Part = 'STOP_LOSS' | 'TAKE_PROFIT';

interface StopAlarms {
  readonly stopLoss: Alarm | null;
  readonly takeProfit: Alarm | null;
}

/** Stop-losses and take-profits of one account: of its positions, and of what orders hand over to them. */
export class StopOrders {
  readonly #parts: TriggerParts;
  readonly #stops = new Map<number, DeskStop>();
  /** Of those that wait. */
  readonly #alarms = new Map<number, StopAlarms>();
  /** The stop that the fills of an order have made, while it waits. */
  readonly #ofOrder = new Map<string, number>();

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  /** Oldest first. */
  all(): readonly DeskStop[] {
    return [...this.#stops.values()];
  }

  waiting(): readonly DeskStop[] {
    return [...this.#alarms.keys()].map((id) => this.#stops.get(id) as DeskStop);
  }

  find(id: number): DeskStop | null {
    return this.#stops.get(id) ?? null;
  }

  place({ positionId, quantity, stopLoss, takeProfit, clientOrderId = null }: DeskStopTicket): DeskStop {
    const { host } = this.#parts;
    const position = host.position(positionId);
    if (position === null) throw new DeskRefusal(DeskRefusalReason.NO_POSITION, `there is no position ${positionId}`);
    const { symbol, side } = position;
    if (quantity !== null) host.market(symbol).checkLots(quantity);
    if (quantity?.gt(position.quantity)) {
      const message = `the position has ${position.quantity}, a stop cannot close ${quantity}`;
      throw new DeskRefusal(DeskRefusalReason.STOP_TOO_LARGE, message);
    }
    if (stopLoss === null && takeProfit === null) throw notATrigger('a stop needs a stopLoss, a takeProfit or both');
    checkStopPrices(host, symbol, side, { stopLoss, takeProfit }, null);
    if (quantity === null && this.#ofPosition(positionId).some((other) => other.quantity === null)) {
      const message = `position ${positionId} has a stop for all of it: change or cancel that`;
      throw new DeskRefusal(DeskRefusalReason.STOP_EXISTS, message);
    }
    checkRoom(this.#parts, symbol);
    return this.#add(position, { quantity, stopLoss, takeProfit, clientOrderId, orderId: null }, host.nowMs());
  }

  change(id: number, { stopLoss, takeProfit }: DeskStopPrices): DeskStop {
    const stop = this.#needWaiting(id);
    if (stopLoss === null && takeProfit === null) throw notATrigger(`stop ${id} needs a price: cancel it instead`);
    checkStopPrices(this.#parts.host, stop.symbol, stop.side, { stopLoss, takeProfit }, null);
    return this.#reprice(stop, { stopLoss, takeProfit });
  }

  cancel(id: number): void {
    this.#end(this.#needWaiting(id), this.#parts.host.nowMs());
  }

  changeAttached(orderId: string, { stopLoss, takeProfit }: DeskStopPrices): void {
    const { host } = this.#parts;
    const order = host.order(orderId);
    if (order === null) throw new DeskRefusal(DeskRefusalReason.UNKNOWN_ORDER, `there is no order ${orderId}`);
    if (!order.isOpen) {
      throw new DeskRefusal(
        DeskRefusalReason.UNKNOWN_STOP,
        `order ${orderId} is final: change the stop of its position`,
      );
    }
    const { symbol, side, price } = order;
    checkAttached(host, { symbol, side, price, stopLoss, takeProfit });
    const made = this.#stops.get(this.#ofOrder.get(orderId) ?? 0);
    host.attach(orderId, { stopLoss, takeProfit });
    if (made !== undefined && stopLoss === null && takeProfit === null) this.#end(made, host.nowMs());
    else if (made !== undefined) this.#reprice(made, { stopLoss, takeProfit });
  }

  /** What is attached to an order becomes a stop of its position with the first fill, and grows with those that follow. */
  takeOver({ orderId, positionId, quantity, stopLoss, takeProfit }: Opened, timeMs: number): void {
    const made = this.#stops.get(this.#ofOrder.get(orderId) ?? 0);
    if (made?.positionId === positionId) {
      this.#change({ ...made, quantity: quantity.plus(made.quantity ?? ZERO) }, timeMs);
      return;
    }
    const position = this.#parts.host.position(positionId);
    if (position === null) return;
    const stop = this.#add(position, { quantity, stopLoss, takeProfit, clientOrderId: null, orderId }, timeMs);
    this.#ofOrder.set(orderId, stop.id);
  }

  /** With a position go its stops. */
  positionEnded(positionId: number, timeMs: number): void {
    for (const stop of this.#ofPosition(positionId)) this.#end(stop, timeMs);
  }

  restore(stops: readonly DeskStop[]): void {
    for (const stop of stops) {
      this.#stops.set(stop.id, stop);
      if (!isWaiting(stop)) continue;
      this.#watch(stop);
      if (stop.orderId !== null) this.#ofOrder.set(stop.orderId, stop.id);
    }
  }

  #ofPosition(positionId: number): readonly DeskStop[] {
    return this.waiting().filter((stop) => stop.positionId === positionId);
  }

  #needWaiting(id: number): DeskStop {
    const stop = this.#stops.get(id);
    if (stop !== undefined && isWaiting(stop)) return stop;
    throw new DeskRefusal(DeskRefusalReason.UNKNOWN_STOP, `there is no stop ${id} that waits`);
  }

  #add(
    { id: positionId, symbol, side }: TriggerPosition,
    fields: Pick<DeskStop, 'quantity' | 'stopLoss' | 'takeProfit' | 'clientOrderId' | 'orderId'>,
    timeMs: number,
  ): DeskStop {
    const stop: DeskStop = {
      ...fields,
      id: this.#parts.host.nextId(),
      positionId,
      symbol,
      side,
      status: 'WAITING',
      failure: null,
      triggered: null,
      placedOrderId: null,
      closedQuantity: ZERO,
      version: 1,
      createdAt: timeMs,
      updatedAt: timeMs,
    };
    this.#keep(stop);
    this.#watch(stop);
    return stop;
  }

  #reprice(stop: DeskStop, prices: DeskStopPrices): DeskStop {
    this.#unset(stop.id);
    const changed = this.#change({ ...stop, ...prices }, this.#parts.host.nowMs());
    this.#watch(changed);
    return changed;
  }

  #end(stop: DeskStop, timeMs: number): void {
    this.#unwatch(stop);
    this.#change({ ...stop, status: 'CANCELLED' }, timeMs);
  }

  #watch(stop: DeskStop): void {
    const { id, symbol, side, stopLoss, takeProfit } = stop;
    const market = this.#parts.host.market(symbol);
    const alarm = (part: Part, at: DeskStopPrice | null, direction: Direction): Alarm | null =>
      at === null
        ? null
        : new Alarm({
            source: at.source,
            direction,
            ticks: market.ticks(at.price),
            id,
            ring: (moment) => this.#ring(id, part, moment),
          });
    const alarms = {
      stopLoss: alarm('STOP_LOSS', stopLoss, lossDirection(side)),
      takeProfit: alarm('TAKE_PROFIT', takeProfit, profitDirection(side)),
    };
    this.#alarms.set(id, alarms);
    const watch = this.#parts.watch(symbol);
    if (alarms.stopLoss !== null) watch.set(alarms.stopLoss);
    if (alarms.takeProfit !== null) watch.set(alarms.takeProfit);
  }

  #unwatch({ id, orderId }: DeskStop): void {
    this.#unset(id);
    this.#alarms.delete(id);
    if (orderId !== null && this.#ofOrder.get(orderId) === id) this.#ofOrder.delete(orderId);
  }

  #unset(id: number): void {
    this.#alarms.get(id)?.stopLoss?.unset();
    this.#alarms.get(id)?.takeProfit?.unset();
  }

  #ring(id: number, part: Part, moment: Moment): boolean {
    const stop = this.#stops.get(id) as DeskStop;
    if (part === 'TAKE_PROFIT' && this.#losesFirst(stop, moment)) return false;
    const position = this.#parts.host.position(stop.positionId);
    if (position === null) return true;
    this.#unwatch(stop);
    const quantity = stop.quantity === null ? position.quantity : Decimal.min(stop.quantity, position.quantity);
    const { host } = this.#parts;
    const { status, failure, orderId } = fired(() => host.close(position, quantity, `stop_${id}`, moment));
    const now = { status, failure, triggered: part, placedOrderId: orderId, closedQuantity: quantity };
    this.#change({ ...stop, ...now }, moment.timeMs);
    return true;
  }

  /** Where a candle reaches a stop-loss of the position too, that was reached first: nobody knows, so it is the worse. */
  #losesFirst({ positionId }: DeskStop, { range }: Moment): boolean {
    if (range === null) return false;
    return this.#ofPosition(positionId).some(({ id }) => {
      const alarm = this.#alarms.get(id)?.stopLoss ?? null;
      return alarm?.isReachedBy(alarm.direction === 'RISES_TO' ? range.high : range.low) === true;
    });
  }

  #change(stop: DeskStop, timeMs: number): DeskStop {
    const changed = { ...stop, version: stop.version + 1, updatedAt: timeMs };
    this.#keep(changed);
    return changed;
  }

  #keep(stop: DeskStop): void {
    this.#stops.set(stop.id, stop);
    this.#parts.host.tell({ kind: 'stop', stop });
  }
}
