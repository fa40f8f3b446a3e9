import { Decimal, PositionMode, type PositionSide } from '@prate/domain';
import { type AccountOrder, type OrderEnd, type OrderTicket, positionSideOf } from '../backend/account-values.ts';
import type { Contract } from '../backend/market-values.ts';
import { priceOf, worthOf } from './worth.ts';

const ZERO = new Decimal(0);

/** An order as it changes. */
export class LiveOrder {
  readonly id: string;
  ticket: OrderTicket;
  readonly contract: Contract;
  readonly positionMode: PositionMode;
  readonly leverage: number;
  readonly createdAt: number;
  status: AccountOrder['status'] = 'OPEN';
  end: OrderEnd = 'NONE';
  filled: Decimal = ZERO;
  frozenMargin: Decimal = ZERO;
  usedMargin: Decimal = ZERO;
  makerFee: Decimal = ZERO;
  takerFee: Decimal = ZERO;
  realizedPnl: Decimal = ZERO;
  positionId = 0;
  updatedAt: number;
  #value = ZERO;
  #version = 0;

  constructor(parts: {
    readonly id: string;
    readonly ticket: OrderTicket;
    readonly contract: Contract;
    readonly positionMode: PositionMode;
    readonly leverage: number;
    readonly time: number;
  }) {
    this.id = parts.id;
    this.ticket = parts.ticket;
    this.contract = parts.contract;
    this.positionMode = parts.positionMode;
    this.leverage = parts.leverage;
    this.createdAt = parts.time;
    this.updatedAt = parts.time;
  }

  get left(): Decimal {
    return this.ticket.volume.minus(this.filled);
  }

  /** Only ever makes a position smaller. */
  get closes(): boolean {
    return closes(this.ticket, this.positionMode);
  }

  /** The position that it closes, or opens first. */
  get positionSide(): PositionSide {
    return positionSideOf({ side: this.ticket.side, effect: this.closes ? 'CLOSE' : 'OPEN' });
  }

  addFill(price: Decimal, volume: Decimal): void {
    this.filled = this.filled.plus(volume);
    this.#value = this.#value.plus(worthOf(this.contract, price, volume));
    if (this.left.isZero()) this.status = 'FILLED';
  }

  touch(time: number): void {
    this.#version += 1;
    this.updatedAt = time;
  }

  snapshot(): AccountOrder {
    return {
      ...this.ticket,
      category: 'USER',
      id: this.id,
      leverage: this.leverage,
      positionMode: this.positionMode,
      positionId: this.positionId,
      status: this.status,
      end: this.end,
      filledVolume: this.filled,
      averagePrice: this.filled.isZero() ? null : priceOf(this.contract, this.#value, this.filled),
      frozenMargin: this.frozenMargin,
      usedMargin: this.usedMargin,
      makerFee: this.makerFee,
      takerFee: this.takerFee,
      feeCoin: this.contract.settleCoin,
      realizedPnl: this.realizedPnl,
      version: this.#version,
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
    };
  }
}

/** In ONE_WAY mode `reduceOnly` says as much as the effect. */
export const closes = (ticket: OrderTicket, mode: PositionMode): boolean =>
  ticket.effect === 'CLOSE' || (mode === PositionMode.ONE_WAY && ticket.reduceOnly);
