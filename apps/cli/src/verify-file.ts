import type { VerifyReport } from '@prate/candle-store-port';
import { WorkerCandleStore } from '@prate/sqlite-store/worker';
import type { Io } from './io.ts';
import { startProgress } from './progress.ts';

/** Reads a whole store in a thread of its own: it shows how far it has come, and ends at once when it is interrupted. */
export async function verifyFile(io: Io, file: string): Promise<VerifyReport> {
  const store = await WorkerCandleStore.open(file, { readers: 1 });
  const progress = startProgress(io, 'reading');
  try {
    return await store.verify({ signal: io.signal, onProgress: (done, total) => progress.update(done, total) });
  } finally {
    progress.stop();
    if (!io.signal.aborted) await store.close(); // which waits for the thread: the end of the process does not
  }
}
