import { setImmediate } from 'node:timers/promises';
import { Decimal, decimal, type Instrument } from '@prate/domain';
import type { ConformanceHarness } from '@prate/runtime/conformance';
import type { ExecutionHarnessCapability, ExecutionHarnessContext } from '../src/conformance/index.ts';
import type { ExecutionPort } from '../src/index.ts';
import { FakeExecution } from './fake-execution.ts';

const instrument: Instrument = {
  symbol: 'ETH_USDT',
  baseAsset: 'ETH',
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.01'),
  lotSize: new Decimal('0.01'),
  contractSize: new Decimal('0.01'),
  minQuantity: new Decimal('0.02'),
  maxQuantity: null,
  minNotional: null,
  maxLeverage: 20,
  riskTiers: [],
  makerFee: new Decimal('0.0005'),
  takerFee: new Decimal('0.0005'),
};

/** The fake with every capability, as it is or seen through a defect. */
export const fakeHarness = (
  spoil: (port: FakeExecution) => ExecutionPort = (port) => port,
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
    'faults',
  ],
  async setup() {
    const fake = new FakeExecution(instrument, 100_000);
    return {
      port: spoil(fake),
      instrument,
      price: 2000,
      quantity: '0.4',
      market: {
        async setBook(bids, asks) {
          fake.setBook(bids, asks);
        },
        async trade({ price, quantity }) {
          fake.print(decimal(price), decimal(quantity));
        },
      },
      async advance(durationMs) {
        fake.nowMs += durationMs;
        await setImmediate();
      },
      faults: {
        loseNextReply() {
          fake.loseNextReply = true;
        },
      },
    };
  },
});
