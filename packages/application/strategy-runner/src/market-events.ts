import { bucketEnd } from '@prate/domain';
import { type CandleColumns, publicTradesOf, rowsOf } from '@prate/domain/candles';
import type { CandlesItem, TradesItem } from '@prate/market-data-port';
import type { CandleEvent } from './strategy.ts';
import type { MarketEvent } from './waiting-events.ts';

/** In the item's order; a heartbeat is no event, nor is a revision: a strategy has acted on the candle as it was. */
export function marketEventsOf(item: CandlesItem | TradesItem): MarketEvent[] {
  switch (item.kind) {
    case 'candles':
      return Array.from(candleEventsOf(item.symbol, item.candles), (candle) => ({ kind: 'candle', candle }));
    case 'trades':
      return Array.from(publicTradesOf(item.symbol, item.trades), (trade) => ({ kind: 'trade', trade }));
    case 'gap':
      return [{ kind: 'gap', gap: item }];
    case 'heartbeat':
    case 'revision':
      return [];
  }
}

function* candleEventsOf(symbol: string, columns: CandleColumns): Generator<CandleEvent> {
  const { interval } = columns;
  for (const row of rowsOf(columns)) yield { ...row, symbol, closeTime: bucketEnd(interval, row.openTime) };
}
