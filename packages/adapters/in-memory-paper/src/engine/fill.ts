import type { Decimal, Trade } from '@prate/domain';
import type { EngineOrder } from './order.ts';
import type { EnginePosition } from './position.ts';
import { fromMoney } from './units.ts';

/** One fill; it never changes. */
export class EngineFill {
  readonly id: number;
  readonly order: EngineOrder;
  readonly lots: number;
  /** price × quantity, cut. */
  readonly value: bigint;
  /** 0 where the price is off the tick: a takeover at the bankruptcy price. */
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
  #view: Trade | null = null;

  constructor(fields: FillFields) {
    this.id = fields.id;
    this.order = fields.order;
    this.lots = fields.lots;
    this.value = fields.value;
    this.ticks = fields.ticks;
    this.isTaker = fields.isTaker;
    this.fee = fields.fee;
    this.realizedPnl = fields.realizedPnl;
    this.time = fields.time;
  }

  get price(): Decimal {
    const { grid } = this.order.seat.market;
    return this.ticks === 0 ? fromMoney(this.value).div(grid.quantity(this.lots)) : grid.price(this.ticks);
  }

  /** The fill as the port tells it; made once. */
  view(): Trade {
    this.#view ??= this.#make();
    return this.#view;
  }

  #make(): Trade {
    const { ticket, id, seat } = this.order;
    const { grid, instrument } = seat.market;
    return Object.freeze({
      id: String(this.id),
      orderId: String(id),
      clientOrderId: ticket.clientOrderId,
      symbol: instrument.symbol,
      side: ticket.side,
      positionSide: ticket.positionSide,
      price: this.price,
      quantity: grid.quantity(this.lots),
      fee: { asset: instrument.quoteAsset, amount: fromMoney(this.fee) },
      liquidity: this.isTaker ? 'TAKER' : 'MAKER',
      realizedPnl: fromMoney(this.realizedPnl),
      time: this.time,
    });
  }
}

export interface FillFields {
  readonly id: number;
  readonly order: EngineOrder;
  readonly lots: number;
  readonly value: bigint;
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
}

/** What a fill did to positions: what it closed (with 0 lots where it is gone), and what it opened. */
export interface Touched {
  readonly closed: EnginePosition | null;
  readonly opened: EnginePosition | null;
}
