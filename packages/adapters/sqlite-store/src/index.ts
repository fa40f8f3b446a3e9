export type { Dropped } from './repair.ts';
export { SqliteCandleStore, type StoreOptions } from './sqlite-candle-store.ts';
export type { VerifyOptions } from './verify.ts';
