import type { Work } from '../harness/work.ts';
import { growthWorks } from './growth.ts';
import { interpolatingWorks } from './interpolating.ts';
import { liveWorks } from './live.ts';
import { mexcWorks } from './mexc.ts';
import { paperWorks } from './paper.ts';
import { readingWorks } from './reading.ts';
import { replayWorks } from './replay.ts';
import { sandboxWorks } from './sandbox.ts';
import { tradeWorks } from './trades.ts';
import { workerStoreWorks } from './worker-store.ts';
import { writingWorks } from './writing.ts';

export const works: readonly Work[] = [
  ...writingWorks,
  ...readingWorks,
  ...growthWorks,
  ...tradeWorks,
  ...interpolatingWorks,
  ...liveWorks,
  ...replayWorks,
  ...mexcWorks,
  ...paperWorks,
  ...sandboxWorks,
  ...workerStoreWorks,
];
