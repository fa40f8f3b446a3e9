import { Decimal, type DecimalInput, type Instrument } from '@prate/domain';
import {
  type ExecutionHarnessCapability,
  type ExecutionHarnessContext,
  executionPortCases,
} from '@prate/execution-port/conformance';
import type { ConformanceHarness } from '@prate/runtime/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { CAPABILITIES, type ExecutionRig, executionRig } from './support/mexc-execution-rig.ts';

const CREATE = 'POST /api/v1/private/order/create';
const symbol = 'BTC_USDT';
const contractSize = new Decimal('0.0001');

/** As the sandbox describes it. */
const instrument: Instrument = {
  symbol,
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  tickSize: new Decimal('0.1'),
  lotSize: contractSize,
  contractSize,
  minQuantity: contractSize,
  maxQuantity: new Decimal(250),
  minNotional: null,
  maxLeverage: 500,
  riskTiers: [],
  makerFee: new Decimal('0.0006'),
  takerFee: new Decimal('0.0008'),
};

const contracts = (quantity: DecimalInput): Decimal => new Decimal(quantity).div(contractSize);

type Context = ExecutionHarnessContext & { readonly rig: ExecutionRig };

const harness: ConformanceHarness<Context, ExecutionHarnessCapability> = {
  capabilities: CAPABILITIES,
  async setup() {
    // whether MEXC edits orders in one-way mode was not established (code 2053 says no): here it does, for the cases' sake
    const rig = await executionRig({ scripted: { editsInOneWay: true } });
    const { backend, clock, sockets, sandbox } = rig;
    return {
      rig,
      port: rig.port,
      instrument,
      price: 40_000,
      quantity: '0.02',
      market: {
        async setBook(bids, asks) {
          const level = ({ price, quantity }: (typeof bids)[number]) => ({ price, volume: contracts(quantity) });
          backend.setBook(symbol, bids.map(level), asks.map(level));
        },
        async trade({ price, quantity, side }) {
          backend.trade(symbol, price, contracts(quantity), side);
        },
      },
      async advance(durationMs) {
        clock.advance(durationMs);
        await sockets.settle();
      },
      faults: {
        loseNextReply() {
          sandbox.faults.http({ route: CREATE, fault: { kind: 'reset' }, after: true });
        },
      },
    };
  },
  async teardown({ rig }) {
    await rig[Symbol.asyncDispose]();
  },
};

describeConformance('mexc-futures over real sockets', executionPortCases, harness);
