import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rowsOf } from '@prate/domain/candles';
import { seededRandom } from '@prate/runtime';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { expect, it } from 'vitest';
import { CommandLine } from './support/prate.ts';
import { FEED_START, FEED_SYMBOLS, FEED_VENUE, ingest } from './support/second-feed.ts';

const long = process.env['PRATE_LONG'] === '1';
const KILLS = long ? 200 : 20;
const END = FEED_START + KILLS * 60_000;
const child = fileURLToPath(new URL('./support/child-feed.ts', import.meta.url));

/** Runs the feed from a moment on, and kills it at a random one. Returns what it acknowledged last, or `end`. */
async function runAndKill(file: string, from: number, lines: number, waitMs: number): Promise<string | null> {
  const feed = spawn(process.execPath, ['--conditions=@prate/source', child, file, String(from), String(END)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(feed, 'exit');
  let [count, last]: [number, string | null] = [0, null];
  for await (const line of createInterface(feed.stdout)) {
    last = line;
    count += 1;
    if (count !== lines) continue;
    // not always just after an acknowledgement
    if (waitMs > 0) setTimeout(() => feed.kill('SIGKILL'), waitMs);
    else feed.kill('SIGKILL');
  }
  const [code, signal] = (await exit) as [number | null, string | null];
  expect(signal === 'SIGKILL' || code === 0, `the feed ended with ${code} ${signal}`).toBe(true);
  return last;
}

/** Every second of a symbol before a moment, and the time of it that was watched. */
async function stored(file: string, symbol: string, to: number): Promise<readonly unknown[]> {
  const store = SqliteCandleStore.open(file);
  const series = { venue: FEED_VENUE, symbol };
  const [covered] = await store.coverage({ series, to });
  const rows = [...rowsOf(await store.readColumns({ series, interval: '1s', from: FEED_START, to }))];
  expect((await store.verify()).faults).toEqual([]);
  await store.close();
  return [covered?.observed, covered?.rows, ...rows];
}

it(`kill -9 at ${KILLS} random moments of a live ingestion: nothing acknowledged is lost or doubled, and the export is that of an uninterrupted run`, {
  timeout: long ? 7_200_000 : 300_000,
}, async () => {
  using prate = new CommandLine();
  const [whole, killed] = [join(prate.folder, 'whole.db'), join(prate.folder, 'killed.db')];
  await ingest(whole, FEED_START, END, () => undefined);
  const random = seededRandom(20_260_101);
  let from = FEED_START;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const last = await runAndKill(
      killed,
      from,
      random.nextInt(1, 25),
      random.nextInt(0, 3) === 0 ? 0 : random.nextInt(0, 12),
    );
    if (last === 'end') throw new Error(`the feed came to its end after ${kill} kills: make it longer`);
    from = Number(last ?? from);
    const symbol = FEED_SYMBOLS[kill % FEED_SYMBOLS.length] as string;
    expect(await stored(killed, symbol, from), `kill ${kill}, at ${from}`).toEqual(await stored(whole, symbol, from));
  }
  expect(await runAndKill(killed, from, -1, 0)).toBe('end');
  for (const symbol of FEED_SYMBOLS) {
    const exported = (db: string): Promise<string> =>
      prate.must([
        'candles',
        'export',
        '--venue',
        FEED_VENUE,
        '--symbol',
        symbol,
        '--interval',
        '1s',
        '--output',
        '-',
        '--db',
        db,
      ]);
    const expected = await exported('whole.db');
    expect(expected.split('\n').length).toBeGreaterThan(KILLS * 20);
    expect(await exported('killed.db')).toBe(expected);
    expect(await stored(killed, symbol, END)).toEqual(await stored(whole, symbol, END));
  }
});
