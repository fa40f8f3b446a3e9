import { toInterval } from '@prate/domain';
import { type CandleColumns, candlesFromTrades, rowsOf, type TradeColumns } from '@prate/domain/candles';
import { describe, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { reviseSeconds, splitLate } from '../../src/late-trades.ts';

/** Price and quantity are whole: their products and sums are exact as numbers. */
interface Tick {
  readonly time: number;
  readonly price: number;
  readonly quantity: number;
  readonly id: string;
}

const SECOND = toInterval(1);
const SPAN_MS = 8000;

function toTrades(ticks: readonly Tick[]): TradeColumns {
  return {
    length: ticks.length,
    time: Float64Array.from(ticks, (tick) => tick.time),
    priceDecimals: 0,
    price: Float64Array.from(ticks, (tick) => tick.price),
    quantityDecimals: 0,
    quantity: Float64Array.from(ticks, (tick) => tick.quantity),
    side: new Uint8Array(ticks.length),
    ids: ticks.map((tick) => tick.id),
  };
}

const someTicks = (draw: Draw, name: string): Tick[] =>
  Array.from({ length: draw.below(draw.size + 1) }, (_, i) => ({
    ...{ time: draw.below(SPAN_MS), price: 1 + draw.below(30), quantity: 1 + draw.below(9), id: `${name}${i}` },
  }));

const textsOf = (columns: CandleColumns): string[] =>
  Array.from(rowsOf(columns), (row) => {
    const { open, high, low, close, volume, turnover, trades, source, coverage } = row;
    return `${row.openTime} ${open} ${high} ${low} ${close} ${volume} ${turnover} ${trades} ${source} ${coverage}`;
  });

const idsOf = (trades: TradeColumns): string[] => [...(trades.ids ?? [])];
const byTime = (ticks: readonly Tick[]): Tick[] => [...ticks].sort((a, b) => a.time - b.time); // stable

describe('law 6, a late trade revises its candle', () => {
  it('trades before the time that is closed are late, all others are not; both in order', () => {
    holds((draw) => {
      const ticks = someTicks(draw, 't');
      const closedUntil = draw.below(SPAN_MS / 1000 + 1) * 1000;
      const { late, timely } = splitLate(toTrades(ticks), closedUntil);
      const ids = (part: readonly Tick[]): string[] => byTime(part).map((tick) => tick.id);
      same(idsOf(late), ids(ticks.filter((tick) => tick.time < closedUntil)));
      same(idsOf(timely), ids(ticks.filter((tick) => tick.time >= closedUntil)));
    }, 8);
  });

  it('its own second and no other is told again: extremes and sums take it in, open, close and what was watched stay', () => {
    holds((draw) => {
      const before = byTime(someTicks(draw, 'b'));
      const late = byTime(someTicks(draw, 'l'));
      const watchedTo = draw.below(9) * 1000;
      const stored = candlesFromTrades(toTrades(before), SECOND, watchedTo === 0 ? [] : [{ from: 0, to: watchedTo }]);
      const at = (ticks: readonly Tick[], second: number): Tick[] =>
        ticks.filter((tick) => Math.floor(tick.time / 1000) === second);
      const expected: string[] = [];
      for (let second = 0; second < SPAN_MS / 1000; second += 1) {
        const [had, came] = [at(before, second), at(late, second)];
        if (came.length === 0) continue;
        const all = [...had, ...came];
        const known = had.length > 0 ? had : came;
        const prices = all.map((tick) => tick.price);
        const sum = (of: (tick: Tick) => number): number => all.reduce((total, tick) => total + of(tick), 0);
        expected.push(
          [
            ...[second * 1000, known[0]?.price, Math.max(...prices), Math.min(...prices), known.at(-1)?.price],
            ...[sum((tick) => tick.quantity), sum((tick) => tick.quantity * tick.price), all.length, 'TRADES'],
            had.length > 0 && second * 1000 < watchedTo ? 1 : 0,
          ].join(' '),
        );
      }
      same(textsOf(reviseSeconds(stored, toTrades(late))), expected);
    }, 8);
  });
});
