import { crc32 } from 'node:zlib';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { unpack } from './parquet-codecs.ts';
import { ENCODINGS, PageChecker, viewOf, WIDTHS } from './parquet-page-values.ts';
import { DamagedError, ThriftReader, type ThriftStruct } from './thrift.ts';

/** A column of a row group: top-level, not repeated. */
export interface ColumnChunk {
  readonly element: SchemaElement;
  readonly codec: CompressionCodec;
  /** Rows of the row group. */
  readonly rows: number;
}

const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2] = [0, 2, 3];
/** What a decoded value takes in memory, about: a number or a reference, or a view of some bytes. */
const VALUE_BYTES = 8;
const VIEW_BYTES = 112;

/**
 * Goes through the pages of a column before they are decoded: hyparquet believes every length and count in them, so that a
 * damaged one would make it take memory, or time, without end. What passes here it decodes in time and memory that go with
 * the rows and the unpacked bytes.
 *
 * @param bytes of the whole column chunk
 * @param memory bytes that it may take when decoded
 * @returns how many it takes, about
 * @throws DamagedError when a page contradicts itself, its column or its checksum, or takes too much
 */
export function checkPages(bytes: Uint8Array, chunk: ColumnChunk, memory: number): number {
  let rows = 0;
  let taken = 0;
  let hasDictionary = false;
  for (let at = 0; rows < chunk.rows && at < bytes.length - 1; ) {
    const reader = new ThriftReader(bytes, at);
    const header = reader.struct();
    const [length, packedLength] = [count(header, 2, 'size'), count(header, 3, 'packed size')];
    const start = reader.at;
    reader.skip(packedLength);
    at = reader.at;
    const packed = bytes.subarray(start, at);
    const crc = header.get(4);
    if (typeof crc === 'number' && crc !== (crc32(packed) | 0)) throw new DamagedError('a page fails its checksum');

    const [values, check] = pageCheck(header, chunk, hasDictionary);
    taken += length + values * valueBytes(chunk, header);
    if (taken > memory) throw new DamagedError('it takes too much memory: smaller row groups would be right');
    check(packed, length);
    if (header.get(1) === DICTIONARY_PAGE) hasDictionary = true;
    else rows += values;
    if (rows > chunk.rows) throw new DamagedError(`its pages have more than the ${chunk.rows} rows of their group`);
  }
  if (rows === chunk.rows) return taken;
  throw new DamagedError(`its pages have ${rows} rows, their group ${chunk.rows}`);
}

type PageCheck = (packed: Uint8Array, length: number) => void;

/** How many values a page says it has, and what looks whether it has. */
function pageCheck(header: ThriftStruct, chunk: ColumnChunk, hasDictionary: boolean): readonly [number, PageCheck] {
  const { codec, element } = chunk;
  const optional = element.repetition_type !== 'REQUIRED';
  const page = new PageChecker(element, hasDictionary);
  switch (header.get(1)) {
    case DATA_PAGE: {
      const fields = struct(header, 5);
      const values = count(fields, 1, 'number of values', 1);
      return [
        values,
        (packed, length) => {
          const bytes = unpack(packed, codec, length);
          const levels = optional ? 4 + levelsLength(bytes) : 0;
          const present = optional ? page.runs(bytes.subarray(0, levels), 4, 1, values) : values;
          page.values(bytes, levels, present, fields.get(2), false);
        },
      ];
    }
    case DATA_PAGE_V2: {
      const fields = struct(header, 8);
      const values = count(fields, 1, 'number of values', 1);
      return [
        values,
        (packed, length) => {
          const levels = count(fields, 5, 'length of levels');
          if (count(fields, 6, 'length of levels') !== 0 || (!optional && levels !== 0))
            throw new DamagedError('it has levels, which only nested columns have');
          if (levels > length || levels > packed.length) throw new DamagedError('its levels are longer than its page');
          const body = packed.subarray(levels);
          const bytes = fields.get(7) === false ? body : unpack(body, codec, length - levels);
          const present = optional ? page.runs(packed.subarray(0, levels), 0, 1, values) : values;
          if (present !== values - count(fields, 2, 'number of nulls'))
            throw new DamagedError('a page has another number of nulls than it says');
          page.values(bytes, 0, present, fields.get(4), true);
        },
      ];
    }
    case DICTIONARY_PAGE: {
      const fields = struct(header, 7);
      const values = count(fields, 1, 'number of values');
      return [
        values,
        (packed, length) => page.values(unpack(packed, codec, length), 0, values, ENCODINGS.PLAIN, false),
      ];
    }
    default:
      throw new DamagedError(`a page is of no known type (${String(header.get(1))})`);
  }
}

/** What hyparquet makes of a value: of bytes, unless they are looked up in a dictionary, a view of each. */
function valueBytes({ element }: ColumnChunk, header: ThriftStruct): number {
  const encoding = [header.get(5), header.get(8)].map((fields, v2) =>
    fields instanceof Map ? fields.get(v2 === 0 ? 2 : 4) : null,
  );
  const indexed = encoding.some((code) => code === ENCODINGS.PLAIN_DICTIONARY || code === ENCODINGS.RLE_DICTIONARY);
  return WIDTHS[element.type ?? ''] !== undefined || indexed ? VALUE_BYTES : VIEW_BYTES;
}

function struct(header: ThriftStruct, field: number): ThriftStruct {
  const value = header.get(field);
  if (value instanceof Map) return value;
  throw new DamagedError('the header of a page lacks its part');
}

function count(fields: ThriftStruct, field: number, what: string, least = 0): number {
  const value = fields.get(field);
  if (typeof value === 'number' && value >= least) return value;
  throw new DamagedError(`the ${what} of a page is ${String(value ?? 'missing')}`);
}

function levelsLength(page: Uint8Array): number {
  if (page.length < 4) throw new DamagedError('a page is too short');
  const length = viewOf(page).getUint32(0, true);
  if (length > page.length - 4) throw new DamagedError('its levels are longer than its page');
  return length;
}
