/** What a fill is, whatever order it is of; it never changes. */
export interface FillFacts {
  readonly id: number;
  readonly lots: number;
  /** price × quantity, cut. */
  readonly value: bigint;
  /** 0 where the price is off the tick: a takeover at the bankruptcy price. */
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;
}

export class FillRecord implements FillFacts {
  readonly id: number;
  readonly lots: number;
  readonly value: bigint;
  readonly ticks: number;
  readonly isTaker: boolean;
  readonly fee: bigint;
  readonly realizedPnl: bigint;
  readonly time: number;

  constructor(facts: FillFacts) {
    this.id = facts.id;
    this.lots = facts.lots;
    this.value = facts.value;
    this.ticks = facts.ticks;
    this.isTaker = facts.isTaker;
    this.fee = facts.fee;
    this.realizedPnl = facts.realizedPnl;
    this.time = facts.time;
  }
}
