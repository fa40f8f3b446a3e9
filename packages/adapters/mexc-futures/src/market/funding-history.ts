import { Decimal, type FundingRate } from '@prate/domain';
import type { HistoryRange } from '@prate/market-data-port';
import type { CallOptions } from '@prate/runtime';
import type { MarketRest } from '../rest/market-rest.ts';

/** By the older document; the newer one allows 1,000. */
const ROWS_A_PAGE = 100;

/**
 * Settled rates in a range, oldest first. MEXC gives them newest first in pages that count from the newest, so everything
 * after `from` is read; a settlement that happens meanwhile moves rows to the next page, where they are met again.
 */
export async function readFundingHistory(
  market: Pick<MarketRest, 'fundingHistory'>,
  { symbol, from, to }: HistoryRange,
  options: CallOptions,
): Promise<readonly FundingRate[]> {
  const rates = new Map<number, FundingRate>();
  if (from >= to) return [];
  for (let pageNum = 1; ; pageNum += 1) {
    const { rows, totalPage } = await market.fundingHistory(symbol, { pageNum, pageSize: ROWS_A_PAGE }, options);
    for (const { settleTime, fundingRate } of rows) {
      if (settleTime < from || settleTime >= to) continue;
      rates.set(settleTime, { symbol, rate: new Decimal(fundingRate), settleTime });
    }
    const oldest = rows.at(-1)?.settleTime;
    if (oldest === undefined || oldest < from || pageNum >= totalPage) break;
  }
  return [...rates.values()].sort((a, b) => a.settleTime - b.settleTime);
}
