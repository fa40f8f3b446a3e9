import { Decimal, type Instrument, MarginMode, OrderType, Side } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import {
  Chance,
  Engine,
  type EngineAccount,
  type EngineOrder,
  type Floor,
  rateOf,
  type Seat,
  toMoney,
} from '@prate/in-memory-paper/engine';
import type { Contender } from '../harness/work.ts';
import { flowing, MIDDLE, type OrderBookLike } from '../samples/order-flow.ts';
import { type Printed, printing } from '../samples/prints.ts';

const SYMBOL = 'BTC_USDT';

const instrument: Instrument = {
  symbol: SYMBOL,
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.1'),
  lotSize: new Decimal('0.0001'),
  contractSize: new Decimal('0.0001'),
  minQuantity: new Decimal('0.0001'),
  maxQuantity: null,
  minNotional: null,
  maxLeverage: 100,
  riskTiers: [],
  makerFee: new Decimal('0.0002'),
  takerFee: new Decimal('0.0006'),
};

/** A print that reaches nobody: after it, orders to come rest. */
const AT_THE_MIDDLE: TradeColumns = {
  length: 1,
  time: Float64Array.of(0),
  priceDecimals: 1,
  price: Float64Array.of(MIDDLE),
  quantityDecimals: 4,
  quantity: Float64Array.of(1),
  side: Uint8Array.of(0),
  ids: null,
};

interface Exchange {
  readonly engine: Engine;
  readonly account: EngineAccount;
  readonly seat: Seat;
  readonly market: Floor;
}

/** One rich account at an exchange that is fed by public trades alone. */
function exchange(): Exchange {
  const none = { from: 0, to: 0 };
  const rules = {
    feeReserve: rateOf(new Decimal(0)),
    liquidationFee: rateOf(new Decimal('0.0004')),
    maxOpenOrders: null,
    maxHistory: null,
    latency: none,
    slippage: none,
  };
  const engine = new Engine(rules, new Chance(1));
  const market = engine.addMarket(instrument, 'trades');
  const account = engine.open('a', null);
  account.deposit('USDT', toMoney(new Decimal('1e12')));
  engine.print(market, MIDDLE, 1, Side.BUY, 0);
  return { engine, account, seat: account.seat(market), market };
}

function placeLimit(
  { engine, seat }: Exchange,
  isBuy: boolean,
  ticks: number,
  lots: number,
  name: number,
): EngineOrder {
  const side = isBuy ? Side.BUY : Side.SELL;
  return engine.place(
    {
      seat,
      side,
      type: OrderType.LIMIT,
      ticks,
      lots,
      positionSide: null,
      reduces: false,
      reduceOnly: false,
      leverage: 10,
      marginMode: MarginMode.ISOLATED,
      clientOrderId: String(name),
      category: 'USER',
    },
    0,
  );
}

/** The engine of the paper exchange, with money, margin and liquidation; what it does is listened to. */
class PaperBook implements OrderBookLike, Printed {
  readonly #exchange: Exchange = exchange();
  /** By the number that the flow gave them: 0, 1, 2, … */
  readonly #orders: EngineOrder[] = [];

  constructor(filled: (order: number) => void) {
    this.#exchange.account.observe({
      order() {},
      fill: ({ order }) => {
        if (order.left === 0) filled(Number(order.clientOrderId));
      },
      position() {},
      asset() {},
      positionMode() {},
      trigger() {},
      attached() {},
    });
  }

  add(order: number, isBuy: boolean, ticks: number, lots: number): void {
    this.#orders.push(placeLimit(this.#exchange, isBuy, ticks, lots, order));
  }

  cancel(order: number): void {
    this.#exchange.engine.cancel(this.#orders[order] as EngineOrder, 0);
  }

  tell(trades: TradeColumns): void {
    this.#exchange.engine.trades(SYMBOL, trades);
    this.#exchange.engine.trades(SYMBOL, AT_THE_MIDDLE);
  }

  print(ticks: number, lots: number, isSell: boolean): void {
    const { engine, market } = this.#exchange;
    engine.print(market, ticks, lots, isSell ? Side.SELL : Side.BUY, 0);
    engine.trades(SYMBOL, AT_THE_MIDDLE);
  }
}

export const orderFlow = (): Contender => flowing((filled) => new PaperBook(filled));
export const prints = (): Contender => printing((filled) => new PaperBook(filled));
