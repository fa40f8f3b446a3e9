import { expect, it } from 'vitest';
import { runMarketChaos } from './support/mexc-market-chaos.ts';

const SEEDS = process.env['PRATE_LONG'] === '1' ? 1_000 : 50;
const SEEDS_A_TEST = 10;

const totals = { tradeGaps: 0, bookGaps: 0, connections: 0, repairedTrades: 0 };

it.each(Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, i) => i * SEEDS_A_TEST))(
  'ten storms from seed %i on: trades, books and candles are those of the server, or lie in a gap',
  async (first) => {
    for (let seed = first; seed < first + SEEDS_A_TEST; seed += 1) {
      const counts = await runMarketChaos(seed);
      for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += counts[name];
    }
  },
  120_000,
);

it('the storms did harm', () => {
  expect(totals.connections).toBeGreaterThan(2 * SEEDS);
  expect(totals.bookGaps).toBeGreaterThan(SEEDS);
  expect(totals.tradeGaps).toBeGreaterThan(0);
  expect(totals.repairedTrades).toBeGreaterThan(SEEDS / 2);
});
