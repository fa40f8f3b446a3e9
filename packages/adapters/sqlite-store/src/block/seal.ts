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
  const place = crc32(`${venue}\n${symbol}\n${step.text}${isLevel ? ' level' : ''}\n${block}\n`);
  const before = crc32(body.subarray(0, CRC_AT), place);
  return crc32(body.subarray(CRC_AT + 4), crc32(NO_CHECKSUM, before));
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
