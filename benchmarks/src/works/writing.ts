import type { Work } from '../harness/work.ts';
import { monthOfMinutes } from '../samples/minutes.ts';
import { monthOfSeconds } from '../samples/walk.ts';

const prate = async () => import('../peers/prate.ts');
const duckdb = async () => import('../peers/duckdb.ts');
const rowTable = async () => import('../peers/row-table.ts');

/** A month into a new file, and what the file weighs. */
export const writingWorks: readonly Work[] = [
  {
    name: 'write-1s',
    title: 'write a month of seconds from doubles into a new file',
    unit: 'ms',
    contenders: {
      prate: async () => (await prate()).writer('write-prate', monthOfSeconds, '1s', 'time'),
      'duckdb chunks': async () => (await duckdb()).writer('write-duckdb', monthOfSeconds, 'time'),
      'row table': async () => (await rowTable()).writer('write-rows', monthOfSeconds, 'time'),
    },
    asks: [
      { of: 'prate', than: 'row table', times: 50 },
      { of: 'prate', than: 'duckdb chunks', times: 10 },
    ],
    notes: [
      'All open a new file, write, and close it. Prate also finds the decimal grid and checks that every number fits it.',
    ],
  },
  {
    name: 'bytes-1s',
    title: 'bytes of the file per candle of one second',
    unit: 'bytes',
    contenders: {
      prate: async () => (await prate()).writer('bytes-prate', monthOfSeconds, '1s', 'bytes'),
      duckdb: async () => (await duckdb()).writer('bytes-duckdb', monthOfSeconds, 'bytes'),
      'row table': async () => (await rowTable()).writer('bytes-rows', monthOfSeconds, 'bytes'),
    },
    asks: [
      { of: 'prate', limit: 3.9 },
      { of: 'prate', than: 'duckdb', times: 1 / 0.45 },
    ],
    notes: ['After closing, and after a checkpoint in DuckDB. Open, high, low, close, volume, trades.'],
  },
  {
    name: 'bytes-1m',
    title: 'bytes of the file per minute of which seconds are made on reading',
    unit: 'bytes',
    contenders: {
      prate: async () => (await prate()).writer('bytes-minutes-prate', monthOfMinutes, '1m', 'bytes'),
    },
    asks: [{ of: 'prate', limit: 12 }],
    notes: ['Turnover and trades included; the seconds cost nothing, as none is stored.'],
  },
];
