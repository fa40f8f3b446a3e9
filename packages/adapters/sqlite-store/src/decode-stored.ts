import { StoreCorruptError } from '@prate/candle-store-port';
import { type Interval, seriesKey } from '@prate/domain';
import type { CandleBase } from '@prate/domain/candles';
import { blockCodec, type Outline } from './block/codec.ts';
import { blockEnd, blockStart } from './block/grid.ts';
import { BadBlockError, type BlockKey } from './block/seal.ts';
import type { BlockRow, Stream } from './database.ts';

/** The place of a block, as its checksum covers it. */
export const keyOf = ({ series, step, isLevel }: Stream, block: number): BlockKey => ({
  ...series,
  step,
  isLevel,
  block,
});

/** @throws StoreCorruptError that names series and time */
export const decodeStored = (stream: Stream, row: BlockRow): CandleBase =>
  readStored(stream, row, (key, body) => blockCodec.decode(key, body));

/** The same without its numbers: see BlockCodec.outline. */
export const outlineStored = (stream: Stream, row: BlockRow): Outline =>
  readStored(stream, row, (key, body) => blockCodec.outline(key, body));

/** The same aggregated: see BlockCodec.fold. */
export const foldStored = (stream: Stream, row: BlockRow, interval: Interval): CandleBase =>
  readStored(stream, row, (key, body) => blockCodec.fold(key, body, interval));

function readStored<T>(stream: Stream, { block, body }: BlockRow, read: (key: BlockKey, body: Uint8Array) => T): T {
  try {
    return read(keyOf(stream, block), body);
  } catch (error) {
    if (!(error instanceof BadBlockError)) throw error;
    const from = timeText(blockStart(stream.step, block));
    const to = timeText(blockEnd(stream.step, block));
    throw new StoreCorruptError(
      `${seriesKey(stream.series)}: the block of ${stream.step.text} ${stream.isLevel ? 'level' : 'candles'} from ${from} to ${to} is damaged: ${error.message}`,
      { cause: error },
    );
  }
}

/** A damaged key may name a time beyond the calendar. */
const timeText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`);
