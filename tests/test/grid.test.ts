import { Readable } from 'node:stream';
import { Decimal, type Instrument, type Order, OrderType, PrateError, Side } from '@prate/domain';
import type { CreateOutcome, ExecutionEvent, ExecutionPort, OrderRequest } from '@prate/execution-port';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import { ManualClock, seededRandom, silentLogger } from '@prate/runtime';
import { FileMarket } from '@prate/simulated-market';
import {
  type GridDirection,
  type GridOptions,
  grid,
  type RunReport,
  StrategyRunner,
  type StrategyRunnerOptions,
} from '@prate/strategy-runner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../tooling/test-support/cases.ts';
import { Draw } from '../../tooling/test-support/draw.ts';

const MINUTE = 60_000;

type Bar = readonly [open: number, high: number, low: number, close: number];

const instrument = (symbol: string): Instrument => ({
  symbol,
  baseAsset: symbol.split('_')[0] as string,
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.01'),
  lotSize: new Decimal('0.001'),
  contractSize: new Decimal(1),
  minQuantity: new Decimal('0.001'),
  maxQuantity: null,
  minNotional: null,
  maxLeverage: 100,
  riskTiers: [{ maxNotional: null, maxLeverage: 100, maintenanceMarginRate: new Decimal('0.004') }],
  makerFee: new Decimal('0.0002'),
  takerFee: new Decimal('0.0006'),
});

/** A paper account over minutes of one or more symbols, and what happens to it. */
class Desk {
  readonly clock: ManualClock;
  readonly market: FileMarket;
  readonly execution: InMemoryPaperExecution;
  readonly events: ExecutionEvent[] = [];
  readonly symbols: readonly string[];

  private constructor(clock: ManualClock, market: FileMarket, balance: number, symbols: readonly string[]) {
    this.clock = clock;
    this.market = market;
    this.symbols = symbols;
    const feed = { kind: 'candles', interval: '1m' } as const;
    this.execution = new InMemoryPaperExecution({ market, clock, random: seededRandom(1), balance, feed });
  }

  static async open(bars: Readonly<Record<string, readonly Bar[]>>, balance = 10_000): Promise<Desk> {
    const files = Object.entries(bars).map(([symbol, rows]) => {
      const lines = rows.map((row, i) => [i * MINUTE, ...row, 10].join(','));
      const text = `open_time_ms,open,high,low,close,volume\n${lines.join('\n')}\n`;
      const stream = Readable.from([Buffer.from(text)], { objectMode: false });
      return { symbol, interval: '1m', instrument: instrument(symbol), source: { name: `${symbol}.csv`, stream } };
    });
    const clock = new ManualClock();
    const desk = new Desk(clock, await FileMarket.open({ files, clock }), balance, Object.keys(bars));
    await desk.execution.connect();
    void desk.#follow();
    return desk;
  }

  async #follow(): Promise<void> {
    for await (const event of this.execution.events()) this.events.push(event);
  }

  runner(options: GridOptions, more: Partial<StrategyRunnerOptions> = {}): StrategyRunner {
    const { execution, market, clock, symbols } = this;
    return new StrategyRunner({
      ...{ strategy: grid(options), execution, market, candleFeed: market, clock, symbols, interval: '1m' },
      ...{ candles: { getAggregatedCandles: async () => [] }, log: silentLogger, ...more },
    });
  }

  /** Plays to the end, or before the bar of that number; `settled` is called after each. */
  async play(runner: StrategyRunner, settled = async (): Promise<void> => {}, before?: number): Promise<void> {
    const until = before === undefined ? undefined : before * MINUTE + 1;
    const work = async (): Promise<void> => {
      await runner.idle();
      await settled();
    };
    await this.market.play({ settled: work, ...(until === undefined ? {} : { until }) });
  }

  /** `buy 99.01 | sell 101 102.01`, nearest first. */
  async book(symbol = this.symbols[0] as string): Promise<string> {
    const orders = await this.execution.getOpenOrders(symbol);
    const prices = (side: Side): Decimal[] =>
      orders.flatMap((order) => (order.side === side && order.price !== null ? [order.price] : []));
    const buys = prices(Side.BUY).sort((a, b) => b.comparedTo(a));
    const sells = prices(Side.SELL).sort((a, b) => a.comparedTo(b));
    return [['buy', ...buys].join(' '), ['sell', ...sells].join(' ')].join(' | ');
  }

  async position(symbol = this.symbols[0] as string): Promise<Decimal> {
    const position = await this.execution.getPosition(symbol);
    if (position === null) return new Decimal(0);
    return position.positionSide === 'LONG' ? position.quantity : position.quantity.neg();
  }

  fills(symbol = this.symbols[0] as string): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'fill' && event.trade.symbol === symbol ? [`${event.trade.side} ${event.trade.price}`] : [],
    );
  }

  orders(): Order[] {
    return this.events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));
  }
}

/** The book after each bar. */
async function booksOf(
  bars: readonly Bar[],
  options: GridOptions,
): Promise<{ books: string[]; desk: Desk; report: RunReport }> {
  const desk = await Desk.open({ A_USDT: bars });
  const runner = desk.runner({ levels: 2, spacing: '0.01', quantity: 1, ...options });
  const books: string[] = [];
  await runner.start();
  await desk.play(runner, async () => {
    if (desk.clock.nowMs() % MINUTE === 0 && desk.clock.nowMs() > 0)
      books.push(`${await desk.position()}: ${await desk.book()}`);
  });
  return { books, desk, report: await runner.done };
}

describe('worked by hand', () => {
  // 100 ÷ 1.01² = 98.0296…, 100 ÷ 1.01 = 99.0099…, 101, 102.01
  it('a fill is answered a level away, and the price that comes back closes with a profit of one spacing', async () => {
    const { books, desk, report } = await booksOf(
      [
        [100, 100, 100, 100],
        [100, 100.5, 98.9, 99.5], // through 99.01
        [99.5, 100.2, 99.4, 99.9], // through 100
        [99.9, 102.5, 99.9, 102.2], // through 101 and 102.01
        [102.2, 102.2, 99.5, 99.6], // through 101 and 100
      ],
      {},
    );
    expect(books).toEqual([
      '0: buy 99.01 98.03 | sell 101 102.01',
      '1: buy 98.03 | sell 100 101',
      '0: buy 99.01 98.03 | sell 101 102.01',
      '-2: buy 101 100 | sell',
      '0: buy 99.01 98.03 | sell 101 102.01',
    ]);
    expect(desk.fills()).toEqual(['BUY 99.01', 'SELL 100', 'SELL 101', 'SELL 102.01', 'BUY 101', 'BUY 100']);
    // 0.99 + 1 + 1.01, fees 0.0002 of each fill: 0.120604
    expect(report).toMatchObject({ realizedPnl: new Decimal('3'), errors: [], rejected: {} });
    expect(report.fees.toString()).toBe('0.120604');
  });

  it('a price beyond the range takes the grid along, with the position in its place', async () => {
    const { books, desk } = await booksOf(
      [
        [100, 100, 100, 100],
        [100, 100, 96.8, 96.9], // through 99.01 and 98.03, and beyond 97.06
        [96.9, 97.5, 96, 97], // nothing: the grid holds all that it may, and its range ends at 95.94
        [97, 98.9, 97, 98.86], // through 97.87 and 98.85
        [98.86, 101, 98.86, 100.9], // through 99.84 and 100.83
        [100.9, 102.6, 100.9, 102.5], // beyond 101.85
      ],
      {},
    );
    expect(books).toEqual([
      '0: buy 99.01 98.03 | sell 101 102.01',
      // around 96.9 · 1.01² = 98.84869, where the position is closed
      '2: buy | sell 97.87 98.85',
      '2: buy | sell 97.87 98.85',
      '0: buy 97.87 96.9 | sell 99.84 100.83',
      '-2: buy 99.84 98.85 | sell',
      // 102.5 is the line of two sold: 101.485… and 100.480… buy back
      '-2: buy 101.49 100.48 | sell',
    ]);
    expect(desk.fills()).toEqual(['BUY 99.01', 'BUY 98.03', 'SELL 97.87', 'SELL 98.85', 'SELL 99.84', 'SELL 100.83']);
  });

  it('long only sells what it bought, reduce-only, and follows a price that rises', async () => {
    const { books, desk } = await booksOf(
      [
        [100, 100, 100, 100],
        [100, 100, 98.9, 99.5], // through 99.01
        [99.5, 101.5, 99.4, 101.4], // through 100, and beyond 101
      ],
      { direction: 'long' },
    );
    expect(books).toEqual([
      '0: buy 99.01 98.03 | sell',
      '1: buy 98.03 | sell 100',
      '0: buy 100.4 99.4 | sell', // 100.396… and 99.402…
    ]);
    expect(desk.orders().every(({ side, reduceOnly }) => reduceOnly === (side === Side.SELL))).toBe(true);
  });

  it('short is the mirror image', async () => {
    const { books, desk } = await booksOf(
      [
        [100, 100, 100, 100],
        [100, 101.1, 100, 100.5], // through 101
        [100.5, 100.5, 98.5, 98.6], // through 100, and beyond 99.01
      ],
      { direction: 'short' },
    );
    expect(books).toEqual(['0: buy | sell 101 102.01', '-1: buy 100 | sell 102.01', '0: buy | sell 99.59 100.58']);
    expect(desk.orders().every(({ side, reduceOnly }) => reduceOnly === (side === Side.BUY))).toBe(true);
  });

  it('an answer that would take waits for a close on the other side of it', async () => {
    const { books } = await booksOf(
      [
        [100, 100, 100, 100],
        [100, 100.3, 98.9, 100.3], // through 99.01, but closed above 100
        [100.3, 100.4, 100.1, 100.2],
        [100.2, 100.2, 99.5, 99.6], // below 100
      ],
      {},
    );
    expect(books).toEqual([
      '0: buy 99.01 98.03 | sell 101 102.01',
      '1: buy 98.03 | sell 101',
      '1: buy 98.03 | sell 101',
      '1: buy 98.03 | sell 100 101',
    ]);
  });

  it('a share of the equity is what each order is worth, rounded down to the lot', async () => {
    const desk = await Desk.open({ A_USDT: [[333, 333, 333, 333]] });
    const runner = desk.runner({ share: '0.1' });
    await runner.start();
    await desk.play(runner);
    // 1000 ÷ 333 = 3.003003…
    expect(desk.orders().length).toBeGreaterThan(9);
    expect(new Set(desk.orders().map(({ quantity }) => quantity.toString()))).toEqual(new Set(['3.003']));
  });
});

describe('another run on the same account', () => {
  const bars: Bar[] = [
    [100, 100, 100, 100],
    [100, 100, 98.9, 99.5], // through 99.01
    [99.5, 99.6, 99.4, 99.5],
    [99.5, 99.6, 99.4, 99.5],
    [99.5, 100.6, 99.5, 100.2],
  ];

  it('cancels the orders that the one before it left, keeps its position, and touches no others', async () => {
    const desk = await Desk.open({ A_USDT: bars });
    const options = { levels: 2, spacing: '0.01', quantity: 1 };
    const first = desk.runner(options, { onEnd: 'keep-orders' });
    await desk.execution.createOrder({
      ...{ symbol: 'A_USDT', side: Side.BUY, type: OrderType.LIMIT, price: '50', quantity: '1', clientOrderId: 'mine' },
    });
    await first.start();
    await desk.play(first, undefined, 2);
    await first.stop();
    expect(await desk.book()).toBe('buy 98.03 50 | sell 100 101');

    const second = desk.runner(options, { onEnd: 'keep-orders' });
    await second.start();
    await desk.play(second);
    await second.done;
    // around 99.5 · 1.01 = 100.495, where the one that is held is closed; then 100.5 was sold
    expect(desk.fills()).toEqual(['BUY 99.01', 'SELL 100.5']);
    expect(await desk.book()).toBe('buy 99.5 98.51 50 | sell 101.5 102.51');
    const ids = desk.orders().map(({ clientOrderId }) => clientOrderId);
    expect(ids.every((id) => id === 'mine' || /^grid-[0-9a-z]+-[0-9a-z]+$/.test(id))).toBe(true);
  });

  it('an order of the user changes the position: it is laid out anew, within its bounds, and leaves the rest', async () => {
    const desk = await Desk.open({ A_USDT: bars.slice(0, 3) });
    const runner = desk.runner({ levels: 2, spacing: '0.01', quantity: 1 });
    await runner.start();
    const books: string[] = [];
    await desk.play(runner, async () => {
      if (desk.clock.nowMs() === MINUTE && desk.orders().length === 4)
        await desk.execution.createOrder({
          ...{ symbol: 'A_USDT', side: Side.SELL, type: OrderType.MARKET, quantity: '7.5' },
        });
      books.push(`${await desk.position()}: ${await desk.book()}`);
    });
    // 7.5 sold at 100, 1 bought at 99.01; around 99.5, the line of two sold
    expect(books.at(-1)).toBe('-6.5: buy 98.51 97.54 | sell');
  });
});

/** Minutes that wander, with jumps. */
function wander(draw: Draw, minutes: number): Bar[] {
  const bars: Bar[] = [];
  let cents = 10_000;
  for (let i = 0; i < minutes; i += 1) {
    const open = Math.max(3_000, cents + draw.below(21) - 10);
    const swing = draw.once(15) ? 2_001 : 241;
    const close = Math.max(3_000, open + draw.below(swing) - (swing - 1) / 2);
    const [high, low] = [Math.max(open, close) + draw.below(120), Math.min(open, close) - draw.below(120)];
    bars.push([open / 100, high / 100, low / 100, close / 100]);
    cents = close;
  }
  return bars;
}

interface Rules {
  readonly levels: number;
  readonly quantity: Decimal;
  readonly direction: GridDirection;
  readonly spacing: Decimal;
}

const rulesOf = (draw: Draw): Rules => ({
  levels: 1 + draw.below(5),
  quantity: new Decimal(1 + draw.below(3000)).div(1000),
  direction: draw.of(['neutral', 'long', 'short'] as const),
  spacing: new Decimal(1 + draw.below(20)).div(1000),
});

/** What holds at any time, of the exchange's own books. @throws what does not */
async function checkBounds(desk: Desk, symbol: string, { levels, quantity, direction }: Rules): Promise<void> {
  const open = await desk.execution.getOpenOrders(symbol);
  const position = await desk.position(symbol);
  const prices = (side: Side): Decimal[] =>
    open.flatMap((order) => (order.side === side ? [order.price as Decimal] : []));
  const [buys, sells] = [prices(Side.BUY), prices(Side.SELL)];
  if (buys.length > levels || sells.length > levels) throw new Error(`${open.length} orders of ${symbol}`);
  if (new Set(open.map(({ price }) => String(price))).size < open.length) throw new Error('two at one price');
  if (buys.length > 0 && sells.length > 0 && Decimal.max(...buys).gte(Decimal.min(...sells)))
    throw new Error('a buy is not below a sell');
  const bound = quantity.mul(levels);
  // also if every order of one side fills
  const most = position.plus(quantity.mul(direction === 'short' ? 0 : buys.length));
  const least = position.minus(quantity.mul(direction === 'long' ? 0 : sells.length));
  if (most.gt(bound) || least.lt(bound.neg())) throw new Error(`holds ${position}, may come to ${most} or ${least}`);
  if (direction === 'long' && position.lt(0)) throw new Error(`a long grid holds ${position}`);
  if (direction === 'short' && position.gt(0)) throw new Error(`a short grid holds ${position}`);
  if (!position.mod(quantity).isZero()) throw new Error(`${position} is no number of orders`);
  let sum = new Decimal(0);
  for (const event of desk.events) {
    if (event.kind !== 'fill' || event.trade.symbol !== symbol) continue;
    sum = event.trade.side === Side.BUY ? sum.plus(event.trade.quantity) : sum.minus(event.trade.quantity);
  }
  if (!sum.eq(position)) throw new Error(`fills of ${sum} made a position of ${position}`);
}

async function play(seed: number, minutes: number): Promise<{ readonly log: string; readonly fills: number }> {
  const draw = new Draw(seed, minutes);
  const symbols = ['A_USDT', 'B_USDT'].slice(0, 1 + draw.below(2));
  const desk = await Desk.open(Object.fromEntries(symbols.map((symbol) => [symbol, wander(draw, minutes)])), 100_000);
  const rules = rulesOf(draw);
  const runner = desk.runner(rules);
  await runner.start();
  await desk.play(runner, async () => {
    for (const symbol of symbols) await checkBounds(desk, symbol, rules);
  });
  const report = await runner.done;
  for (const symbol of symbols) expect(await desk.execution.getOpenOrders(symbol)).toEqual([]);
  expect(report.errors).toEqual([]);
  // liquidations are the exchange's own
  const orders = desk.orders().filter(({ clientOrderId }) => !clientOrderId.startsWith('system-'));
  const isOwn = ({ type, clientOrderId }: Order): boolean =>
    type === OrderType.POST_ONLY && clientOrderId.startsWith('grid-');
  expect(orders.every(isOwn)).toBe(true);
  expect(orders.every(({ price }) => (price as Decimal).mod('0.01').isZero())).toBe(true);
  return { log: JSON.stringify(desk.events), fills: report.fills };
}

it('any market: at most `levels` orders a side, a bounded position that is the sum of its fills, none left at the end', async () => {
  let fills = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 31), fc.integer({ min: 2, max: 60 }), async (seed, minutes) => {
      const { log, ...played } = await play(seed, minutes);
      fills += played.fills;
      expect((await play(seed, minutes)).log).toBe(log);
    }),
    cases(25),
  );
  expect(fills).toBeGreaterThan(200);
}, 600_000);

class LostError extends PrateError {
  readonly code = 'LOST';
  override readonly retryable = true;
}

/** The account behind a bad line: replies and requests are lost, reads fail, orders are refused, and events come to be a gap. */
function overABadLine(
  execution: InMemoryPaperExecution,
  draw: Draw,
  clock: ManualClock,
  sent: string[],
): ExecutionPort {
  const unknown = { kind: 'unknown', cause: new LostError('no reply') } as const;
  const read =
    <Args extends unknown[], T>(method: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      draw.once(8) ? Promise.reject(new LostError('no answer')) : method.apply(execution, args);
  const create = async (request: OrderRequest): Promise<CreateOutcome> => {
    const clientOrderId = request.clientOrderId as string;
    sent.push(clientOrderId);
    const fault = draw.below(15);
    if (fault === 0) return { ...unknown, clientOrderId };
    if (fault === 1) return { kind: 'rejected', reason: 'POST_ONLY_WOULD_TAKE', message: 'no', clientOrderId };
    const outcome = await execution.createOrder(request);
    return fault === 2 ? { ...unknown, clientOrderId } : outcome;
  };
  const instead: Partial<ExecutionPort> = {
    createOrders: (requests) => Promise.all(requests.map(create)),
    cancelOrder: async (ref) => {
      const fault = draw.below(10);
      if (fault === 0) return unknown;
      const outcome = await execution.cancelOrder(ref);
      return fault === 1 ? unknown : outcome;
    },
    getOpenOrders: read(execution.getOpenOrders),
    getOrder: read(execution.getOrder),
    getPosition: read(execution.getPosition),
    async *events(options) {
      for await (const event of execution.events(options)) {
        if (draw.once(6)) yield { kind: 'gap', fromMs: clock.nowMs(), toMs: clock.nowMs() };
        else yield event;
      }
    },
  };
  return new Proxy(execution, {
    get(_, name) {
      const value: unknown = Object.hasOwn(instead, name)
        ? instead[name as keyof ExecutionPort]
        : Reflect.get(execution, name, execution);
      return typeof value === 'function' ? value.bind(execution) : value;
    },
  });
}

/** @param step from one price to the next nearer one */
function expectWhole(prices: readonly number[], wanted: number, step: number, close: number): void {
  expect(prices.length).toBeLessThanOrEqual(wanted);
  const farthest = prices.at(-1);
  if (prices.length === wanted || farthest === undefined) return;
  const missing = farthest * step ** prices.length; // the farthest of those that are
  if (step > 1) expect(missing).toBeGreaterThan(close - 0.02);
  else expect(missing).toBeLessThan(close + 0.02);
}

it('any market over a bad line: the same bounds, no order is sent twice, and nothing is lost for good', async () => {
  let fills = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 31), fc.integer({ min: 10, max: 60 }), async (seed, minutes) => {
      const draw = new Draw(seed, minutes);
      // at last the price stands still for an hour, on a line that has become good
      const bars = wander(draw, minutes);
      const [, , , close] = bars.at(-1) as Bar;
      const still: Bar[] = Array.from({ length: 6 }, () => [close, close, close, close]);
      const desk = await Desk.open({ A_USDT: [...bars, ...still] }, 1_000_000);
      const rules = rulesOf(draw);
      const sent: string[] = [];
      let isBad = true;
      const line = {
        once: (times: number) => isBad && draw.once(times),
        below: (n: number) => (isBad ? draw.below(n) : n),
      };
      const execution = overABadLine(desk.execution, line as Draw, desk.clock, sent);
      const runner = desk.runner(rules, { execution, onEnd: 'keep-orders' });
      await runner.start();
      await desk.play(runner, async () => {
        if (desk.clock.nowMs() >= minutes * MINUTE) isBad = false;
        await checkBounds(desk, 'A_USDT', rules);
      });
      const report = await runner.done;
      fills += report.fills;
      expect(new Set(sent).size).toBe(sent.length);
      expect(report.errors).toEqual([]);
      // every level around the empty one has its order again, but for those that would take
      const held = (await desk.position()).div(rules.quantity).toNumber();
      const lowest = rules.direction === 'short' ? 0 : -rules.levels;
      const highest = rules.direction === 'long' ? 0 : rules.levels;
      const [buys, sells] = (await desk.book()).split(' | ').map((side) => side.split(' ').slice(1).map(Number));
      expectWhole(buys ?? [], Math.min(rules.levels, 0 - held - lowest), 1 + rules.spacing.toNumber(), close);
      expectWhole(sells ?? [], Math.min(rules.levels, highest + held), 1 / (1 + rules.spacing.toNumber()), close);
    }),
    cases(25),
  );
  expect(fills).toBeGreaterThan(100);
}, 600_000);
