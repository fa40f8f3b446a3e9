/**
 * Thrift's compact protocol, as Parquet's footer and page headers are written in it, read within bounds: no number is longer
 * than its type, no text or list than what is left of the bytes, nothing is nested deeper than in any Parquet file. What
 * passes here costs any other reader no more than its length.
 */

/** The fields of a struct by their number: whole numbers of up to 32 bits, truths and structs; null for anything else. */
export type ThriftStruct = ReadonlyMap<number, number | boolean | ThriftStruct | null>;

/** A real footer has a hundred thousand. */
const MOST_VALUES = 4_000_000;
const DEEPEST = 16;

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/** Bytes that are no Thrift, no page or no run of values. */
export class DamagedError extends Error {}

export class ThriftReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #values = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the next byte stands. */
  get at(): number {
    return this.#at;
  }

  /** @throws DamagedError */
  struct(depth = 0): ThriftStruct {
    if (depth > DEEPEST) throw new DamagedError('a struct is nested too deep');
    const fields = new Map<number, number | boolean | ThriftStruct | null>();
    for (let id = 0; ; ) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === STOP) return fields;
      id = head >> 4 === 0 ? zigzag(this.varint()) : id + (head >> 4);
      fields.set(id, this.#value(type, depth));
    }
  }

  /** An unsigned number of up to 32 bits, as a signed one. */
  varint(): number {
    let result = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    throw new DamagedError('a number has more than 32 bits');
  }

  skipLongVarint(): void {
    for (let i = 0; i < 10; i += 1) if (this.#byte() < 0x80) return;
    throw new DamagedError('a number has more than 64 bits');
  }

  skip(length: number): void {
    if (!(length >= 0 && length <= this.#bytes.length - this.#at))
      throw new DamagedError(`${length} bytes go beyond the end`);
    this.#at += length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DamagedError('the bytes end too early');
    this.#at += 1;
    return byte;
  }

  #value(type: number, depth: number): number | boolean | ThriftStruct | null {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw new DamagedError(`there are more than ${MOST_VALUES} values`);
    switch (type) {
      case TRUE:
      case FALSE:
        return type === TRUE;
      case BYTE:
        return (this.#byte() << 24) >> 24;
      case I16:
      case I32:
        return zigzag(this.varint());
      case STRUCT:
        return this.struct(depth + 1);
      case I64:
        this.skipLongVarint();
        return null;
      case DOUBLE:
        this.skip(8);
        return null;
      case BINARY:
        this.skip(this.varint());
        return null;
      case LIST:
        this.#list(depth);
        return null;
      default:
        throw new DamagedError(`type ${type} is none of Parquet's`);
    }
  }

  #list(depth: number): void {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    if (!(size >= 0 && size <= this.#bytes.length - this.#at))
      throw new DamagedError(`a list of ${size} goes beyond the end`);
    if (depth >= DEEPEST) throw new DamagedError('a list is nested too deep');
    const type = head & 0x0f;
    // a truth in a list is a byte
    for (let i = 0; i < size; i += 1) this.#value(type === TRUE || type === FALSE ? BYTE : type, depth + 1);
  }
}

const zigzag = (value: number): number => (value >>> 1) ^ -(value & 1);
