/** Answers on their way out of a worker: their arrays are handed over, not copied. */
import type { CandleQuery } from '@prate/candle-store-port';
import { type Interval, type Series, toInterval, toSeries } from '@prate/domain';
import type { CandleBuffers, CandleColumns } from '@prate/domain/candles';

/** A query that can be sent, its series and interval checked. */
export interface PlainQuery extends CandleQuery {
  readonly series: Series;
  readonly interval: Interval;
}

/** Columns whose interval the asker knows. */
export type WireColumns = Omit<CandleColumns, 'interval'>;

/** What CandleBuffers hold. */
export type Buffers = Omit<CandleBuffers, 'makeRoom'>;

const ARRAYS = [
  'openTime',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'trades',
  'source',
  'coverage',
] as const;

/** @throws InvalidInputError for a series or an interval that is none */
export function plainQuery(query: CandleQuery): PlainQuery {
  const { from, to, fill, observedOnly, interpolation } = query;
  const [series, interval] = [toSeries(query.series), toInterval(query.interval)];
  return { series, interval, from, to, fill, observedOnly, interpolation };
}

/** The memory of arrays that nobody else uses. */
export function memoryOf(...sets: (Buffers | WireColumns | null)[]): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const set of sets) if (set !== null) for (const name of ARRAYS) found.add(set[name].buffer as ArrayBuffer);
  return [...found];
}

export const wireColumns = ({ interval: _, ...columns }: CandleColumns): WireColumns => columns;

/** The same rows in memory of their own: a batch of a read may be a view on what the next one is made of. */
export function copyColumns(columns: CandleColumns): WireColumns {
  const copy = Object.fromEntries(ARRAYS.map((name) => [name, columns[name].slice(0, columns.length)]));
  return { ...wireColumns(columns), ...copy };
}
