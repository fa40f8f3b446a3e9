import { marketDataPortCases } from '@prate/market-data-port/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { type MarketRig, marketRig, START_MS } from './support/mexc-market-rig.ts';

const MINUTE_MS = 60_000;
const rigs = new WeakMap<object, MarketRig>();

describeConformance('mexc-futures market data over real sockets', marketDataPortCases, {
  capabilities: [
    'candleHistory',
    'ticker',
    'orderBook',
    'funding',
    'tradeStream',
    'candleStream',
    'tickerStream',
    'orderBookStream',
    'fundingStream',
  ],
  async setup() {
    const rig = await marketRig();
    await rig.advance(6 * MINUTE_MS);
    const context = {
      port: rig.port,
      symbol: 'BTC_USDT',
      interval: '1m',
      candleRange: { from: START_MS, to: START_MS + 5 * MINUTE_MS },
      tradeRange: { from: START_MS, to: START_MS + 5 * MINUTE_MS },
      fundingRange: { from: START_MS, to: START_MS + 60 * MINUTE_MS },
      stepMs: MINUTE_MS,
      advance: (durationMs: number) => rig.advance(durationMs),
    };
    rigs.set(context, rig);
    return context;
  },
  teardown: async (context) => rigs.get(context)?.close(),
});
