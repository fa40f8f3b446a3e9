import type { CoverageQuery, SeriesCoverage, StoreStats, VerifyReport, WriteResult } from '@prate/candle-store-port';
import type { Series } from '@prate/domain';
import type { StoreOptions } from '../sqlite-candle-store.ts';
import type { WireError } from './errors.ts';
import type { Packet } from './packet.ts';
import type { Buffers, PlainQuery, WireColumns } from './wire-columns.ts';

/** What a worker is started with. */
export interface WorkerPlace {
  readonly file: string;
  readonly options: StoreOptions;
}

/** What a worker is asked, one thing at a time, and what it answers. */
export interface Tasks {
  /** The first: opens the store. */
  readonly open: { readonly ask: object; readonly answer: null };
  readonly append: { readonly ask: { readonly packet: Packet }; readonly answer: null };
  /** One batch of a write; its first begins it. Answered when the batch is packed, or, if it is the last, when all is kept. */
  readonly batch: {
    readonly ask: {
      readonly write: number;
      readonly series: Series;
      readonly packet: Packet;
      readonly isLast: boolean;
    };
    readonly answer: WriteResult | null;
  };
  /** After the last batch, where that was not known to be it. */
  readonly end: { readonly ask: { readonly write: number; readonly series: Series }; readonly answer: WriteResult };
  /** Forgets a write that was begun. */
  readonly drop: { readonly ask: { readonly write: number }; readonly answer: null };
  readonly columns: {
    readonly ask: { readonly query: PlainQuery; readonly into: Buffers | null };
    readonly answer: WireColumns;
  };
  /** The next batch of a read; its first begins it. Null after the last. */
  readonly next: {
    readonly ask: { readonly read: number; readonly query: PlainQuery };
    readonly answer: WireColumns | null;
  };
  readonly stop: { readonly ask: { readonly read: number }; readonly answer: null };
  readonly series: { readonly ask: object; readonly answer: readonly Series[] };
  readonly coverage: { readonly ask: { readonly query: CoverageQuery }; readonly answer: readonly SeriesCoverage[] };
  readonly delete: {
    readonly ask: { readonly series: Series; readonly from: number; readonly to: number };
    readonly answer: number;
  };
  readonly verify: { readonly ask: object; readonly answer: VerifyReport };
  readonly stats: { readonly ask: object; readonly answer: StoreStats };
  readonly close: { readonly ask: object; readonly answer: null };
}

export type TaskKind = keyof Tasks;
export type Task<K extends TaskKind = TaskKind> = { [N in K]: { readonly kind: N } & Tasks[N]['ask'] }[K];

/** Memory that was lent with the task comes back with its answer. */
export interface Lent {
  readonly packet: ArrayBuffer | null;
  readonly into: Buffers | null;
}

/** How far a task has come, before its answer. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type Answer<K extends TaskKind = TaskKind> =
  | { readonly ok: true; readonly value: Tasks[K]['answer']; readonly lent: Lent }
  | { readonly ok: false; readonly error: WireError; readonly lent: Lent };
