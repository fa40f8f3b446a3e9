import {
  type ExecutionHarnessCapability,
  type ExecutionHarnessContext,
  executionPortCases,
} from '@prate/execution-port/conformance';
import { ManualClock } from '@prate/runtime';
import type { ConformanceHarness } from '@prate/runtime/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { CANARY_KEY, CAPABILITIES, type ExecutionRig, executionRigOn, START_MS } from './support/mexc-execution-rig.ts';
import { INSTRUMENT, PaperWire } from './support/paper-wire.ts';

type Context = ExecutionHarnessContext & { readonly rig: ExecutionRig<PaperWire> };

const harness: ConformanceHarness<Context, ExecutionHarnessCapability> = {
  capabilities: CAPABILITIES,
  async setup() {
    const clock = new ManualClock(START_MS);
    const rig = await executionRigOn(await PaperWire.open(clock, { [CANARY_KEY]: 100_000 }), clock);
    const { backend, sockets, sandbox } = rig;
    return {
      rig,
      port: rig.port,
      instrument: INSTRUMENT,
      price: 40_000,
      quantity: '0.02',
      market: {
        async setBook(bids, asks) {
          backend.setBook(bids, asks);
        },
        async trade({ price, quantity, side }) {
          backend.trade(price, quantity, side);
        },
      },
      async advance(durationMs) {
        clock.advance(durationMs);
        await sockets.settle();
      },
      faults: {
        loseNextReply() {
          sandbox.faults.http({
            route: 'POST /api/v1/private/order/create',
            fault: { kind: 'reset' },
            after: true,
          });
        },
      },
    };
  },
  async teardown({ rig }) {
    await rig[Symbol.asyncDispose]();
  },
};

describeConformance('mexc-futures over real sockets to the paper exchange', executionPortCases, harness);
