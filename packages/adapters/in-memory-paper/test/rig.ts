import { Decimal, type Instrument, type Order, OrderType, Side } from '@prate/domain';
import type { CreateOutcome, ExecutionEvent, OrderRequest } from '@prate/execution-port';
import type { MarketDataCapability } from '@prate/market-data-port';
import { ManualClock, seededRandom } from '@prate/runtime';
import { type InMemoryPaperExecution, PaperExchange, type PaperOptions, type PaperRules } from '../src/index.ts';
import { instrumentOf, ScriptedMarket } from './scripted-market.ts';

export type Mode = 'book' | 'trades' | 'candles';

const STREAMS: Record<Mode, readonly MarketDataCapability[]> = {
  book: ['tradeStream', 'orderBookStream'],
  trades: ['tradeStream'],
  candles: ['candleStream'],
};

export const MINUTE = 60_000;

/** A connected account over a scripted market, with a record of its events. */
export class Rig {
  readonly clock: ManualClock = new ManualClock(100 * MINUTE);
  readonly market: ScriptedMarket;
  readonly options: PaperOptions;
  exchange: PaperExchange;
  port: InMemoryPaperExecution;

  constructor(
    mode: Mode,
    rules: Partial<PaperRules> = {},
    instruments: readonly Instrument[] = [instrumentOf()],
    streams: readonly MarketDataCapability[] = STREAMS[mode],
    seed = 7,
  ) {
    this.market = new ScriptedMarket(this.clock, streams, instruments);
    this.options = {
      market: this.market,
      clock: this.clock,
      random: seededRandom(seed),
      balance: { USDT: 10_000 },
      fees: { maker: '0.0002', taker: '0.0006' },
      ...(mode === 'candles' ? { feed: { kind: 'candles', interval: '1m' } } : {}),
      ...rules,
    };
    this.exchange = new PaperExchange(this.options);
    this.port = this.exchange.account('a');
  }

  static async open(
    mode: Mode,
    rules?: Partial<PaperRules>,
    instruments?: readonly Instrument[],
    streams?: readonly MarketDataCapability[],
  ): Promise<Rig> {
    const rig = new Rig(mode, rules, instruments, streams);
    await rig.port.connect();
    return rig;
  }

  /** The exchange hears nothing more of the market, and does not know it. */
  leave(): void {
    this.market.loseListeners();
  }

  /** One candle of the minute that the clock stands at; the clock then stands at its close. */
  candle(open: number, high: number, low: number, close: number, volume = 1): void {
    const openTime = this.clock.nowMs();
    this.clock.advance(MINUTE);
    this.market.candle({ openTime, open, high, low, close, volume });
  }

  print(price: number | string, quantity: number | string, side: Side = Side.BUY): void {
    this.market.print({ price, quantity, side });
  }

  create(request: Partial<OrderRequest>): Promise<CreateOutcome> {
    const type = request.type ?? (request.price === undefined ? OrderType.MARKET : OrderType.LIMIT);
    const defaults = {
      symbol: 'BTC_USDT',
      side: Side.BUY,
      quantity: request.quoteQuantity === undefined ? 1 : undefined,
    };
    return this.port.createOrder({ ...defaults, ...request, type } as OrderRequest);
  }

  async accepted(request: Partial<OrderRequest>): Promise<Order> {
    const outcome = await this.create(request);
    if (outcome.kind !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(outcome)}`);
    return outcome.order;
  }

  async now(order: Order): Promise<Order> {
    const found = await this.port.getOrder({ symbol: order.symbol, orderId: order.id });
    if (found === null) throw new Error(`order ${order.id} is gone`);
    return found;
  }

  async fills(): Promise<readonly string[]> {
    const { history } = this.port;
    const trades = await history.getTrades({ limit: 1000 });
    return trades
      .map(
        ({ side, price, quantity, liquidity, time }) =>
          `${side} ${quantity} at ${price} ${liquidity} ${time - 100 * MINUTE}`,
      )
      .reverse();
  }
}

/** Everything told so far: the loop is ended by disconnecting. */
export async function drain(
  events: AsyncIterable<ExecutionEvent>,
  end: () => Promise<void>,
): Promise<ExecutionEvent[]> {
  await end();
  const log: ExecutionEvent[] = [];
  for await (const event of events) log.push(event);
  return log;
}

/** Sums of the whole ledger by asset; each must be 0. */
export function ledgerSums(exchange: PaperExchange): Record<string, string> {
  const sums = new Map<string, Decimal>();
  for (const { asset, amount } of exchange.ledgerBalances()) {
    sums.set(asset, (sums.get(asset) ?? new Decimal(0)).plus(amount));
  }
  return Object.fromEntries([...sums].map(([asset, sum]) => [asset, sum.toString()]));
}
