import type { MarketDataCase } from './context.ts';
import { historyCases } from './history-cases.ts';
import { instrumentsCases } from './instruments-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { streamCases } from './stream-cases.ts';

export { type MarketDataCase, type MarketDataContext, type MarketDataHarness, NO_SUCH_SYMBOL } from './context.ts';

/** The rules of the market data port, for `describeConformance` or any other runner. */
export const marketDataPortCases: readonly MarketDataCase[] = [
  ...instrumentsCases,
  ...historyCases,
  ...streamCases,
  ...lifecycleCases,
];
