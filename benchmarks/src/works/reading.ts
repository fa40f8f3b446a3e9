import type { Ask, Contender, Work } from '../harness/work.ts';

const prate = async () => import('../peers/prate.ts');
const duckdb = async () => import('../peers/duckdb.ts');

const MINUTE_MS = 60_000;

interface Reading {
  readonly interval: string;
  readonly intervalMs: number;
  readonly peers: readonly ('row table' | 'polars' | 'rollup')[];
  readonly asks: readonly Ask[];
  readonly notes?: readonly string[];
}

const than = (contender: string, times: number): Ask => ({ of: 'prate', than: contender, times });

const readings: readonly Reading[] = [
  {
    interval: '5s',
    intervalMs: 5000,
    peers: ['row table', 'polars'],
    asks: [than('row table', 60), than('duckdb', 12), than('duckdb chunks', 5), than('polars', 6)],
  },
  {
    interval: '7s',
    intervalMs: 7000,
    peers: ['polars'],
    asks: [than('duckdb', 10)],
    notes: ['7 divides neither a minute nor an hour: buckets cross the edges of blocks.'],
  },
  {
    interval: '1m',
    intervalMs: MINUTE_MS,
    peers: ['polars', 'rollup'],
    asks: [than('duckdb', 40), than('duckdb rollup', 1)],
  },
  {
    interval: '10m',
    intervalMs: 10 * MINUTE_MS,
    peers: ['polars', 'rollup'],
    asks: [than('duckdb', 60), than('duckdb rollup', 1)],
  },
  {
    interval: '1h',
    intervalMs: 60 * MINUTE_MS,
    peers: ['polars', 'rollup'],
    asks: [than('duckdb', 250), than('duckdb rollup', 1)],
  },
];

const workOf = ({ interval, intervalMs, peers, asks, notes = [] }: Reading): Work => {
  const contenders: Record<string, () => Promise<Contender>> = {
    prate: async () => {
      const { columnsReader, storedMonth } = await prate();
      return columnsReader(storedMonth, interval, 'kept');
    },
    'prate fresh': async () => {
      const { columnsReader, storedMonth } = await prate();
      return columnsReader(storedMonth, interval, 'fresh');
    },
    'prate batches': async () => {
      const { batchReader, storedMonth } = await prate();
      return batchReader(storedMonth, interval);
    },
    duckdb: async () => (await duckdb()).reader('user', intervalMs),
    'duckdb chunks': async () => (await duckdb()).reader('chunks', intervalMs),
  };
  if (peers.includes('rollup')) contenders['duckdb rollup'] = async () => (await duckdb()).reader('rollup', intervalMs);
  if (peers.includes('polars')) {
    contenders['polars'] = async () => (await import('../peers/polars.ts')).reader(intervalMs);
  }
  if (peers.includes('row table')) {
    contenders['row table'] = async () => (await import('../peers/row-table.ts')).reader(intervalMs);
  }
  return {
    name: `read-${interval}`,
    title: `read a month of seconds at ${interval}`,
    unit: 'ms',
    contenders,
    asks,
    notes,
  };
};

/** A stored month of candles of one second, read at coarser intervals; the store is open and the disk cache warm. */
export const readingWorks: readonly Work[] = readings.map(workOf);
