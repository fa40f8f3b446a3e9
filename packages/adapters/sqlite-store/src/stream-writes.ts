import type { WriteResult } from '@prate/candle-store-port';
import { type Series, subtractRanges, type TimeRange } from '@prate/domain';
import { type CandleBase, ColumnsWriter, lowerBound, scalesOf } from '@prate/domain/candles';
import { blockEnd, blockNumber, blockStart } from './block/grid.ts';
import type { Stream, WritableBlocks } from './blocks.ts';
import { decodeStored } from './decode-stored.ts';
import type { BlockPart } from './gather.ts';
import { updateLevels } from './levels.ts';
import { mergeBlock, withCoverage } from './merge-block.ts';
import { putBase } from './put-base.ts';

/** Lays what is new over what is stored; within one write transaction. */
export function writeParts(database: WritableBlocks, series: Series, parts: Iterable<BlockPart>): WriteResult {
  let [added, replaced, unchanged] = [0, 0, 0];
  const touched: TimeRange[] = [];
  const streams = new Map<string, Stream>();
  const known = new Map<number, Map<number, CandleBase>>();
  for (const part of parts) {
    const { step, block, span } = part;
    const stream = streams.get(step.text) ?? database.stream(series, step);
    streams.set(step.text, stream);
    const folds = known.get(stream.id) ?? new Map<number, CandleBase>();
    known.set(stream.id, folds);
    const stored = database.block(stream, block);
    if (stored === null) {
      database.putBlock(stream, { block, rows: part.rows, body: part.body() });
      if (part.folded !== null) folds.set(block, part.folded);
      added += part.rows;
      touched.push(span);
      continue;
    }
    const { rows, observed } = part.base();
    const merged = mergeBlock(decodeStored(stream, stored), withCoverage(rows, observed));
    added += merged.added;
    replaced += merged.replaced;
    unchanged += merged.unchanged;
    if (!merged.changed) continue;
    putBase(database, stream, block, merged.base);
    folds.delete(block);
    touched.push(span);
  }
  if (touched.length > 0) updateLevels(database, series, touched, known);
  return { added, replaced, unchanged };
}

/** Forgets the rows of a series that open in `[from, to)`, and that their time was watched; returns how many. */
export function deleteSeries(database: WritableBlocks, series: Series, from: number, to: number): number {
  const touched = database.streams(series).flatMap((stream) => deletable(database, stream, from, to));
  const deleted = database.streams(series).reduce((sum, stream) => sum + deleteRows(database, stream, from, to), 0);
  if (touched.length > 0) updateLevels(database, series, touched);
  return deleted;
}

/** The part of the range that a stream knows anything of. */
function deletable(database: WritableBlocks, stream: Stream, from: number, to: number): TimeRange[] {
  const bounds = database.blockBounds(stream);
  if (bounds === null || from >= to) return [];
  const range = {
    from: Math.max(from, blockStart(stream.step, bounds.first)),
    to: Math.min(to, blockEnd(stream.step, bounds.last)),
  };
  return range.from < range.to ? [range] : [];
}

function deleteRows(database: WritableBlocks, stream: Stream, from: number, to: number): number {
  const { step } = stream;
  const bounds = database.blockBounds(stream);
  if (bounds === null || from >= to) return 0;
  const first = Math.max(bounds.first, Number.isFinite(from) ? blockNumber(step, from) : bounds.first);
  const last = Math.min(bounds.last, Number.isFinite(to) ? blockNumber(step, to) : bounds.last);
  let deleted = 0;
  for (const row of [...database.blocks(stream, first, last)]) {
    const { rows, observed } = decodeStored(stream, row);
    const [start, end] = [lowerBound(rows.openTime, from), lowerBound(rows.openTime, to)];
    deleted += end - start;
    const kept = new ColumnsWriter(scalesOf(rows), rows.length);
    kept.append(rows, 0, start);
    kept.append(rows, end, rows.length);
    // the time of whole slots: a row that opened before and reaches into the range stays as it was
    const width = (step.seconds as number) * 1000;
    const hole = { from: slotAtOrAfter(from, step.anchorMs, width), to: slotAtOrAfter(to, step.anchorMs, width) };
    const base = withCoverage(kept.finish(step), hole.from < hole.to ? subtractRanges(observed, [hole]) : observed);
    if (base.rows.length === 0 && base.observed.length === 0) database.deleteBlock(stream, row.block);
    else putBase(database, stream, row.block, base);
  }
  return deleted;
}

const slotAtOrAfter = (timeMs: number, anchorMs: number, width: number): number =>
  Number.isFinite(timeMs) ? Math.ceil((timeMs - anchorMs) / width) * width + anchorMs : timeMs;
