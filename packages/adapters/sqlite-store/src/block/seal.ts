import { crc32 } from 'node:zlib';
import type { Interval } from '@prate/domain';

/** What the block's place is: part of the checksum, so that a block under a wrong key is found. */
export interface BlockKey {
  readonly venue: string;
  readonly symbol: string;
  readonly step: Interval;
  /** Whether it belongs to a level rather than to what was written. */
  readonly isLevel: boolean;
  readonly block: number;
}

/** The bytes fail the checksum or break the format. */
export class BadBlockError extends Error {
  override readonly name = 'BadBlockError';
}

/** Where the checksum stands in a body. */
const CRC_AT = 4;
const NO_CHECKSUM = new Uint8Array(4);

/** CRC-32 over the key and every byte of the body, the checksum's own four read as 0. */
function checksum({ venue, symbol, step, isLevel, block }: BlockKey, body: Uint8Array): number {
  const place = `${venue}\n${symbol}\n${step.text}${isLevel ? ' level' : ''}\n${block}\n`;
  const a = body[0] as number;
  const b = body[1] as number;
  const c = body[2] as number;
  const d = body[3] as number;
  // each call costs as much as a kilobyte: as text, which ASCII is byte for byte, they go in one
  const before =
    (a | b | c | d) < 128
      ? crc32(`${place}${String.fromCharCode(a, b, c, d)}\0\0\0\0`)
      : crc32(NO_CHECKSUM, crc32(body.subarray(0, CRC_AT), crc32(place)));
  return crc32(body.subarray(CRC_AT + 4), before);
}

/** Puts the checksum into a body. */
export function seal(key: BlockKey, body: Uint8Array): void {
  const sum = checksum(key, body);
  for (let i = 0; i < 4; i += 1) body[CRC_AT + i] = sum >>> (8 * i);
}

/** @throws BadBlockError when the body is not what was sealed under this key */
export function ensureSealed(key: BlockKey, body: Uint8Array, version: number): void {
  if (body.length < CRC_AT + 5) throw new BadBlockError('it is too short');
  if (body[0] !== version) throw new BadBlockError(`its format version is ${body[0]}, not ${version}`);
  const stored = new DataView(body.buffer, body.byteOffset).getUint32(CRC_AT, true);
  if (stored !== checksum(key, body)) throw new BadBlockError('its checksum does not match');
}

/** Runs what reads a sealed body; whatever breaks its bounds is a BadBlockError. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError)
      throw new BadBlockError(`it breaks the format: ${error.message}`, { cause: error });
    throw error;
  }
}
