import { describe, expect, it } from 'vitest';
import { holds, same } from '../../../../../tooling/test-support/draw.ts';
import { composeCandles, resample, SOURCES, validateColumns } from '../../../src/candles/index.ts';
import { InvalidRowError, toInterval } from '../../../src/index.ts';
import { type Row, someRow, toColumns, toRows } from './support.ts';

const [INTERPOLATED, EXCHANGE, TRADES] = [0, 1, 2];
const told = (rows: readonly Row[]): string[] =>
  rows.map((row) => `${row.time} ${SOURCES[row.source]} ${row.coverage}`);

describe('law 1, provenance', () => {
  it('a bucket of several kinds is called by the weakest, and its coverage is the sum of the watched seconds', () => {
    holds((draw) => {
      const rows = Array.from({ length: draw.size }, (_, i) => ({
        ...someRow(draw, i * 60_000),
        ...{ source: draw.below(3), coverage: draw.below(61) },
      }));
      const expected: string[] = [];
      for (let i = 0; i < rows.length; i += 3) {
        const part = rows.slice(i, i + 3);
        const kinds = part.map((row) => row.source);
        const weakest = kinds.includes(INTERPOLATED) ? INTERPOLATED : kinds.includes(EXCHANGE) ? EXCHANGE : TRADES;
        const seconds = part.reduce((sum, row) => sum + row.coverage, 0);
        expected.push(`${i * 60_000} ${SOURCES[weakest]} ${seconds}`);
      }
      same(told(toRows(resample(toColumns(toInterval('1m'), rows), toInterval('3m')))), expected);
    }, 9);
  });

  it("an exchange's candles of N seconds are EXCHANGE at multiples of N, INTERPOLATED below and across", () => {
    holds((draw) => {
      const [step, width] = [1 + draw.below(6), 1 + draw.below(12)];
      const present = Array.from({ length: draw.size }, () => !draw.once(4));
      const rows = present.flatMap((there, i) =>
        there ? [{ ...someRow(draw, i * step * 1000), source: EXCHANGE, coverage: step }] : [],
      );
      const base = {
        rows: toColumns(toInterval(step), rows),
        observed: rows.map(({ time }) => ({ from: time, to: time + step * 1000 })),
      };
      const to = Math.ceil((draw.size * step) / width) * width;
      const query = { interval: toInterval(width), from: 0, to: to * 1000, fillFlat: false, carry: null };
      const { columns } = composeCandles([base], { ...query, observedOnly: false });

      const expected: string[] = [];
      for (let open = 0; open < to; open += width) {
        const slots = present.flatMap((there, i) => {
          const overlaps = i * step < open + width && (i + 1) * step > open;
          return there && overlaps ? [{ from: i * step, to: (i + 1) * step }] : [];
        });
        const whole = slots.filter((slot) => slot.from >= open && slot.to <= open + width);
        const kind = whole.length === slots.length ? EXCHANGE : INTERPOLATED;
        if (slots.length > 0) expected.push(`${open * 1000} ${SOURCES[kind]} ${whole.length * step}`);
        if (width % step === 0) expect(kind).toBe(EXCHANGE);
      }
      same(told(toRows(columns)), expected);
      const observed = composeCandles([base], { ...query, observedOnly: true }).columns;
      same(
        told(toRows(observed)),
        expected.filter((text) => !text.includes('INTERPOLATED')),
        'observed only',
      );
    }, 7);
  });

  it('a made-up row is refused by its number, wherever it stands, and no other', () => {
    holds((draw) => {
      const rows = Array.from({ length: draw.size }, (_, i) => ({
        ...someRow(draw, i * 1000),
        coverage: draw.below(2),
      }));
      const legal = rows.map((row) => (row.volume === 0n ? { ...row, trades: null } : row));
      validateColumns(toColumns(toInterval(1), legal));
      const at = draw.below(draw.size);
      const made = toColumns(
        toInterval(1),
        legal.map((row, i) => (i === at ? { ...row, source: INTERPOLATED } : row)),
      );
      try {
        validateColumns(made);
      } catch (error) {
        if (
          error instanceof InvalidRowError &&
          error.message.startsWith(`row ${at}: INTERPOLATED candles are not stored`)
        )
          return;
        throw error;
      }
      expect.fail('the row was taken');
    });
  });
});
