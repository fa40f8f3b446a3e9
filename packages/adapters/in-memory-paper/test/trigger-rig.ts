import { Decimal, OrderType, Side } from '@prate/domain';
import type { MarketDataCapability } from '@prate/market-data-port';
import type {
  DeskEvent,
  DeskPlan,
  DeskPlanTicket,
  DeskStopPrice,
  DeskTicket,
  DeskTrailingTicket,
  PaperDesk,
  PaperRules,
} from '../src/index.ts';
import { type Mode, Rig } from './rig.ts';

export const d = (value: string | number): Decimal => new Decimal(value);
export const ALL = { symbol: null, from: 0, to: Number.MAX_SAFE_INTEGER };

export const at = (price: string | number, source: DeskStopPrice['source'] = 'LAST'): DeskStopPrice => ({
  price: d(price),
  source,
});

/** A purchase of 1 at the market and 5 times its margin, but for what is said. */
export const ticket = (more: Partial<DeskTicket> = {}): DeskTicket => ({
  symbol: 'BTC_USDT',
  side: Side.BUY,
  effect: 'OPEN',
  type: more.price === undefined || more.price === null ? OrderType.MARKET : OrderType.LIMIT,
  quantity: d(1),
  price: null,
  marginMode: null,
  leverage: 5,
  clientOrderId: null,
  positionMode: null,
  reduceOnly: false,
  ...more,
});

export const plan = (
  triggerPrice: string | number,
  direction: DeskPlan['direction'],
  more: Partial<Omit<DeskPlanTicket, 'ticket'>> & { readonly ticket?: Partial<DeskTicket> } = {},
): DeskPlanTicket => ({
  triggerPrice: d(triggerPrice),
  direction,
  source: 'LAST',
  cycleHours: 24,
  ...more,
  ticket: ticket(more.ticket),
});

/** A sale of 1 that comes back by 5. */
export const trailing = (more: Partial<DeskTrailingTicket> = {}): DeskTrailingTicket => ({
  ticket: ticket({ side: Side.SELL, effect: 'CLOSE', reduceOnly: true }),
  source: 'LAST',
  activationPrice: null,
  callback: { kind: 'DISTANCE', value: d(5) },
  ...more,
});

export const refusal = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return String((error as { reason?: unknown }).reason ?? error);
  }
  return 'accepted';
};

export class TriggerRig extends Rig {
  readonly desk: PaperDesk = this.exchange.desk('a');
  readonly log: DeskEvent[] = [];

  static async start(
    mode: Mode,
    rules: Partial<PaperRules> = {},
    streams?: readonly MarketDataCapability[],
  ): Promise<TriggerRig> {
    const rig = new TriggerRig(mode, rules, undefined, streams);
    await rig.exchange.connect();
    rig.desk.listen((event) => rig.log.push(event));
    return rig;
  }

  /** A print of much, of which nobody wants to know the side. */
  trade(price: string | number): void {
    this.print(price, 1000);
  }

  /** A market order that trades at this price, on trades. */
  take(price: string | number, more: Partial<DeskTicket> = {}): void {
    this.trade(price);
    this.desk.placeOrder(ticket(more));
    this.trade(price);
  }

  /** What is held: `LONG 1`, or nothing. */
  held(): readonly string[] {
    return this.desk.positions().map(({ side, heldQuantity }) => `${side} ${heldQuantity}`);
  }

  /** Oldest first: `SELL 1 at 95`. */
  traded(): readonly string[] {
    return this.desk
      .fills(ALL)
      .map(({ order, price, quantity }) => `${order.side} ${quantity} at ${price}`)
      .reverse();
  }
}
