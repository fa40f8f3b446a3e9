import type { CandleBase } from '@prate/domain/candles';
import { blockCodec } from './block/codec.ts';
import type { CandleDatabase, Stream } from './database.ts';
import { keyOf } from './decode-stored.ts';

/** Keeps what one block holds; within a write transaction. */
export function putBase(database: CandleDatabase, stream: Stream, block: number, base: CandleBase): void {
  const body = blockCodec.encode(keyOf(stream, block), base);
  database.putBlock(stream, { block, rows: base.rows.length, body });
}
