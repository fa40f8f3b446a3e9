import { Decimal, type Trade } from '@prate/domain';
import type { Recording } from '@prate/parity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParityRun, runParity } from '../../apps/cli/src/parity/run-parity.ts';
import { cases } from '../../tooling/test-support/cases.ts';
import { Draw } from '../../tooling/test-support/draw.ts';
import { csvOf, fileOf, momentsOf, recordSession, tapeOf } from './support/parity-sessions.ts';

const { signal } = new AbortController();

const replayed = (recording: Recording, csv: string, run: Partial<ParityRun> = {}) =>
  runParity({ recording, funding: null, files: [fileOf(csv)], signal, ...run });

const seeds = fc.nat(2 ** 32 - 1);

describe('a session that was recorded on paper', () => {
  it('comes out without any difference on the same trades', async () => {
    let [orders, fills] = [0, 0];
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const draw = new Draw(seed, 6);
        const tape = tapeOf(draw, 150);
        const csv = csvOf(tape);
        const leverage = draw.once(2) ? { leverage: 1 + draw.below(50) } : {};
        const { recording } = await recordSession({ csv, moments: momentsOf(draw, tape, 40), ...leverage });
        if (!recording.events.some(({ event }) => event.kind === 'order')) return;
        const { report } = await replayed(recording, csv);
        expect(report.orders.filter(({ differences }) => differences.length > 0)).toEqual([]);
        expect(report.notCompared).toEqual([]);
        expect(report.same).toBe(true);
        orders += report.orders.length;
        fills += recording.events.filter(({ event }) => event.kind === 'fill').length;
      }),
      cases(60),
    );
    // the law is not kept by doing nothing
    expect(orders).toBeGreaterThan(600);
    expect(fills).toBeGreaterThan(600);
  });
});
