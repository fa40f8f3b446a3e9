import type { Interval, Series } from '@prate/domain';

/** One series at one step. */
export interface Stream {
  readonly id: number;
  readonly series: Series;
  readonly step: Interval;
  /** Made from finer streams on every write. */
  readonly isLevel: boolean;
}

export interface BlockRow {
  readonly block: number;
  readonly rows: number;
  readonly body: Uint8Array;
}

/** Streams and their blocks, to be read: those of the file, or those that it would have with its journal folded. */
export interface Blocks {
  /** The streams of what was written that hold something, finest first. */
  streams(series?: Series): Stream[];
  /** A level of a series; null when it has none. */
  level(series: Series, step: Interval): Stream | null;
  /** Blocks `[from, to]` of a stream, ascending. */
  blocks(stream: Stream, from?: number, to?: number): Iterable<BlockRow>;
  /** How many rows blocks `[from, to]` of a stream hold, or some more. */
  rowCount(stream: Stream, from: number, to: number): number;
  /** The first and last block of a stream, or null when it has none. */
  blockBounds(stream: Stream): { readonly first: number; readonly last: number } | null;
  /** The first block at or after a number, or null. */
  nextBlock(stream: Stream, from: number): number | null;
}

/** The same, to be written too; within one transaction. */
export interface WritableBlocks extends Blocks {
  /** The stream, made when it is new. */
  stream(series: Series, step: Interval): Stream;
  makeLevel(series: Series, step: Interval): Stream;
  dropLevel(series: Series, step: Interval): void;
  block(stream: Stream, block: number): BlockRow | null;
  putBlock(stream: Stream, row: BlockRow): void;
  deleteBlock(stream: Stream, block: number): void;
}
