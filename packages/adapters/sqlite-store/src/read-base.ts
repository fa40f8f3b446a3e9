import { normalizeRanges } from '@prate/domain';
import { type CandleBase, concatColumns } from '@prate/domain/candles';
import { blockNumber } from './block/grid.ts';
import type { BlockRow, Blocks, Stream } from './blocks.ts';
import { decodeStored } from './decode-stored.ts';

/**
 * All of the blocks of a stream that reach into `[from, to)`, as one base.
 * @param decode what makes rows of a block; by default it is decoded
 */
export function readBase(
  database: Blocks,
  stream: Stream,
  from: number,
  to: number,
  decode: (stream: Stream, row: BlockRow) => CandleBase = decodeStored,
): CandleBase {
  const parts: CandleBase[] = [];
  for (const row of database.blocks(stream, blockNumber(stream.step, from), blockNumber(stream.step, to - 1))) {
    parts.push(decode(stream, row));
  }
  const rows = concatColumns(
    parts.map((part) => part.rows),
    stream.step,
  );
  return { rows, observed: normalizeRanges(parts.flatMap((part) => part.observed)) };
}
