import fc from 'fast-check';

/** A file with some of its bytes changed, or with bytes put in or cut out. */
export interface Blow {
  readonly at: number;
  /** From its end, where the footer is. */
  readonly atEnd: boolean;
  readonly bytes: Uint8Array;
  readonly instead: number;
}

export const blow: fc.Arbitrary<Blow> = fc.record({
  at: fc.nat(100_000),
  atEnd: fc.boolean(),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 2 }),
    fc
      .constantFrom(
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0xfe, 0xff, 0xff, 0xff, 0x07],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
        [0, 0, 0, 0],
      )
      .map((list) => Uint8Array.from(list)),
  ),
  instead: fc.constantFrom(-1, -1, -1, 0, 1, 9), // -1: as many as come
});

export function struck(file: Buffer, blows: readonly Blow[]): Buffer {
  let bytes = file;
  for (const { at, atEnd, bytes: put, instead } of blows) {
    const place = atEnd ? Math.max(0, bytes.length - 1 - (at % 1200)) : at % Math.max(1, bytes.length);
    const gone = instead === -1 ? put.length : instead;
    bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + gone)]);
  }
  return bytes;
}
