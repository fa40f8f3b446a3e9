import type { TimeRange } from '@prate/domain';
import type { Place, Work } from '../harness/work.ts';
import { DAY_MS, START_MS, yearDays } from '../samples/walk.ts';

const yearOf = (place: Place): TimeRange => ({ from: START_MS, to: START_MS + yearDays(place) * DAY_MS });
const lastMonthOf = (place: Place): TimeRange => ({ ...yearOf(place), from: yearOf(place).to - place.days * DAY_MS });

const workOf = (name: string, title: string, range: (place: Place) => TimeRange, asks: Work['asks']): Work => ({
  name,
  title,
  unit: 'ms',
  contenders: {
    prate: async () => {
      const { openingReader, storedYear } = await import('../peers/prate.ts');
      return openingReader(storedYear, '1d', range);
    },
    duckdb: async () => {
      const { reader, storedYear } = await import('../peers/duckdb.ts');
      return reader('user', DAY_MS, storedYear, range);
    },
  },
  asks,
  notes: [
    'A year of seconds is stored (31.5 million). Prate opens its file, reads and closes it in the time, so that "at most ' +
      'twice the last month, plus opening" is a ratio of 0.5; DuckDB has its file open.',
  ],
});

/** Does the cost grow with what is stored, or with what is asked for? */
export const growthWorks: readonly Work[] = [
  workOf('month-1d', 'the last month of a stored year at 1d', lastMonthOf, []),
  workOf('year-1d', 'a year at 1d', yearOf, [{ of: 'prate', than: 'month-1d/prate', times: 0.5 }]),
];
