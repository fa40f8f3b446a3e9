export { FileMarket, type FileMarketOptions, type MarketFile } from './file-market.ts';
export { NoDataYetError, PlayedMarket } from './played-market.ts';
export type { Pace, PlayOptions } from './player.ts';
export { StoreMarket, type StoreMarketOptions } from './store-market.ts';
export { SyntheticMarket, type SyntheticMarketOptions } from './synthetic/synthetic-market.ts';
