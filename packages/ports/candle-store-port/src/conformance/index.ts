import { appendCases } from './append-cases.ts';
import { careCases } from './care-cases.ts';
import type { CandleStoreCase } from './context.ts';
import { lawCases } from './law-cases.ts';
import { readCases } from './read-cases.ts';
import { writeCases } from './write-cases.ts';

export type { CandleStoreCase, CandleStoreContext } from './context.ts';

/** What every CandleStorePort must do; the harness gives each case an empty store. */
export const candleStoreCases: readonly CandleStoreCase[] = [
  ...writeCases,
  ...appendCases,
  ...readCases,
  ...lawCases,
  ...careCases,
];
