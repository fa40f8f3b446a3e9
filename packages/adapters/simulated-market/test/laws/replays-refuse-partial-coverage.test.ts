import { InvalidInputError } from '@prate/domain';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { type Draw, holdsAsync, same } from '../../../../../tooling/test-support/draw.ts';
import { StoreMarket } from '../../src/index.ts';
import { flatCandle, memoryStore } from '../markets/memory-store.ts';

const MINUTE = 60_000;

interface Bucket {
  readonly open: number;
  readonly whole: boolean;
}

interface Case {
  readonly market: StoreMarket;
  readonly interval: string;
  readonly buckets: readonly Bucket[];
}

/** Minutes with holes, most of them watched whole, played one by one or by twos; and which of the buckets are whole. */
async function someCase(draw: Draw, allowInterpolated: boolean | undefined): Promise<Case> {
  const minutes = 2 * draw.size;
  const often = draw.of([2, 8, 1000]);
  const rows = Array.from({ length: minutes }, (_, minute) => ({
    minute,
    coverage: draw.once(often) ? draw.below(61) / 60 : 1,
    source: draw.once(2 * often) ? ('INTERPOLATED' as const) : draw.of(['EXCHANGE', 'TRADES'] as const),
  })).filter(({ minute }) => minute === 0 || !draw.once(4));
  const width = draw.of([1, 1, 2]);
  const buckets: Bucket[] = [];
  for (let minute = 0; minute < minutes; minute += width) {
    const parts = rows.filter((row) => row.minute >= minute && row.minute < minute + width);
    const whole = parts.length === width && parts.every((row) => row.coverage === 1 && row.source !== 'INTERPOLATED');
    if (parts.length > 0) buckets.push({ open: minute * MINUTE, whole });
  }
  const candles = rows.map(({ minute, coverage, source }) =>
    flatCandle(minute * MINUTE, 1 + minute, { coverage, source }),
  );
  const interval = `${width}m`;
  const options = { series: { venue: 'v', symbol: 'S' }, interval, from: 0, to: minutes * MINUTE };
  const store = memoryStore(candles, '1m', [{ from: 0, to: minutes * MINUTE }], 1 + draw.below(4));
  const market = await StoreMarket.open({ ...options, store, clock: new ManualClock(), allowInterpolated });
  return { market, interval, buckets };
}

/** The opens of the candles that a replay told, and what ended it early. */
async function played({ market, interval }: Case): Promise<{ readonly told: number[]; readonly error: unknown }> {
  const told: number[] = [];
  market.candles(['S'], interval, (item) => {
    if (item.kind === 'candles') told.push(...item.candles.openTime);
  });
  try {
    await market.play();
    return { told, error: null };
  } catch (error) {
    return { told, error };
  }
}

describe('law 7, replays refuse what was not watched whole', () => {
  it('a replay tells every candle before the first that was not whole, and ends there with its name', async () => {
    await holdsAsync(async (draw) => {
      const given = await someCase(draw, draw.of([false, undefined]));
      const bad = given.buckets.findIndex((bucket) => !bucket.whole);
      const { told, error } = await played(given);
      const good = bad === -1 ? given.buckets : given.buckets.slice(0, bad);
      same(
        told.map(String),
        good.map(({ open }) => String(open)),
      );
      if (bad === -1) expect(error).toBeNull();
      else refusedAt(error, given.buckets[bad] as Bucket);
    });
  });

  it('with --allow-interpolated it tells them all', async () => {
    await holdsAsync(async (draw) => {
      const given = await someCase(draw, true);
      const { told, error } = await played(given);
      if (error !== null) throw error;
      same(
        told.map(String),
        given.buckets.map(({ open }) => String(open)),
      );
    });
  });
});

function refusedAt(error: unknown, { open }: Bucket): void {
  if (!(error instanceof InvalidInputError)) throw error;
  const name = `candle of ${new Date(open).toISOString()} `;
  if (!error.message.includes(name)) expect(error.message).toContain(name);
}
