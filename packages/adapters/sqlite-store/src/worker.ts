export { StoreWorkerLostError } from './worker/errors.ts';
export { WorkerCandleStore, type WorkerStoreOptions } from './worker/worker-candle-store.ts';
