import type { Logger } from '@prate/runtime';
import type { WorkerCandleStore } from '@prate/sqlite-store/worker';
import type { EndPolicy, Strategy } from '@prate/strategy-runner';
import type { Settings } from '../config.ts';
import type { Secrets } from '../secrets.ts';
import type { Source, SourceOptions } from '../sources.ts';
import type { SessionAccount } from './session-account.ts';

export interface UpOptions extends SourceOptions {
  readonly db?: string;
  readonly json?: true;
  readonly strategy: string;
  /** Of a new account. */
  readonly balance?: string;
  /** Market time per real time; a file without it is played as fast as it goes. */
  readonly speed?: number;
  /** Ends the session after so many ms. */
  readonly for?: number;
  /** So many ms of the past are fetched at the start; 0 for none. */
  readonly history: number;
  readonly atEnd: EndPolicy;
  readonly port?: number;
  /** False: no page is served. */
  readonly page: boolean;
  /** A file for the report; false for none; default: one among the reports beside the database. */
  readonly report?: string | false;
}

export interface UpParts {
  readonly options: UpOptions;
  readonly settings: Settings;
  readonly log: Logger;
  /** What no line of the log may hold; the page's tokens join them. */
  readonly secrets: Secrets;
  readonly strategy: Strategy;
  /** These two are closed by who opened them. */
  readonly store: WorkerCandleStore;
  readonly source: Source;
  /** Null for a played market: its account is of this session alone. */
  readonly account: SessionAccount | null;
}
