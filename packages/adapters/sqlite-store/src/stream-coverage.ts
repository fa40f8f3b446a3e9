import type { SeriesCoverage } from '@prate/candle-store-port';
import { appendRange, clipRanges, type TimeRange } from '@prate/domain';
import { lowerBound } from '@prate/domain/candles';
import type { Outline } from './block/codec.ts';
import { blockEnd, blockNumber, blockStart } from './block/grid.ts';
import type { Blocks, Stream } from './blocks.ts';
import { outlineStored } from './decode-stored.ts';

/** The rows that open in `[from, to)`, and the time of it that was watched. */
export function streamCoverage(database: Blocks, stream: Stream, from: number, to: number): SeriesCoverage {
  const observed: TimeRange[] = [];
  let rows = 0;
  const bounds = database.blockBounds(stream);
  const { step } = stream;
  if (bounds === null || from >= to) return { series: stream.series, step, rows, observed };
  const first = from > blockStart(step, bounds.first) ? blockNumber(step, from) : bounds.first;
  const last = to < blockEnd(step, bounds.last) ? blockNumber(step, to) : bounds.last;
  for (const row of database.blocks(stream, first, last)) {
    const outline = outlineStored(stream, row);
    rows += rowsWithin(stream, row.block, outline, from, to);
    for (const range of clipRanges(outline.observed, from, to)) appendRange(observed, range.from, range.to);
  }
  return { series: stream.series, step: stream.step, rows, observed };
}

function rowsWithin({ step }: Stream, block: number, outline: Outline, from: number, to: number): number {
  if (from <= blockStart(step, block) && to >= blockEnd(step, block)) return outline.length;
  const opens = outline.openTimes();
  return lowerBound(opens, to) - lowerBound(opens, from);
}
