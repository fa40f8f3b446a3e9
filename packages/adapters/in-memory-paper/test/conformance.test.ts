import { setImmediate } from 'node:timers/promises';
import { Decimal } from '@prate/domain';
import {
  type ExecutionHarnessCapability,
  type ExecutionHarnessContext,
  executionPortCases,
} from '@prate/execution-port/conformance';
import type { MarketDataCapability } from '@prate/market-data-port';
import { ManualClock, seededRandom } from '@prate/runtime';
import type { ConformanceHarness } from '@prate/runtime/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { PaperExchange } from '../src/index.ts';
import { instrumentOf, ScriptedMarket } from './scripted-market.ts';

const harness = (
  streams: readonly MarketDataCapability[],
): ConformanceHarness<ExecutionHarnessContext, ExecutionHarnessCapability> => ({
  capabilities: [
    'ioc',
    'fok',
    'postOnly',
    'amend',
    'amendPartlyFilled',
    'quoteQuantity',
    'hedge',
    'settings',
    'margin',
    'history',
    'triggers',
  ],
  async setup() {
    const clock = new ManualClock(1_700_000_000_000);
    const instrument = instrumentOf();
    const market = new ScriptedMarket(clock, streams, [instrument]);
    const exchange = new PaperExchange({ market, clock, random: seededRandom(1), balance: { USDT: 100_000 } });
    return {
      port: exchange.account('a'),
      instrument,
      price: 40_000,
      quantity: new Decimal('0.02'),
      market: {
        async setBook(bids, asks) {
          const level = ({ price, quantity }: (typeof bids)[number]) => [price, quantity] as const;
          market.setBook(bids.map(level), asks.map(level));
        },
        async trade(trade) {
          market.print(trade);
        },
      },
      async advance(durationMs) {
        clock.advance(durationMs);
        await setImmediate();
      },
    };
  },
});

describeConformance(
  'in-memory-paper on trades and a book',
  executionPortCases,
  harness(['tradeStream', 'orderBookStream']),
);
describeConformance('in-memory-paper on trades alone', executionPortCases, harness(['tradeStream']));
