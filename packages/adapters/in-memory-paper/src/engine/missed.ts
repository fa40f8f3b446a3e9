import type { CandleColumns, FundingRate } from '@prate/domain';
import { CandleRow } from '@prate/domain/candles';
import type { Engine } from './engine.ts';

/** What happened at a symbol while nobody fed the exchange. */
export interface MissedMarket {
  readonly symbol: string;
  /** Closed, oldest first. */
  readonly candles: CandleColumns;
  /** What its settlements paid. Those that were known before, and are not told here, pay what was known. */
  readonly funding?: readonly FundingRate[] | undefined;
}

/** Plays candles to an engine whatever its orders meet otherwise, all symbols in the order of their time. */
export function playMissed(engine: Engine, missed: readonly MissedMarket[], untilMs: number): void {
  const markets = [...engine.markets.values()];
  const matches = markets.map(({ match }) => match);
  engine.forgetBooks();
  for (const market of markets) {
    market.match = 'candles';
    // what tickers told is long past: the last price is the mark price until they tell again
    market.toldMark = 0;
    market.toldIndex = 0;
    market.disturb();
  }
  try {
    for (const { funding = [] } of missed) engine.funding(funding);
    const cursors = missed.map(({ symbol, candles }) => ({ symbol, candles, row: 0 }));
    for (;;) {
      let next: (typeof cursors)[number] | null = null;
      let nextMs = Number.POSITIVE_INFINITY;
      for (const cursor of cursors) {
        const openMs = cursor.candles.openTime[cursor.row] ?? Number.POSITIVE_INFINITY;
        if (openMs < nextMs) [next, nextMs] = [cursor, openMs];
      }
      if (next === null) break;
      engine.candles(next.symbol, new CandleRow(next.candles, next.row));
      next.row += 1;
    }
    engine.passTime(untilMs);
  } finally {
    for (const [i, market] of markets.entries()) {
      market.match = matches[i] as typeof market.match;
      market.disturb();
    }
  }
}
