import { type MarginMode, PositionSide } from '@prate/domain';
import type { SymbolMarket } from './market.ts';
import { partOf } from './units.ts';

/** What a part that is closed takes along. */
export interface ClosedPart {
  readonly cost: bigint;
  readonly margin: bigint;
  readonly realizedPnl: bigint;
}

/** What positions of one side are opened with. */
export interface Terms {
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/**
 * A position as it changes. It keeps the cost of what is held, not its average price, because a cost is an exact
 * sum and an average a rounded quotient.
 */
export class PositionRecord<Seat extends { readonly market: SymbolMarket }> {
  readonly id: number;
  readonly seat: Seat;
  readonly side: PositionSide;
  readonly marginMode: MarginMode;
  readonly createdAt: number;
  leverage: number;
  lots = 0;
  /** Sum of price × quantity of what is still held. */
  cost = 0n;
  margin = 0n;
  /** What its margin was made of when it was opened. */
  originalMargin = 0n;
  /** Profit of what was closed, fees and funding not included. */
  realizedPnl = 0n;
  funding = 0n;
  fees = 0n;
  openedLots = 0;
  openedValue = 0n;
  closedLots = 0;
  closedValue = 0n;
  autoAddMargin = false;
  version = 0;
  updatedAt: number;

  constructor(id: number, seat: Seat, terms: Terms & { readonly side: PositionSide }, nowMs: number) {
    this.id = id;
    this.seat = seat;
    this.side = terms.side;
    this.marginMode = terms.marginMode;
    this.leverage = terms.leverage;
    this.createdAt = nowMs;
    this.updatedAt = nowMs;
  }

  get isLong(): boolean {
    return this.side === PositionSide.LONG;
  }

  /** A part takes its share of cost and margin, cut; the last part takes all that is left. */
  shareOf(lots: number): { readonly cost: bigint; readonly margin: bigint } {
    return { cost: partOf(this.cost, lots, this.lots), margin: partOf(this.margin, lots, this.lots) };
  }

  /** From a value at entry to a value at exit. */
  gain(cost: bigint, value: bigint): bigint {
    return this.isLong ? value - cost : cost - value;
  }

  /** At the mark price; 0 before the market has one. */
  unrealizedPnl(): bigint {
    const { market } = this.seat;
    const mark = market.mark();
    return mark === 0 ? 0n : this.gain(this.cost, market.grid.value(mark, this.lots));
  }

  open(lots: number, value: bigint, margin: bigint): void {
    this.lots += lots;
    this.cost += value;
    this.margin += margin;
    this.originalMargin += margin;
    this.openedLots += lots;
    this.openedValue += value;
  }

  close(lots: number, value: bigint, part: ClosedPart): void {
    this.lots -= lots;
    this.cost -= part.cost;
    this.margin -= part.margin;
    this.realizedPnl += part.realizedPnl;
    this.closedLots += lots;
    this.closedValue += value;
  }

  touch(timeMs: number): void {
    this.version += 1;
    this.updatedAt = timeMs;
  }
}
