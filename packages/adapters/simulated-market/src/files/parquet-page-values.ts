import type { SchemaElement } from 'hyparquet';
import { DamagedError, ThriftReader } from './thrift.ts';

export const ENCODINGS = {
  PLAIN: 0,
  PLAIN_DICTIONARY: 2,
  DELTA_BINARY_PACKED: 5,
  DELTA_LENGTH_BYTE_ARRAY: 6,
  RLE_DICTIONARY: 8,
  BYTE_STREAM_SPLIT: 9,
} as const;
const ENCODING_NAMES = Object.keys(ENCODINGS).join(', ');

/** Bytes of a value; a BYTE_ARRAY has a length of its own. */
export const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/** Indices of more bits are not read rightly, and no dictionary is so large. */
const MOST_INDEX_BITS = 24;
/** Groups of eight that writers put in one run, at most, so that its length is one byte. */
const MOST_PADDING = 63 * 8;

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Looks whether unpacked bytes hold as many values as they should. */
export class PageChecker {
  readonly #element: SchemaElement;
  readonly #hasDictionary: boolean;

  constructor(element: SchemaElement, hasDictionary: boolean) {
    this.#element = element;
    this.#hasDictionary = hasDictionary;
  }

  /**
   * @param indexRunsAlways whether indices of no bits have runs too
   * @throws DamagedError when there are not n values, or their runs, lengths or widths make no sense
   */
  values(page: Uint8Array, at: number, n: number, encoding: unknown, indexRunsAlways: boolean): void {
    const { type } = this.#element;
    const isText = type === 'BYTE_ARRAY';
    const isWhole = type === 'INT32' || type === 'INT64';
    if (encoding === ENCODINGS.PLAIN && isText) this.#texts(page, at, n);
    else if (encoding === ENCODINGS.PLAIN || encoding === ENCODINGS.BYTE_STREAM_SPLIT) this.#fixed(page, at, n);
    else if (encoding === ENCODINGS.PLAIN_DICTIONARY || encoding === ENCODINGS.RLE_DICTIONARY)
      this.#indices(page, at, n, indexRunsAlways);
    else if (encoding === ENCODINGS.DELTA_BINARY_PACKED && isWhole) this.#deltas(page, at, n);
    else if (encoding === ENCODINGS.DELTA_LENGTH_BYTE_ARRAY && isText) this.#deltas(page, at, n);
    else throw new DamagedError(`encoding ${String(encoding)} of ${type} is not read, only ${ENCODING_NAMES}`);
  }

  #indices(page: Uint8Array, at: number, n: number, runsAlways: boolean): void {
    const width = page[at];
    if (!this.#hasDictionary || width === undefined) throw new DamagedError('a page lacks its dictionary');
    if (width > MOST_INDEX_BITS) throw new DamagedError(`an index has ${width} bits`);
    if (width > 0 || runsAlways) this.runs(page, at + 1, width, n);
  }

  #fixed(page: Uint8Array, at: number, n: number): void {
    const { type, type_length } = this.#element;
    const width = type === 'FIXED_LEN_BYTE_ARRAY' ? type_length : WIDTHS[type ?? ''];
    if (width === undefined || !(width > 0)) throw new DamagedError(`values of ${type} are not read`);
    if (n * width > page.length - at) throw new DamagedError(`a page of ${page.length} bytes has no ${n} values`);
  }

  #texts(page: Uint8Array, from: number, n: number): void {
    const view = viewOf(page);
    let at = from;
    for (let i = 0; i < n; i += 1) {
      if (at + 4 > page.length) throw new DamagedError(`a page of ${page.length} bytes has no ${n} values`);
      at += 4 + view.getUint32(at, true);
    }
    if (at > page.length) throw new DamagedError('a text goes beyond its page');
  }

  /** Runs of one value and of packed ones, until there are n. Returns how many are 1, where values have one bit. */
  runs(page: Uint8Array, from: number, width: number, n: number): number {
    const reader = new ThriftReader(page, from);
    let ones = 0;
    for (let seen = 0; seen < n; ) {
      const head = reader.varint();
      const left = n - seen;
      const start = reader.at;
      if ((head & 1) === 0) {
        const length = head >>> 1;
        if (length > left) throw new DamagedError(`a run of ${length} is longer than the ${left} values that are left`);
        reader.skip((width + 7) >> 3);
        if (width === 1 && page[start] === 1) ones += length;
        seen += length;
      } else {
        const length = (head >>> 1) * 8;
        if (length === 0 || length > left + MOST_PADDING)
          throw new DamagedError(`a run of ${length} does not go with the ${left} values that are left`);
        // of values without bits hyparquet takes a byte, where there is one
        reader.skip(width > 0 ? (length / 8) * width : Math.min(1, page.length - start));
        for (let i = 0; width === 1 && i < Math.min(length, left); i += 1)
          ones += ((page[start + (i >> 3)] as number) >> (i & 7)) & 1;
        seen += length;
      }
    }
    return ones;
  }

  #deltas(page: Uint8Array, at: number, n: number): void {
    const reader = new ThriftReader(page, at);
    const [block, parts] = [reader.varint(), reader.varint()];
    reader.varint();
    reader.skipLongVarint();
    const size = block / parts;
    if (!(parts > 0 && size > 0 && size % 32 === 0)) throw new DamagedError(`${block} deltas in ${parts} parts`);
    const mostBits = this.#element.type === 'INT64' ? 64 : 32;
    for (let left = n - 1; left > 0; ) {
      reader.skipLongVarint();
      const widths = page.subarray(reader.at, reader.at + parts);
      reader.skip(parts);
      for (let i = 0; i < parts && left > 0; i += 1, left -= size) {
        const width = widths[i] as number;
        if (width > mostBits) throw new DamagedError(`a delta has ${width} bits`);
        // the last part may end with its last value
        reader.skip(Math.ceil((Math.min(left, size) * width) / 8));
        if (left > size) continue;
        return;
      }
    }
  }
}
