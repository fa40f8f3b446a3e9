import { toInterval } from '@prate/domain';
import { columnsFromCandles } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { BadBlockError, type BlockKey, decodeBlock, encodeBlock } from '../src/block-codec.ts';
import { slotsPerBlock } from '../src/block-grid.ts';
import { withCoverage } from '../src/merge-block.ts';
import { anyBlock, MINUTE, plain, sealed, steady, T0 } from './support.ts';

const MINUTES = { venue: 'default', symbol: 'X', step: toInterval('1m'), isLevel: false, block: T0 / 86_400_000 };

/** Decodes bytes that may be anything: either a block within its bounds, or BadBlockError. */
function decodeAnything(key: BlockKey, bytes: Uint8Array): void {
  let base: ReturnType<typeof decodeBlock>;
  try {
    base = decodeBlock(key, bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(BadBlockError);
    return;
  }
  const { rows, observed } = base;
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
}

describe('block codec', () => {
  it('round trip: any block is what it was', () => {
    fc.assert(
      fc.property(anyBlock, ({ key, base }) => {
        const bytes = encodeBlock(key, base);
        expect(plain(decodeBlock(key, bytes))).toEqual(plain(base));
      }),
      cases(400),
    );
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
    expect(plain(decodeBlock(MINUTES, encodeBlock(MINUTES, base)))).toEqual(plain(base));
  });

  it('every flipped bit is found, in every byte of a block', () => {
    const [{ key, base }] = fc.sample(
      anyBlock.filter(({ base }) => base.rows.length > 5 && base.rows.length < 10),
      { numRuns: 1, seed: 7 },
    ) as [{ key: BlockKey; base: Parameters<typeof encodeBlock>[1] }];
    const bytes = encodeBlock(key, base);
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Uint8Array.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        expect(() => decodeBlock(key, flipped), `byte ${at}, bit ${bit}`).toThrow(BadBlockError);
      }
    }
  });

  it('every truncation is found, and every byte too many', () => {
    const base = withCoverage(steady('1m', T0, 20, 7), []);
    const bytes = encodeBlock(MINUTES, base);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeBlock(MINUTES, bytes.slice(0, length))).toThrow(BadBlockError);
      if (length >= 9)
        expect(() => decodeBlock(MINUTES, sealed(MINUTES, bytes.slice(0, length)))).toThrow(BadBlockError);
    }
    expect(() => decodeBlock(MINUTES, sealed(MINUTES, Uint8Array.from([...bytes, 0])))).toThrow(/too many/);
  });

  it('a block under a wrong key is found', () => {
    const bytes = encodeBlock(MINUTES, withCoverage(steady('1m', T0, 3, 7), []));
    const wrong: Partial<BlockKey>[] = [
      { venue: 'other' },
      { symbol: 'Y' },
      { step: toInterval('3m') },
      { block: MINUTES.block + 1 },
      { isLevel: true },
    ];
    for (const part of wrong) expect(() => decodeBlock({ ...MINUTES, ...part }, bytes)).toThrow(/checksum/);
    expect(decodeBlock(MINUTES, bytes).rows.length).toBe(3);
  });

  it('a format version from the future is named', () => {
    const bytes = encodeBlock(MINUTES, withCoverage(steady('1m', T0, 3, 7), []));
    bytes[0] = 2;
    expect(() => decodeBlock(MINUTES, sealed(MINUTES, bytes))).toThrow('its format version is 2, not 1');
  });

  it('a number that never ends is refused', () => {
    const endless = Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, ...Array(400).fill(0x80), 0]);
    expect(() => decodeBlock(MINUTES, sealed(MINUTES, endless))).toThrow(BadBlockError);
  });

  it('fuzz: arbitrary bytes with a right checksum are a block or a BadBlockError', () => {
    fc.assert(
      fc.property(anyBlock, fc.uint8Array({ maxLength: 300 }), ({ key }, noise) => {
        const bytes = Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, ...noise]);
        decodeAnything(key, bytes.length < 9 ? bytes : sealed(key, bytes));
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
        const bytes = [...encodeBlock(key, base)];
        for (const { at, value, insert } of mutations)
          bytes.splice(8 + (at % (bytes.length - 8)), insert ? 0 : 1, value);
        decodeAnything(key, sealed(key, Uint8Array.from(bytes)));
      }),
      cases(1000),
    );
  });
});
