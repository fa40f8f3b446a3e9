import { toInterval } from '@prate/domain';
import { type CandleColumns, candlesFromTrades, rowsOf, type TradeColumns } from '@prate/domain/candles';
import { describe, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { mergeTimed, SecondEdges, timedSeconds } from '../../src/timed-columns.ts';

/** Price and quantity are whole: their products and sums are exact as numbers. */
interface Tick {
  readonly time: number;
  readonly price: number;
  readonly quantity: number;
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
    ids: null,
  };
}

const someTicks = (draw: Draw): Tick[] =>
  Array.from({ length: draw.below(draw.size + 1) }, () => ({
    ...{ time: draw.below(SPAN_MS), price: 1 + draw.below(30), quantity: 1 + draw.below(9) },
  }));

/** All but the coverage, which follows from what was watched. */
const textsOf = (columns: CandleColumns): string[] =>
  Array.from(rowsOf(columns), (row) => {
    const { open, high, low, close, volume, turnover, trades, source } = row;
    return `${row.openTime} ${open} ${high} ${low} ${close} ${volume} ${turnover} ${trades} ${source}`;
  });

const byTime = (ticks: readonly Tick[]): Tick[] => [...ticks].sort((a, b) => a.time - b.time); // stable
const secondsOf = (ticks: readonly Tick[]): CandleColumns => candlesFromTrades(toTrades(byTime(ticks)), SECOND);

describe('law 6, a late trade revises its candle', () => {
  it('its own second and no other, to what it would be with the trade in time, where times are remembered', () => {
    holds((draw) => {
      const [before, late] = [someTicks(draw), someTicks(draw)];
      const edges = new SecondEdges();
      edges.remember(timedSeconds(toTrades(before)));
      const revised = mergeTimed([edges.timed(secondsOf(before)), timedSeconds(toTrades(late))], SECOND);
      same(textsOf(revised.columns), textsOf(secondsOf([...before, ...late])));
    }, 8);
  });

  it('where they are not, extremes and sums take it in, and open and close stay', () => {
    holds((draw) => {
      const [before, late] = [someTicks(draw), someTicks(draw)];
      const stored = secondsOf(before);
      const revised = mergeTimed([new SecondEdges().timed(stored), timedSeconds(toTrades(late))], SECOND);
      const was = new Map(Array.from(rowsOf(stored), (row) => [row.openTime, row]));
      const expected = Array.from(rowsOf(secondsOf([...before, ...late])), (row) => {
        const { open, close } = was.get(row.openTime) ?? row;
        const { high, low, volume, turnover, trades, source } = row;
        return `${row.openTime} ${open} ${high} ${low} ${close} ${volume} ${turnover} ${trades} ${source}`;
      });
      same(textsOf(revised.columns), expected);
    }, 8);
  });
});
