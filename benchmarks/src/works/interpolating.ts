import { interpolateSeconds } from '@prate/domain/candles';
import type { Place, Work } from '../harness/work.ts';
import { storedFile } from '../peers/files.ts';
import { cellsOf, columnsOf, columnsReader, storeCandles } from '../peers/prate.ts';
import { monthOfMinutes } from '../samples/minutes.ts';
import type { Doubles } from '../samples/walk.ts';

const storedMinutes = (place: Place): Promise<string> =>
  storedFile(place, 'prate-month-minutes.db', (file) => storeCandles(file, [monthOfMinutes(place)], '1m'));

/** The very seconds that Prate makes of the minutes, stored as rows. */
const storedMadeSeconds = async (place: Place): Promise<string> => {
  const duckdb = await import('../peers/duckdb.ts');
  return storedFile(place, 'made-seconds.duckdb', async (file) => {
    const seconds = cellsOf(interpolateSeconds(columnsOf(monthOfMinutes(place), '1m')));
    await duckdb.storeCandles(file, [seconds as Doubles], false);
  });
};

export const interpolatingWorks: readonly Work[] = [
  {
    name: 'interpolate-5s',
    title: 'a month of minutes, through their seconds, at 5s',
    unit: 'ms',
    contenders: {
      prate: async () => columnsReader(storedMinutes, '5s', 'kept'),
      'prate fresh': async () => columnsReader(storedMinutes, '5s', 'fresh'),
      duckdb: async () => (await import('../peers/duckdb.ts')).reader('user', 5000, storedMadeSeconds),
      'duckdb chunks': async () => (await import('../peers/duckdb.ts')).reader('chunks', 5000, storedMadeSeconds),
    },
    asks: [{ of: 'prate', than: 'duckdb', times: 30 }],
    notes: ['Prate stores minutes and makes their seconds on reading; DuckDB reads the same seconds from rows.'],
  },
];
