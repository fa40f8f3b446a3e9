import { subtractRanges, toInterval } from '@prate/domain';
import {
  type CandleBase,
  ColumnsWriter,
  columnsFromCandles,
  foldRows,
  observedSeconds,
  scalesOf,
} from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { BlockCodec, copyOf } from '../../src/block/codec.ts';
import { slotsPerBlock } from '../../src/block/grid.ts';
import { spansOf } from '../../src/block/presence.ts';
import { BadBlockError, type BlockKey } from '../../src/block/seal.ts';
import { BlockKernel } from '../../src/kernel/block-kernel.ts';
import { withCoverage } from '../../src/merge-block.ts';
import { anyBlock, commonBlock, MINUTE, plain, sealed, steady, T0 } from '../support.ts';

/** Both ways to read and write; whatever one writes the other reads. */
const CODECS = [
  ['by the kernel', new BlockCodec(BlockKernel.make())],
  ['plain', new BlockCodec(null)],
] as const;
const [[, fast], [, slow]] = CODECS;

const MINUTES = { venue: 'default', symbol: 'X', step: toInterval('1m'), isLevel: false, block: T0 / 86_400_000 };

/** What a codec makes of bytes that may be anything: a block within its bounds, or null for a BadBlockError. */
function decodeAnything(codec: BlockCodec, key: BlockKey, bytes: Uint8Array): CandleBase | null {
  let base: CandleBase;
  try {
    base = codec.decode(key, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(BadBlockError);
    expect(() => codec.fold(key, bytes, key.step)).toThrow(BadBlockError);
    ensureOutline(codec, key, bytes);
    return null;
  }
  const { rows, observed } = base;
  const outline = codec.outline(key, bytes);
  expect([outline.length, outline.openTimes(), outline.observed]).toEqual([rows.length, rows.openTime, observed]);
  expect(rows.length).toBeGreaterThanOrEqual(0);
  expect(rows.length).toBeLessThanOrEqual(slotsPerBlock(key.step));
  for (const column of [
    rows.openTime,
    rows.open,
    rows.volume,
    rows.turnover,
    rows.trades,
    rows.source,
    rows.coverage,
  ]) {
    expect(column.length).toBe(rows.length);
  }
  expect(observed.length).toBeLessThanOrEqual(bytes.length + rows.length);
  return base;
}

/** What is damaged may have a sound outline; one that has none is a BadBlockError too. */
function ensureOutline(codec: BlockCodec, key: BlockKey, bytes: Uint8Array): void {
  try {
    const { length, openTimes, observed } = codec.outline(key, bytes);
    expect(length).toBeLessThanOrEqual(slotsPerBlock(key.step));
    expect(openTimes().length).toBe(length);
    expect(observed.length).toBeLessThanOrEqual(bytes.length + length);
  } catch (error) {
    expect(error).toBeInstanceOf(BadBlockError);
  }
}

/** Both codecs agree on whether it is a block, and neither crashes or leaves its bounds. */
function ensureAgreement(key: BlockKey, bytes: Uint8Array): void {
  const [byKernel, plainly] = [decodeAnything(fast, key, bytes), decodeAnything(slow, key, bytes)];
  expect(byKernel === null).toBe(plainly === null);
}

describe('block codec', () => {
  it.each(CODECS)('%s: any block is what it was', (_, codec) => {
    fc.assert(
      fc.property(anyBlock, ({ key, base }) => {
        expect(plain(codec.decode(key, codec.encode(key, base)))).toEqual(plain(base));
      }),
      cases(400),
    );
  });

  it('its outline is what the whole block tells of its rows and of watched time', () => {
    fc.assert(
      fc.property(anyBlock, ({ key, base }) => {
        const bytes = fast.encode(key, base);
        const { length, openTimes, observed } = fast.outline(key, bytes);
        expect(length).toBe(base.rows.length);
        expect(openTimes()).toEqual(base.rows.openTime);
        expect(observed).toEqual(base.observed);
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
        expect(() => fast.outline(key, bytes)).toThrow('checksum');
      }),
      cases(400),
    );
  });

  it.each([anyBlock, commonBlock])('the kernel writes the bytes of the plain codec', (blocks) => {
    fc.assert(
      fc.property(blocks, ({ key, base }) => {
        expect(Buffer.compare(fast.encode(key, base), slow.encode(key, base))).toBe(0);
      }),
      cases(400),
    );
  });

  it.each(CODECS)('%s: folded to any interval it is what its rows add up to', (_, codec) => {
    const times = fc.constantFrom(1, 2, 5, 7, 12, 60, 61, 720, 1440, 100_000);
    fc.assert(
      fc.property(anyBlock, times, ({ key, base }, width) => {
        const seconds = (key.step.seconds as number) * width;
        if (seconds > 366 * 86_400 || key.step.text === '1w') return;
        const interval = toInterval(seconds);
        const { rows, observed } = codec.fold(key, codec.encode(key, base), interval);
        const end = (open: number): number => open + seconds * 1000;
        const folded = foldRows(base.rows, interval);
        const quiet = subtractRanges(observed, spansOf(base.rows.openTime, (key.step.seconds as number) * 1000));
        const extra = observedSeconds(quiet, folded.openTime, end);
        const expected = { ...folded, coverage: folded.coverage.map((covered, i) => covered + (extra[i] as number)) };
        expect(plain({ rows: copyOf(rows), observed })).toEqual(plain({ rows: expected, observed: base.observed }));
      }),
      cases(400),
    );
  });

  it('folded while it is packed it is what its bytes fold to', () => {
    const times = fc.constantFrom(1, 2, 5, 7, 60, 61, 1440);
    let folded = 0;
    fc.assert(
      fc.property(commonBlock, times, ({ key, base }, width) => {
        const seconds = (key.step.seconds as number) * width;
        if (seconds > 366 * 86_400 || key.step.text === '1w') return;
        const interval = toInterval(seconds);
        const out = new ColumnsWriter(scalesOf(base.rows), 1);
        out.append(base.rows, 0, Math.min(2, base.rows.length)); // another block's
        const packed = fast.encodeNew(key, base, { interval, out }, () => undefined);
        expect(Buffer.compare(packed.body, slow.encode(key, base))).toBe(0);
        if (packed.folded === null) return;
        const { rows, observed } = slow.fold(key, packed.body, interval);
        expect(plain(packed.folded)).toEqual(plain({ rows: copyOf(rows), observed }));
        folded += 1;
      }),
      cases(400),
    );
    expect(folded).toBeGreaterThan(40);
  });

  it('round trip: the largest whole number beside an unknown one', () => {
    const at = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const rows = columnsFromCandles(
      [
        { ...at, openTime: T0, turnover: '9007199254740991', trades: 2 ** 53 - 1 },
        { ...at, openTime: T0 + MINUTE },
      ],
      toInterval('1m'),
    );
    const base = withCoverage(rows, []);
    expect(plain(fast.decode(MINUTES, fast.encode(MINUTES, base)))).toEqual(plain(base));
  });

  it('every flipped bit is found, in every byte of a block', () => {
    const [{ key, base }] = fc.sample(
      anyBlock.filter(({ base }) => base.rows.length > 5 && base.rows.length < 10),
      { numRuns: 1, seed: 7 },
    ) as [{ key: BlockKey; base: CandleBase }];
    const bytes = fast.encode(key, base);
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        expect(() => fast.decode(key, flipped), `byte ${at}, bit ${bit}`).toThrow(BadBlockError);
      }
    }
  });

  it('every truncation is found, and every byte too many', () => {
    const base = withCoverage(steady('1m', T0, 20, 7), []);
    const bytes = fast.encode(MINUTES, base);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => fast.decode(MINUTES, bytes.slice(0, length))).toThrow(BadBlockError);
      if (length >= 9)
        expect(() => fast.decode(MINUTES, sealed(MINUTES, bytes.slice(0, length)))).toThrow(BadBlockError);
    }
    expect(() => fast.decode(MINUTES, sealed(MINUTES, Uint8Array.from([...bytes, 0])))).toThrow(/too many/);
  });

  it('a block under a wrong key is found', () => {
    const bytes = fast.encode(MINUTES, withCoverage(steady('1m', T0, 3, 7), []));
    const wrong: Partial<BlockKey>[] = [
      { venue: 'other' },
      { symbol: 'Y' },
      { step: toInterval('3m') },
      { block: MINUTES.block + 1 },
      { isLevel: true },
    ];
    for (const part of wrong) expect(() => fast.decode({ ...MINUTES, ...part }, bytes)).toThrow(/checksum/);
    expect(fast.decode(MINUTES, bytes).rows.length).toBe(3);
  });

  it('a format version from the future is named', () => {
    const bytes = fast.encode(MINUTES, withCoverage(steady('1m', T0, 3, 7), []));
    bytes[0] = 3;
    expect(() => fast.decode(MINUTES, sealed(MINUTES, bytes))).toThrow('its format version is 3, not 2');
  });

  it('a number that never ends is refused', () => {
    const endless = Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, ...Array(400).fill(0x80), 0]);
    expect(() => fast.decode(MINUTES, sealed(MINUTES, endless))).toThrow(BadBlockError);
  });

  it('fuzz: arbitrary bytes with a right checksum are a block or a BadBlockError', () => {
    fc.assert(
      fc.property(anyBlock, fc.uint8Array({ maxLength: 300 }), ({ key }, noise) => {
        const bytes = Uint8Array.from([2, 0, 0, 0, 0, 0, 0, 0, ...noise]);
        ensureAgreement(key, bytes.length < 9 ? bytes : sealed(key, bytes));
      }),
      cases(1000),
    );
  });

  it('fuzz: mutated blocks with a right checksum are a block or a BadBlockError', () => {
    const mutation = fc.record({
      at: fc.nat(),
      value: fc.oneof(fc.constantFrom(0, 127, 128, 255), fc.nat(255)),
      insert: fc.boolean(),
    });
    fc.assert(
      fc.property(anyBlock, fc.array(mutation, { minLength: 1, maxLength: 6 }), ({ key, base }, mutations) => {
        const bytes = [...fast.encode(key, base)];
        for (const { at, value, insert } of mutations)
          bytes.splice(8 + (at % (bytes.length - 8)), insert ? 0 : 1, value);
        ensureAgreement(key, sealed(key, Uint8Array.from(bytes)));
      }),
      cases(1000),
    );
  });
});
