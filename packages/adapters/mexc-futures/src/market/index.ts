export type { KlinePrices } from './klines-to-columns.ts';
export { MexcFuturesMarketData, type MexcMarketDataOptions } from './mexc-futures-market-data.ts';
