import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KLINES_HEADER, kline, klinesCsv, lines, MINUTE, START, tradesCsv } from './support/data.ts';
import { Desk, spawnPrate } from './support/desk.ts';

const DAY = '--from 2024-05-01 --to 2024-05-02';
const HOURS = '--from 2024-05-01 --to 2024-05-01T06:00';
const SYNTHETIC = `candles backfill --symbol BTC_USDT --source synthetic:7 ${DAY}`;

interface Report {
  readonly venue: string;
  readonly complete: boolean;
  readonly symbols: readonly {
    readonly symbol: string;
    readonly interval: string;
    readonly asked: number;
    readonly added: number;
    readonly gaps: readonly { readonly from: number; readonly to: number }[];
    readonly error: { readonly code: string } | null;
  }[];
}

const reportOf = (stdout: string): Report => JSON.parse(stdout) as Report;

/** All that is stored, at every step. */
const stored = async (desk: Desk, db = 'data/prate.db'): Promise<string> => {
  const rows = await desk.output(
    `candles export --symbol BTC_USDT --venue synthetic-7 --interval 1s --output - --db ${db}`,
  );
  return `${JSON.stringify((await desk.json<{ stored: unknown }>(`candles status --db ${db}`)).stored)}${rows}`;
};

describe('backfill', () => {
  it('a synthetic market: what is stored can be asked for with the line that it prints, and is not asked for again', async () => {
    using desk = new Desk();
    const text = await desk.output(`${SYNTHETIC} --interval 1h`);
    expect(text).toContain('BTC_USDT 1h: 24 asked for, 24 added, 0 replaced, 0 unchanged; no gap\n');
    expect(text).toContain(`stored under venue synthetic-7 in ${join(desk.folder, 'data/prate.db')}\n`);
    expect(await desk.output(/next: prate (.*)/.exec(text)?.[1] as string)).toContain('│ 2024-05-01 23:00:00 │');
    expect(await desk.json<Report>(`${SYNTHETIC} --interval 1h`)).toMatchObject({
      ...{ source: 'synthetic:7', venue: 'synthetic-7', complete: true },
      symbols: [{ symbol: 'BTC_USDT', interval: '1h', asked: 0, added: 0, unchanged: 0, gaps: [], error: null }],
    });
  });

  it('an interruption ends it at once, and the same command goes on', async () => {
    using desk = new Desk();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { code, stderr } = await desk.run(`${SYNTHETIC} --interval 1m --from 2023-05-01`, { signal: stop.signal });
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: 'what was fetched is stored; the same command goes on from there\ninterrupted\n',
    });
    expect(await desk.output(`${SYNTHETIC} --interval 1m --to 2024-05-01T01:00`)).toContain('60 asked for, 60 added');
  });

  it('a range that ends before it begins is refused', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run(`${SYNTHETIC} --interval 1m --to 2024-04-30`);
    expect(stderr).toMatch(/--from lies after --to; the earlier time first would be right/);
    expect(code).toBe(2);
  });

  it('several symbols and intervals: a report each', async () => {
    using desk = new Desk();
    const all = `candles backfill --symbol BTC_USDT,ETH_USDT --interval 1h,4h --parallel 2 ${DAY}`;
    const { symbols } = await desk.json<Report>(all);
    expect(symbols.map(({ symbol, interval, added }) => [symbol, interval, added])).toEqual([
      ['BTC_USDT', '1h', 24],
      ['BTC_USDT', '4h', 6],
      ['ETH_USDT', '1h', 24],
      ['ETH_USDT', '4h', 6],
    ]);
  });

  it('a file with holes: exit code 3, and the gaps by name; --missing quiet closes them', async () => {
    using desk = new Desk().write({ 'k.csv': lines(KLINES_HEADER, ...[0, 1, 2, 5, 6].map((i) => kline(i))) });
    const command = `candles backfill --symbol S --interval 1m --source k.csv --from ${START} --to ${START + 8 * MINUTE}`;
    const { code, stdout } = await desk.run(command);
    expect(code).toBe(3);
    expect(stdout).toContain('S 1m: 8 asked for, 5 added, 0 replaced, 0 unchanged; 2 gaps, 180 s in all\n');
    expect(stdout).toContain('  gap 2024-05-01 00:03:00 to 2024-05-01 00:05:00 UTC\n');
    expect(stdout).toContain('--missing quiet');
    const again = await desk.run(`${command} --json`);
    expect(again.code).toBe(3);
    expect(reportOf(again.stdout)).toMatchObject({ complete: false, symbols: [{ asked: 3, added: 0 }] });
    expect(reportOf(again.stdout).symbols[0]?.gaps).toEqual([
      { from: START + 3 * MINUTE, to: START + 5 * MINUTE },
      { from: START + 7 * MINUTE, to: START + 8 * MINUTE },
    ]);
    expect((await desk.run(`${command} --missing quiet`)).code).toBe(0);
  });

  it('a file of trades: the seconds are those of an import, under the venue that is named', async () => {
    using desk = new Desk().write({ 't.csv': tradesCsv(300) });
    await desk.output('candles import t.csv --symbol S --venue v --db import.db');
    const command = `candles backfill --symbol S --interval 1s --source t.csv --venue v --db filled.db --from ${START} --to ${START + 210_000}`;
    expect((await desk.run(command)).code).toBe(0);
    const printed = (db: string): Promise<string> =>
      desk.output(`candles export --symbol S --venue v --interval 1s --output - --db ${db}`);
    expect(await printed('filled.db')).toBe(await printed('import.db'));
  });

  it('an interval that the market does not have: exit code 1, and why', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(5) });
    const { code, stderr } = await desk.run(
      'candles backfill --symbol S --interval 90s --source k.csv --from 2024-05-01',
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^prate: S 90s: 1m candles do not add up/),
    });
  });

  it.each([
    ['--symbol A,A --interval 1m --from 2024-05-01', 'names a symbol twice'],
    ['--symbol A --interval 1m,60s --from 2024-05-01', 'names an interval twice'],
    ['--symbol A --interval 1m --from 2024-05-01 --parallel 0', 'whole number from 1 to 9999'],
    ['--symbol A --interval 1m', "required option '--from <time>'"],
    ['--symbol A --interval 1m --from 2024-05-01 --source sandbox', 'is not for this command'],
    ['--symbol A --interval 1m --from 2024-05-01 --source mexc --venue mine', 'are stored under the venue mexc'],
    ['--symbol A,B --interval 1m --from 2024-05-01 --source k.csv', 'a file holds one symbol'],
  ])('%s: exit code 2, and what is wrong', async (flags, problem) => {
    using desk = new Desk();
    const { code, stderr } = await desk.run(`candles backfill ${flags}`);
    expect(stderr).toContain(problem);
    expect(code).toBe(2);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s: what was fetched stays, and the next run asks for the rest',
    async (how) => {
      using desk = new Desk();
      const command = `candles backfill --symbol BTC_USDT --interval 1s --source synthetic:7 ${HOURS}`;
      await desk.output(`${command} --db clean.db`);
      // six pages of an hour each: the first comes after a second, the others later
      const { child, ended } = spawnPrate(`${command} --requests-per-second 1`, desk.folder);
      while ((await storedSeconds(desk)) === 0) await new Promise((resolve) => setImmediate(resolve));
      child.kill(how);
      const { code, stderr } = await ended;
      if (how === 'SIGINT') {
        expect(code).toBe(130);
        expect(stderr).toBe('what was fetched is stored; the same command goes on from there\ninterrupted\n');
      }
      const before = await storedSeconds(desk);
      const { symbols, complete } = await desk.json<Report>(command);
      expect(complete).toBe(true);
      expect(before).toBeGreaterThan(0);
      expect(symbols[0]?.asked).toBe(21_600 - before);
      expect(symbols[0]?.asked).toBeGreaterThan(0);
      expect(await stored(desk)).toBe(await stored(desk, 'clean.db'));
    },
  );
});

/** Watched seconds in the default database; 0 before there is one. */
async function storedSeconds(desk: Desk): Promise<number> {
  if (!existsSync(join(desk.folder, 'data/prate.db'))) return 0;
  const status = await desk.run('candles status --json');
  if (status.code !== 0) return 0; // it is being made
  const { stored } = JSON.parse(status.stdout) as { stored: readonly { observedSeconds: number }[] };
  return stored.reduce((sum, entry) => sum + entry.observedSeconds, 0);
}
