import { InvalidInputError } from '@prate/domain';
import { MexcFuturesMarketData, MexcRest } from '@prate/mexc-futures';
import { describe, expect, it } from 'vitest';
import { marketRig } from './support/mexc-market-rig.ts';

const symbol = 'BTC_USDT';
const listener = (): void => {};

describe('after close()', () => {
  const calls: readonly (readonly [string, (port: MexcFuturesMarketData) => unknown])[] = [
    ['getInstruments', (port) => port.getInstruments()],
    ['getServerTime', (port) => port.getServerTime()],
    ['getCandles', (port) => port.getCandles({ symbol, interval: '1m', from: 0, to: 60_000 })],
    ['getRecentTrades', (port) => port.getRecentTrades(symbol)],
    ['getTicker', (port) => port.getTicker(symbol)],
    ['getTickers', (port) => port.getTickers()],
    ['getOrderBook', (port) => port.getOrderBook(symbol)],
    ['getFundingRate', (port) => port.getFundingRate(symbol)],
    ['getFundingHistory', (port) => port.getFundingHistory({ symbol, from: 0, to: 1 })],
    ['trades', (port) => port.trades([symbol], listener)],
    ['candles', (port) => port.candles([symbol], '1m', listener)],
    ['tickers', (port) => port.tickers([symbol], listener)],
    ['orderBook', (port) => port.orderBook([symbol], listener)],
    ['funding', (port) => port.funding([symbol], listener)],
  ];

  it.each(calls)('%s throws at once', async (_, call) => {
    const rig = await marketRig();
    await rig.port.close();
    await rig.port.close();
    await expect((async () => call(rig.port))()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.close();
  });

  it('what was under way has thrown, connections of its own or not', async () => {
    const rig = await marketRig();
    const own = new MexcFuturesMarketData({ restBaseUrl: rig.sandbox.restUrl, clock: rig.clock });
    rig.sandbox.faults.http({ route: 'GET /api/v1/contract/ping', fault: { kind: 'hang' }, times: 2 });
    const under = [rig.port, own].map((port) => port.getServerTime());
    for (const call of under) call.catch(() => {});
    while (rig.sandbox.requests.length < 2) await new Promise(setImmediate);
    await Promise.all([rig.port.close(), own.close()]);
    for (const call of under) await expect(call).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await rig.close();
  });

  it('a client of REST alone begins no request after it', async () => {
    const rest = new MexcRest();
    await rest.close();
    await expect(rest.market.ping()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});

it('what is no argument is an InvalidInputError', async () => {
  const rig = await marketRig();
  const { port } = rig;
  const range = { from: 0, to: 60_000 };
  const calls: readonly ((value: never) => unknown)[] = [
    (query) => port.getCandles(query),
    (one) => port.getCandles({ symbol: one, interval: '1m', ...range }),
    (interval) => port.getCandles({ symbol, interval, ...range }),
    (one) => port.getTicker(one),
    (one) => port.getRecentTrades(one),
    (one) => port.getOrderBook(one),
    (one) => port.getFundingRate(one),
    (query) => port.getFundingHistory(query),
    (symbols) => port.trades(symbols, listener),
    (one) => port.tickers([symbol], one),
    (interval) => port.candles([symbol], interval, listener),
    (one) => port.orderBook([one], listener).ready,
    (options) => port.getTickers(options),
    (options) => port.funding([symbol], listener, options),
  ];
  for (const [place, call] of calls.entries()) {
    for (const value of [null, 0.5, '', '..', 'x'.repeat(10_000)]) {
      const error: unknown = await (async () => call(value as never))().then(
        () => 'nothing was thrown',
        (reason: unknown) => reason,
      );
      expect(error, `call ${place} with ${String(value).slice(0, 20)}`).toBeInstanceOf(InvalidInputError);
      expect((error as Error).message.length).toBeLessThan(300);
    }
  }
  await rig.close();
});
