/**
 * What runs in a worker: a plain store on its file, and the tasks that come, one at a time. Anything that is thrown outside
 * a task ends the thread, and its owner says so.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { StoreClosedError, type WriteResult } from '@prate/candle-store-port';
import type { Series } from '@prate/domain';
import { CandleBuffers, type CandleColumns } from '@prate/domain/candles';
import { SqliteCandleStore } from '../sqlite-candle-store.ts';
import { packError } from './errors.ts';
import type { Answer, Lent, Progress, Task, TaskKind, Tasks, WorkerPlace } from './messages.ts';
import { unpackBatches } from './packet.ts';
import { copyColumns, memoryOf, wireColumns } from './wire-columns.ts';
import { WriteFeed } from './write-feed.ts';

const { file, options } = workerData as WorkerPlace;
let opened: SqliteCandleStore | null = null;
const writes = new Map<number, WriteFeed>();
const reads = new Map<number, AsyncGenerator<CandleColumns>>();

function store(): SqliteCandleStore {
  if (opened === null) throw new StoreClosedError(`${file} is not open`);
  return opened;
}

/** A write that had no batch begins here. */
function end(write: number, series: Series): Promise<WriteResult> {
  const feed = writes.get(write) ?? new WriteFeed(store(), series);
  writes.delete(write);
  return feed.end();
}

type Work = { readonly [K in TaskKind]: (task: Task<K>, lent: Lent) => Promise<Tasks[K]['answer']> };

const work: Work = {
  async open() {
    opened = SqliteCandleStore.open(file, options);
    return null;
  },
  async append({ packet }) {
    await store().append(unpackBatches(packet));
    return null;
  },
  async batch({ write, series, packet, isLast }) {
    const feed = writes.get(write) ?? new WriteFeed(store(), series);
    writes.set(write, feed);
    try {
      for (const batch of unpackBatches(packet)) await feed.give(batch);
    } catch (error) {
      writes.delete(write);
      throw error;
    }
    return isLast ? end(write, series) : null;
  },
  end: async ({ write, series }) => end(write, series),
  async drop({ write }) {
    writes.get(write)?.drop();
    writes.delete(write);
    return null;
  },
  async columns({ query }, { into }) {
    return wireColumns(await store().readColumns(query, { into: into === null ? undefined : (into as CandleBuffers) }));
  },
  async next({ read, query }) {
    const batches = reads.get(read) ?? store().read(query);
    reads.set(read, batches);
    const { done, value } = await batches.next();
    if (done !== true) return copyColumns(value);
    reads.delete(read);
    return null;
  },
  async stop({ read }) {
    await reads.get(read)?.return(undefined);
    reads.delete(read);
    return null;
  },
  series: async () => store().series(),
  coverage: async ({ query }) => store().coverage(query),
  delete: async (query) => store().delete(query),
  verify: async () =>
    store().verify({ onProgress: (done, total) => parentPort?.postMessage({ done, total } satisfies Progress) }),
  stats: async () => store().stats(),
  async close() {
    await opened?.close();
    return null;
  },
};

function lentWith(task: Task): Lent {
  const packet = 'packet' in task ? task.packet.memory : null;
  // a clone has lost its class
  const into = 'into' in task && task.into !== null ? Object.assign(new CandleBuffers(), task.into) : null;
  return { packet, into };
}

async function answer(task: Task): Promise<void> {
  const lent = lentWith(task);
  const memory = lent.packet === null ? [] : [lent.packet];
  let found: Answer;
  try {
    const value = await work[task.kind](task as never, lent);
    const columns = task.kind === 'columns' || task.kind === 'next' ? (value as Tasks['next']['answer']) : null;
    memory.push(...memoryOf(columns, lent.into));
    found = { ok: true, value, lent };
  } catch (error) {
    memory.push(...memoryOf(lent.into));
    found = { ok: false, error: packError(error), lent };
  }
  parentPort?.postMessage(found, memory);
}

parentPort?.on('message', (task: Task) => void answer(task));
