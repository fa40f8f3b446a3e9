import { bucketEnd } from '@prate/domain';
import { type CandleColumns, candleAt, placeOf, publicTradesOf } from '@prate/domain/candles';
import type { CandlesItem, TradesItem } from '@prate/market-data-port';
import type { CandleEvent } from './strategy.ts';
import type { MarketEvent } from './waiting-events.ts';

/**
 * Hands on the item's events in its order; a heartbeat is no event, nor is a revision: a strategy has acted on the candle as
 * it was.
 */
export function eachMarketEvent(item: CandlesItem | TradesItem, add: (event: MarketEvent) => void): void {
  switch (item.kind) {
    case 'candles': {
      const { columns, from, to } = placeOf(item.candles);
      for (let i = from; i < to; i += 1) add({ kind: 'candle', candle: candleEventAt(item.symbol, columns, i) });
      return;
    }
    case 'trades':
      for (const trade of publicTradesOf(item.symbol, item.trades)) add({ kind: 'trade', trade });
      return;
    case 'gap':
      add({ kind: 'gap', gap: item });
      return;
    case 'heartbeat':
    case 'revision':
      return;
  }
}

function candleEventAt(symbol: string, columns: CandleColumns, i: number): CandleEvent {
  const row = candleAt(columns, i);
  const closeTime = bucketEnd(columns.interval, row.openTime);
  // each field by its name: a million times a second, a spread is slow
  return {
    openTime: row.openTime,
    open: row.open,
    high: row.high,
    low: row.low,
    close: row.close,
    volume: row.volume,
    turnover: row.turnover,
    trades: row.trades,
    source: row.source,
    coverage: row.coverage,
    symbol,
    closeTime,
  };
}
