import {
  type ClientOrderId,
  type Decimal,
  type DecimalInput,
  InvalidInputError,
  type MarginMode,
  type Order,
  type PositionMode,
  type PositionSide,
  type Side,
  type Trade,
} from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { Rejected, Unknown } from './outcomes.ts';
import type { TriggerPriceSource } from './requests.ts';

/** Leverage, margin mode and position mode of the account. A value that the venue refuses is an exception that says why. */
export interface AccountSettings {
  /** @throws LeverageDiffersError where the two directions have no leverage in common */
  getLeverage(symbol: string, options?: CallOptions): Promise<number>;
  setLeverage(symbol: string, leverage: number, options?: CallOptions): Promise<void>;
  setMarginMode(symbol: string, mode: MarginMode, options?: CallOptions): Promise<void>;
  getPositionMode(options?: CallOptions): Promise<PositionMode>;
  setPositionMode(mode: PositionMode, options?: CallOptions): Promise<void>;
  addMargin(symbol: string, amount: DecimalInput, positionSide?: PositionSide, options?: CallOptions): Promise<void>;
  removeMargin(symbol: string, amount: DecimalInput, positionSide?: PositionSide, options?: CallOptions): Promise<void>;
}

/** Some venues keep leverage by direction: here it is not one number. `setLeverage` makes it one. */
export class LeverageDiffersError extends InvalidInputError {
  override readonly code = 'LEVERAGE_DIFFERS';
  readonly leverage: Readonly<Record<PositionSide, number>>;

  constructor(symbol: string, leverage: Readonly<Record<PositionSide, number>>) {
    super(
      `${symbol} has leverage ${leverage.LONG} for LONG and ${leverage.SHORT} for SHORT: setLeverage makes them one`,
    );
    this.leverage = leverage;
  }
}

/** `plan` sends an order, `stop` and `takeProfit` end a position; trailing follows the best price since it was activated. */
export type Trigger =
  | {
      readonly kind: 'plan' | 'stop' | 'takeProfit';
      readonly price: DecimalInput;
      /** Whether it fires when the price has risen to `price` or fallen to it. */
      readonly direction: 'RISES_TO' | 'FALLS_TO';
      readonly priceSource?: TriggerPriceSource | undefined;
    }
  | {
      readonly kind: 'trailing';
      /** Share of the price, e.g. 0.01. */
      readonly callback: DecimalInput;
      readonly activationPrice?: DecimalInput | undefined;
    };

export interface TriggerRequest {
  readonly symbol: string;
  readonly side: Side;
  /** Base asset. */
  readonly quantity: DecimalInput;
  readonly trigger: Trigger;
  /** Absent: a market order is sent when triggered. */
  readonly limitPrice?: DecimalInput | undefined;
  readonly reduceOnly?: boolean | undefined;
  /** Required in HEDGE mode. */
  readonly positionSide?: PositionSide | undefined;
  /** Of the trigger; made when absent. */
  readonly clientOrderId?: ClientOrderId | undefined;
}

export interface TriggerOrder {
  readonly id: string;
  readonly clientOrderId: ClientOrderId;
  readonly request: TriggerRequest;
  /** Epoch ms. */
  readonly createdAt: number;
}

export type TriggerOutcome =
  | { readonly kind: 'accepted'; readonly trigger: TriggerOrder }
  | (Rejected & { readonly clientOrderId: ClientOrderId })
  | (Unknown & { readonly clientOrderId: ClientOrderId });

/** `alreadyFinal`: it has fired, or was cancelled before. */
export type TriggerCancelOutcome = { readonly kind: 'cancelled' | 'alreadyFinal' | 'notFound' } | Unknown;

/** Stop-loss, take-profit, plan and trailing orders. */
export interface TriggerOrders {
  create(request: TriggerRequest, options?: CallOptions): Promise<TriggerOutcome>;
  cancel(symbol: string, id: string, options?: CallOptions): Promise<TriggerCancelOutcome>;
  /** Of one symbol or of all; an outcome per trigger that was there. */
  cancelAll(
    symbol?: string,
    options?: CallOptions,
  ): Promise<readonly { readonly id: string; readonly outcome: TriggerCancelOutcome }[]>;
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
  /** Epoch ms. */
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
