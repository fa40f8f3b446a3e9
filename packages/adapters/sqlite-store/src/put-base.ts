import type { CandleBase } from '@prate/domain/candles';
import { blockCodec } from './block/codec.ts';
import type { Stream, WritableBlocks } from './blocks.ts';
import { keyOf } from './decode-stored.ts';

/** Keeps what one block holds; within a write transaction. */
export function putBase(database: WritableBlocks, stream: Stream, block: number, base: CandleBase): void {
  const body = blockCodec.encode(keyOf(stream, block), base);
  database.putBlock(stream, { block, rows: base.rows.length, body });
}
