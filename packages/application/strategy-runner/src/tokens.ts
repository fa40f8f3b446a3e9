import type { MarketDataPort } from '@prate/market-data-port';
import { type Token, token } from '@prate/runtime';
import type { CandleHistory } from './strategy.ts';
import type { StrategyRunner } from './strategy-runner.ts';

export const STRATEGY_RUNNER: Token<StrategyRunner> = token('strategy-runner');
/** Stored candles for strategies; the app binds it, to the candle aggregator. */
export const CANDLE_HISTORY: Token<CandleHistory> = token('candle-history');
/** Where closed candles come from; the app binds it, to the market or to what builds candles from its trades. */
export const CANDLE_FEED: Token<Pick<MarketDataPort, 'candles'>> = token('candle-feed');
