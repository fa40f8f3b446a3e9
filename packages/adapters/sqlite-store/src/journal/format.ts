/**
 * One row of the journal as bytes, version 1: what one append holds of one group of series. docs/block-format.md
 * describes it for other languages.
 *
 *   row      u8 version = 1 · u32 crc32 · varint zigzag(from ÷ 1000) · entries, one after the other to the end
 *   entry    varint stream id · u32 crc32 of `venue\nsymbol\nstep\n` · varint length · so many bytes: a batch
 *   batch    u8 decimals of price, volume, turnover (255: doubles) · u8 kinds · varint rows · watched · rows
 *   watched  varint 0: exactly the rows' own spans · varint count + 1, then per range varint seconds skipped, varint seconds
 *   rows     one after the other: varint the first one's seconds after `from`, then the slots skipped since the row before ·
 *            u8 source · open, close, high, low · volume · turnover · trades
 *
 * Kinds, two bits each from the lowest: prices 0: varints of zigzag(open − close before), zigzag(close − open), high −
 * max(open, close), min(open, close) − low · 1: f64; volume, turnover and trades 0: varint of value + 1, 0 for unknown · 1:
 * f64 · 2: i64. The checksum covers the row's id and every byte, its own four read as 0. Nothing is packed: rows are few,
 * and do not stay for long.
 */
import { crc32 } from 'node:zlib';
import type { Interval } from '@prate/domain';

export const VERSION = 1;
export const DOUBLES = 255;
export const CRC_AT = 1;
/** How numbers of one kind are kept. */
export const VARINT = 0;
export const F64 = 1;
export const I64 = 2;

export const nameCrc = (venue: string, symbol: string, step: Interval): number =>
  crc32(`${venue}\n${symbol}\n${step.text}\n`);

const NO_CHECKSUM = new Uint8Array(4);

/** Of a whole row; it has its place at CRC_AT. */
export function checksum(id: number, bytes: Uint8Array): number {
  const before = crc32(bytes.subarray(0, CRC_AT), crc32(`journal\n${id}\n`));
  return crc32(bytes.subarray(CRC_AT + 4), crc32(NO_CHECKSUM, before));
}
