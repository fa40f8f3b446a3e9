import type { Decimal, DecimalInput, MarginMode, Order, PositionMode, PositionSide, Side, Trade } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { CancelOutcome, CancelResult, CreateOutcome } from './outcomes.ts';
import type { TriggerPriceSource } from './requests.ts';

/** Leverage, margin mode and position mode of the account. A value that the venue refuses is an exception that says why. */
export interface AccountSettings {
  getLeverage(symbol: string, options?: CallOptions): Promise<number>;
  setLeverage(symbol: string, leverage: number, options?: CallOptions): Promise<void>;
  setMarginMode(symbol: string, mode: MarginMode, options?: CallOptions): Promise<void>;
  getPositionMode(options?: CallOptions): Promise<PositionMode>;
  setPositionMode(mode: PositionMode, options?: CallOptions): Promise<void>;
  addMargin(symbol: string, amount: DecimalInput, positionSide?: PositionSide, options?: CallOptions): Promise<void>;
  removeMargin(symbol: string, amount: DecimalInput, positionSide?: PositionSide, options?: CallOptions): Promise<void>;
}

export interface TriggerRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: DecimalInput;
  /** Either a price to trigger at, or a distance to trail by (share of the price, e.g. 0.01). */
  readonly trigger:
    | {
        readonly kind: 'stop' | 'takeProfit';
        readonly price: DecimalInput;
        readonly priceSource?: TriggerPriceSource | undefined;
      }
    | {
        readonly kind: 'trailing';
        readonly callback: DecimalInput;
        readonly activationPrice?: DecimalInput | undefined;
      };
  /** Absent: a market order is sent when triggered. */
  readonly limitPrice?: DecimalInput | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly positionSide?: PositionSide | undefined;
}

export interface TriggerOrder {
  readonly id: string;
  readonly request: TriggerRequest;
  readonly createdAt: number;
}

/** Stop-loss, take-profit, plan and trailing orders. */
export interface TriggerOrders {
  create(request: TriggerRequest, options?: CallOptions): Promise<CreateOutcome>;
  cancel(symbol: string, id: string, options?: CallOptions): Promise<CancelOutcome>;
  cancelAll(symbol?: string, options?: CallOptions): Promise<readonly CancelResult[]>;
  list(symbol?: string, options?: CallOptions): Promise<readonly TriggerOrder[]>;
}

/** Half-open `[from, to)` in epoch ms, of orders by their creation, of fills and payments by their time; newest first; at most `limit` (default 100). */
export interface HistoryQuery {
  readonly symbol?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly limit?: number | undefined;
}

export interface FundingPayment {
  readonly symbol: string;
  /** Received when positive, paid when negative. */
  readonly amount: Decimal;
  readonly asset: string;
  readonly rate: Decimal;
  readonly time: number;
}

export interface FeeRates {
  /** Shares of the traded value. */
  readonly maker: Decimal;
  readonly taker: Decimal;
}

export interface AccountHistory {
  /** Orders that are final. */
  getOrders(query: HistoryQuery, options?: CallOptions): Promise<readonly Order[]>;
  getTrades(query: HistoryQuery, options?: CallOptions): Promise<readonly Trade[]>;
  getFundingPayments(query: HistoryQuery, options?: CallOptions): Promise<readonly FundingPayment[]>;
  getFees(symbol: string, options?: CallOptions): Promise<FeeRates>;
}
