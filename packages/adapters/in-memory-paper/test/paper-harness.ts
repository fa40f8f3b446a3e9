import { setImmediate } from 'node:timers/promises';
import { Decimal } from '@prate/domain';
import type { ExecutionPort } from '@prate/execution-port';
import type { ExecutionHarnessCapability, ExecutionHarnessContext } from '@prate/execution-port/conformance';
import type { MarketDataCapability } from '@prate/market-data-port';
import { ManualClock, seededRandom } from '@prate/runtime';
import type { ConformanceHarness } from '@prate/runtime/conformance';
import { PaperExchange } from '../src/index.ts';
import { instrumentOf, ScriptedMarket } from './scripted-market.ts';

/** @param around what the suite is given in place of the account */
export const paperHarness = (
  streams: readonly MarketDataCapability[],
  around: (account: ExecutionPort) => ExecutionPort = (account) => account,
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
      port: around(exchange.account('a')),
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
