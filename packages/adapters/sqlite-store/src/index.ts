export { SqliteCandleStore, type StoreOptions } from './sqlite-candle-store.ts';
