import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import { unpackSnappy } from './snappy.ts';
import { DamagedError } from './thrift.ts';

/** Into memory of its own: small results of Node.js' lie in a pool with others. */
const own = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
const atMost = (length: number): { maxOutputLength: number } => ({ maxOutputLength: Math.max(1, length) });

/** What unpacks pages; none gives more than the length that it is told. */
export const CODECS: Compressors = {
  SNAPPY: unpackSnappy,
  GZIP: (input, length) => own(gunzipSync(input, atMost(length))),
  BROTLI: (input, length) => own(brotliDecompressSync(input, atMost(length))),
  ZSTD: (input, length) => own(zstdDecompressSync(input, atMost(length))),
};

/** @throws DamagedError when the bytes do not unpack to so many; what Node.js throws when they do not unpack */
export function unpack(input: Uint8Array, codec: CompressionCodec, length: number): Uint8Array {
  const codecOf = CODECS[codec];
  if (codecOf === undefined && codec !== 'UNCOMPRESSED') throw new DamagedError(`it is packed with ${codec}`);
  const page = codecOf === undefined ? input : codecOf(input, length);
  if (page.length === length) return page;
  throw new DamagedError(`a page unpacks to ${page.length} bytes instead of ${length}`);
}
