/**
 * A process of its own on one store file, for the tests in processes.slow.test.ts:
 *
 *   fill FILE   writes minute after minute, and prints the number of each once it is acknowledged
 *   flip FILE   writes three days over and over, each time all at one new price; prints `ready` after the first
 *   big FILE    prints `begin` before and `end` after one write of 120 days
 *   feed FILE   appends a second of forty series at a time for some minutes, and prints the number of each once it is acknowledged
 *   open FILE   prints `begin`, opens the file, prints how many rows it holds, and waits
 *
 * A third argument names the store that does it, as in STORES.
 */
import { writeSync } from 'node:fs';
import { DAY, MINUTE, STORES, steady, T0 } from './support.ts';

const [task, file, kind] = process.argv.slice(2) as [string, string, string];
const say = (line: string): number => writeSync(1, `${line}\n`);
const [, open] = STORES.find(([name]) => name === kind) ?? (STORES[0] as (typeof STORES)[0]);
if (task === 'open') say('begin');
const store = await open(file);

if (task === 'fill') {
  const { rows } = await store.stats();
  for (let minute = rows; ; minute += 1) {
    await store.write('X', { columns: steady('1m', T0 + minute * MINUTE, 1, minute + 1) });
    say(String(minute));
  }
} else if (task === 'flip') {
  for (let price = 1; price <= 60; price += 1) {
    const days = [0, 1, 2].map((day) => ({ columns: steady('1m', T0 + day * DAY, 30, price) }));
    await store.write('X', [...days, { columns: steady('1d', T0, 3, price) }]);
    if (price === 1) say('ready');
  }
} else if (task === 'feed') {
  for (let second = 0; second < 400; second += 1) {
    await store.append(
      Array.from({ length: 40 }, (_, i) => ({
        series: `S${i}`,
        columns: steady('1s', T0 + second * 1000, 1, second + 1),
      })),
    );
    say(String(second));
    await new Promise(setImmediate);
  }
} else if (task === 'open') {
  say(String((await store.stats()).rows));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
} else {
  const days = Array.from({ length: 120 }, (_, day) => ({ columns: steady('1m', T0 + day * DAY, 1440, 9) }));
  say('begin');
  await store.write('X', days);
  say('end');
}
await store.close();
