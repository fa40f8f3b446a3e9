import { Decimal, InvalidInputError, OrderType, Side } from '@prate/domain';
import type { MarketDataCapability } from '@prate/market-data-port';
import { seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { PaperExchange, type PaperState } from '../src/index.ts';
import { ledgerSums, MINUTE, type Mode, Rig } from './rig.ts';
import { type CandleRow, candleColumns, instrumentOf } from './scripted-market.ts';

const SYMBOL = 'BTC_USDT';

const stateOf = (exchange: PaperExchange): PaperState => JSON.parse(JSON.stringify(exchange.save())) as PaperState;

/** The exchange of a rig goes away, and another one of its state is there, not connected. */
function restart(rig: Rig): PaperExchange {
  const state = stateOf(rig.exchange);
  rig.leave();
  rig.exchange = PaperExchange.restore(state, { ...rig.options, random: seededRandom(99) });
  rig.port = rig.exchange.account('a');
  return rig.exchange;
}

/** A long position of 1 at 100, however the market is met. */
async function bought(mode: Mode, more: readonly MarketDataCapability[] = []): Promise<Rig> {
  const own = { book: ['tradeStream', 'orderBookStream'], trades: ['tradeStream'], candles: ['candleStream'] } as const;
  const rig = await Rig.open(mode, {}, undefined, [...own[mode], ...more]);
  if (mode === 'candles') rig.candle(100, 100, 100, 100);
  if (mode === 'book') rig.market.setBook([[99.9, 500]], [[100, 500]]);
  if (mode === 'trades') rig.print(100, 1);
  await rig.accepted({ quantity: 1, leverage: 10 });
  if (mode === 'trades') rig.print(100, 50);
  if (mode === 'candles') rig.candle(100, 100, 100, 100);
  rig.clock.advance(MINUTE);
  return rig;
}

/** From the minute that the clock stands at. */
const rowsFrom = (
  rig: Rig,
  ...prices: readonly (readonly [open: number, high: number, low: number, close: number])[]
) =>
  prices.map(([open, high, low, close], i): CandleRow => {
    return { openTime: rig.clock.nowMs() + i * MINUTE, open, high, low, close, volume: 1 };
  });

describe.each(['book', 'trades', 'candles'] as const)('time that an exchange on %s has missed', (mode) => {
  it('fills resting orders that prices went through, and no others', async () => {
    const rig = await bought(mode);
    const reached = await rig.accepted({ type: OrderType.POST_ONLY, price: 95, quantity: 1 });
    const touched = await rig.accepted({ type: OrderType.POST_ONLY, price: 94, quantity: 1 });
    const rows = rowsFrom(rig, [100, 101, 96, 97], [97, 98, 94, 96]);
    restart(rig).playMissed([{ symbol: SYMBOL, candles: candleColumns(rows) }], rig.clock.nowMs() + 2 * MINUTE);
    await rig.port.connect();
    expect((await rig.now(reached)).status).toBe('FILLED');
    expect((await rig.now(touched)).status).toBe('NEW');
    expect((await rig.fills()).at(-1)).toMatch(/^BUY 1 at 95 MAKER /);
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('fires stops on the way, at their price', async () => {
    const rig = await bought(mode);
    const [position] = await rig.port.getPositions();
    expect(position).toBeDefined();
    const trigger = { kind: 'plan', price: 95, direction: 'FALLS_TO' } as const;
    const request = { symbol: SYMBOL, side: Side.SELL, quantity: 1, reduceOnly: true, trigger } as const;
    expect(await rig.port.triggers.create(request)).toMatchObject({ kind: 'accepted' });
    const rows = rowsFrom(rig, [100, 101, 90, 99]);
    restart(rig).playMissed([{ symbol: SYMBOL, candles: candleColumns(rows) }], rig.clock.nowMs() + MINUTE);
    await rig.port.connect();
    expect(await rig.port.getPositions()).toEqual([]);
    expect((await rig.fills()).at(-1)).toMatch(/^SELL 1 at 95 TAKER /);
  });

  it('liquidates, whatever mark price was told before', async () => {
    const rig = await bought(mode, ['tickerStream']);
    rig.market.ticker(100);
    const rows = rowsFrom(rig, [100, 100, 80, 99]);
    restart(rig).playMissed([{ symbol: SYMBOL, candles: candleColumns(rows) }], rig.clock.nowMs() + MINUTE);
    await rig.port.connect();
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('settles funding at its time, by what was paid in place of what was foretold', async () => {
    const rig = await bought(mode);
    const now = rig.clock.nowMs();
    const paid = (settleTime: number, rate: string) => ({ symbol: SYMBOL, rate: new Decimal(rate), settleTime });
    const exchange = restart(rig);
    const funding = [paid(now + MINUTE, '0.001'), paid(now + 2 * MINUTE, '0.002'), paid(now + 9 * MINUTE, '0.5')];
    const candles = candleColumns(rowsFrom(rig, [100, 100, 100, 100], [110, 110, 110, 110], [110, 110, 110, 110]));
    exchange.playMissed([{ symbol: SYMBOL, candles, funding }], now + 3 * MINUTE);
    const payments = exchange.desk('a').fundingPayments({ symbol: null, from: 0, to: now + 99 * MINUTE });
    expect(payments.map(({ amount, time }) => [String(amount), (time - now) / MINUTE]).reverse()).toEqual([
      ['-0.1', 1],
      ['-0.22', 2],
    ]);
  });

  it('is what an exchange on candles would have made of it', async () => {
    const price = fc.integer({ min: 85, max: 115 });
    const orders = fc.array(fc.record({ price, side: fc.constantFrom(Side.BUY, Side.SELL), stop: fc.boolean() }), {
      maxLength: 6,
    });
    const candle = fc.tuple(price, price, price, price);
    await fc.assert(
      fc.asyncProperty(orders, fc.array(candle, { minLength: 1, maxLength: 20 }), async (asked, prices) => {
        const rig = await bought(mode);
        for (const { side, price: at, stop } of asked) {
          const isBuy = side === Side.BUY;
          const away = isBuy ? Math.min(at, 99) : Math.max(at, 101);
          const stopLoss = stop && isBuy ? { triggerPrice: away - 3 } : undefined;
          await rig.create({ type: OrderType.POST_ONLY, side, price: away, quantity: '0.5', stopLoss });
        }
        const rows = rowsFrom(
          rig,
          ...prices.map((four) => [four[0], Math.max(...four), Math.min(...four), four[3]] as const),
        );
        const end = rig.clock.nowMs() + rows.length * MINUTE;
        const state = stateOf(rig.exchange);
        // pages of a symbol may come in several calls
        const exchange = restart(rig);
        const half = Math.floor(rows.length / 2);
        for (const page of [rows.slice(0, half), rows.slice(half)]) {
          if (page.length > 0) exchange.playMissed([{ symbol: SYMBOL, candles: candleColumns(page) }], end);
        }
        const other = new Rig('candles');
        const markets = state.engine.markets.map((market) => ({
          ...market,
          match: 'candles' as const,
          bids: { ticks: [], lots: [] },
          asks: { ticks: [], lots: [] },
        }));
        other.exchange = PaperExchange.restore({ ...state, engine: { ...state.engine, markets } }, other.options);
        await other.exchange.account('a').connect();
        for (const row of rows) other.market.candle(row);
        const [made, expected] = [stateOf(exchange), stateOf(other.exchange)];
        const plain = ({ engine }: PaperState) => [engine.ledger, engine.accounts.map(({ seats: _, ...rest }) => rest)];
        expect(plain(made)).toEqual(plain(expected));
      }),
      cases(30),
    );
  });
});

describe('time that an exchange has missed', () => {
  it('symbols take their turns by time, and one that is not there is left out', async () => {
    const instruments = [instrumentOf(), instrumentOf({ symbol: 'ETH_USDT' })];
    const rig = await Rig.open('trades', {}, instruments);
    for (const symbol of ['BTC_USDT', 'ETH_USDT']) {
      rig.market.print({ symbol, price: 100, quantity: 1, side: Side.BUY });
      await rig.accepted({ symbol, type: OrderType.POST_ONLY, price: 95, quantity: 1 });
      await rig.accepted({ symbol, type: OrderType.POST_ONLY, price: 90, quantity: 1 });
    }
    rig.clock.advance(MINUTE);
    const exchange = restart(rig);
    const fills: string[] = [];
    exchange.desk('a').listen((event) => {
      if (event.kind === 'fill') fills.push(`${event.fill.order.symbol} ${event.fill.price}`);
    });
    const missed = (symbol: string, ...lows: number[]) => ({
      symbol,
      candles: candleColumns(rowsFrom(rig, ...lows.map((low) => [99, 100, low, 99] as const))),
    });
    const all = [missed('BTC_USDT', 94, 99, 89), missed('ETH_USDT', 99, 94, 99, 89), missed('NONE_USDT', 1)];
    exchange.playMissed(all, rig.clock.nowMs() + 4 * MINUTE);
    expect(fills).toEqual(['BTC_USDT 95', 'ETH_USDT 95', 'BTC_USDT 90', 'ETH_USDT 90']);
  });

  it('is over when it is connected; its orders then meet the market as before', async () => {
    const rig = await bought('book');
    const exchange = restart(rig);
    exchange.playMissed([{ symbol: SYMBOL, candles: candleColumns(rowsFrom(rig, [100, 101, 99, 100])) }], 0);
    await rig.port.connect();
    expect(() => exchange.playMissed([], 0)).toThrow(InvalidInputError);
    // a book of before is forgotten
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'rejected', reason: 'NO_LIQUIDITY' });
    rig.market.setBook([[99, 5]], [[101, 5]]);
    expect(await rig.create({ quantity: 1 })).toMatchObject({ kind: 'accepted', order: { status: 'FILLED' } });
  });
});
