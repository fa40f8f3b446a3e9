import { type CandleStoreContext, candleStoreCases } from '@prate/candle-store-port/conformance';
import { describeConformance } from '@prate/runtime/conformance/vitest';
import { WorkerCandleStore } from '../../src/worker.ts';

describeConformance<CandleStoreContext, string>('sqlite-store in a worker', candleStoreCases, {
  capabilities: [],
  setup: async () => ({ store: await WorkerCandleStore.open(':memory:') }),
  teardown: ({ store }) => store.close(),
});
