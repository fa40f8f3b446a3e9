import { type Order, Side } from '@prate/domain';
import { ManualClock, silentLogger } from '@prate/runtime';
import { type GridDirection, grid, StrategyRunner } from '@prate/strategy-runner';
import { describe, expect, it } from 'vitest';
import { candleItem, ScriptedMarket } from '../../packages/application/strategy-runner/test/support/scripted-market.ts';
import { CANARY_KEY, executionRigOn, START_MS } from './support/mexc-execution-rig.ts';
import { INSTRUMENT, PaperWire } from './support/paper-wire.ts';

const SECOND = 1000;
const { symbol } = INSTRUMENT;

/** `buy 39600 39204 | sell 40400`, nearest first. */
const bookOf = (orders: readonly Order[]): string =>
  [Side.BUY, Side.SELL]
    .map((side) => {
      const prices = orders.filter((order) => order.side === side).map(({ price }) => Number(price));
      return [side.toLowerCase(), ...prices.sort((a, b) => (side === Side.BUY ? b - a : a - b))].join(' ');
    })
    .join(' | ');

describe("a grid over MEXC's protocol, on sockets", () => {
  it.each<[GridDirection, readonly string[]]>([
    [
      'neutral',
      [
        'buy 39604 39211.8 | sell 40400 40804',
        'buy 39211.8 | sell 40000 40400',
        'buy 39604 39211.8 | sell 40400 40804',
      ],
    ],
    ['long', ['buy 39604 39211.8 | sell', 'buy 39211.8 | sell 40000', 'buy 39604 39211.8 | sell']],
  ])('%s: orders rest, fills are answered, and none is left at the end', async (direction, books) => {
    const clock = new ManualClock(START_MS);
    await using rig = await executionRigOn(await PaperWire.open(clock, { [CANARY_KEY]: 100_000 }), clock);
    const { backend, port, sockets } = rig;
    const market = new ScriptedMarket(clock);
    market.getInstruments = () => Promise.resolve([INSTRUMENT]);
    const runner = new StrategyRunner({
      strategy: grid({ levels: 2, spacing: '0.01', quantity: '0.02', direction }),
      ...{ execution: port, market, candleFeed: market, clock, log: silentLogger, symbols: [symbol], interval: '1s' },
      candles: { getAggregatedCandles: async () => [] },
    });
    const close = async (price: number): Promise<string> => {
      clock.advance(SECOND);
      market.emit(candleItem(clock.nowMs() - SECOND, price, price, symbol, '1s'));
      await runner.idle();
      return bookOf(await port.getOpenOrders(symbol));
    };
    const moveTo = async (price: number): Promise<void> => {
      backend.setBook([{ price: price - 0.1, quantity: 5 }], [{ price: price + 0.1, quantity: 5 }]);
      backend.trade(price, '100', Side.SELL);
      await sockets.settle();
      await runner.idle();
    };

    await moveTo(40_000);
    await port.connect();
    await port.settings.setPositionMode('ONE_WAY');
    await runner.start();
    const found = [await close(40_000)];
    await moveTo(39_600);
    found.push(await close(39_600));
    expect((await port.getPosition(symbol))?.quantity.toString()).toBe('0.02');
    await moveTo(40_001);
    found.push(await close(40_001));
    expect(await port.getPosition(symbol)).toBe(null);
    expect(found).toEqual(books);

    await runner.stop();
    const report = await runner.done;
    expect(report).toMatchObject({ fills: 2, errors: [], rejected: {} });
    expect(report.realizedPnl.toString()).toBe('7.92'); // 0.02 · 396
    expect(await port.getOpenOrders(symbol)).toEqual([]);
  });
});
