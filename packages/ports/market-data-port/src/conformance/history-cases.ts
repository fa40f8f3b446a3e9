import { candleHistoryCases } from './candle-history-cases.ts';
import type { MarketDataCase } from './context.ts';
import { snapshotCases } from './snapshot-cases.ts';
import { tradeHistoryCases } from './trade-history-cases.ts';

/** Everything that is asked for once: candles, trades, tickers, books, funding. */
export const historyCases: readonly MarketDataCase[] = [...candleHistoryCases, ...tradeHistoryCases, ...snapshotCases];
