import { WorkerCandleStore } from '@prate/sqlite-store/worker';
import type { Contender, Work } from '../harness/work.ts';
import type { Seen } from '../peers/prate-feed.ts';
import { monthOfSeconds } from '../samples/walk.ts';

const prate = async () => import('../peers/prate.ts');
const openWorker = (file: string) => WorkerCandleStore.open(file);

const reader = async (open: 'plain' | 'worker', outputs: 'kept' | 'fresh'): Promise<Contender> => {
  const { columnsReader, openPlain, storedMonth } = await prate();
  return columnsReader(storedMonth, '5s', outputs, open === 'plain' ? openPlain : openWorker);
};

const session = async (open: 'plain' | 'worker', counts: (seen: Seen) => number): Promise<Contender> => {
  const [{ openPlain }, { feedAndReader }] = [await prate(), await import('../peers/prate-feed.ts')];
  return feedAndReader(`feed-${open}`, open === 'plain' ? openPlain : openWorker, counts);
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;

const sessions = (name: string, title: string, counts: (seen: Seen) => number): Work => ({
  name,
  title,
  unit: 'ms',
  contenders: { plain: () => session('plain', counts), worker: () => session('worker', counts) },
  asks: [],
  notes: [
    'A second of 300 series is appended every 50 ms while one event loop reads a year of minutes (525,600) again and again. ' +
      'An append takes from the moment at which it was due until it is acknowledged.',
  ],
});

/** The store in worker threads beside the same store in the thread that asks. */
export const workerStoreWorks: readonly Work[] = [
  {
    name: 'worker-store-read',
    title: 'read a month of seconds at 5s, store in workers or not',
    unit: 'ms',
    contenders: {
      plain: () => reader('plain', 'kept'),
      worker: () => reader('worker', 'kept'),
      'plain fresh': () => reader('plain', 'fresh'),
      'worker fresh': () => reader('worker', 'fresh'),
    },
    asks: [],
    notes: [
      'Into arrays that are kept, which go to the worker and come back, or into fresh ones, which it hands over.',
    ],
  },
  {
    name: 'worker-store-write',
    title: 'write a month of seconds from doubles, store in workers or not',
    unit: 'ms',
    contenders: {
      plain: async () => (await prate()).writer('write-plain', monthOfSeconds, '1s', 'time'),
      worker: async () => (await prate()).writer('write-worker', monthOfSeconds, '1s', 'time', openWorker),
    },
    asks: [],
    notes: ['Both open a new file, write, and close it: the worker is started and ended in its time.'],
  },
  sessions('worker-store-append-50', 'append while a year is read: median', ({ appends }) => percentile(appends, 0.5)),
  sessions('worker-store-append-99', 'append while a year is read: 99 in 100', ({ appends }) =>
    percentile(appends, 0.99),
  ),
  sessions(
    'worker-store-delay',
    "append while a year is read: the event loop's delay, 99 in 100",
    ({ delay }) => delay,
  ),
];
