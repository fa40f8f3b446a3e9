export { SqliteCandleStore } from './sqlite-candle-store.ts';
