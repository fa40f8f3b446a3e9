import type {
  CandleBatch,
  CandleQuery,
  CandleStorePort,
  CoverageQuery,
  SeriesBatch,
  SeriesCoverage,
  StoreStats,
  VerifyReport,
  WriteResult,
} from '@prate/candle-store-port';
import {
  bucketCeil,
  clipRanges,
  normalizeRanges,
  type Series,
  type SeriesInput,
  seriesKey,
  type TimeRange,
  toInterval,
  toSeries,
  unionRanges,
} from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  composeCandles,
  concatColumns,
  emptyColumns,
  observedSeconds,
  rowAt,
  sliceColumns,
  validateColumns,
} from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';

interface Counts {
  added: number;
  replaced: number;
  unchanged: number;
}

interface Kept {
  readonly series: Series;
  /** By the text of their step. */
  readonly bases: Map<string, CandleBase>;
}

/** A small store in memory that follows the port's rules for writing and reading, and can be told to wait or to fail. */
export class FakeStore implements CandleStorePort {
  readonly #kept = new Map<string, Kept>();
  readonly queries: CandleQuery[] = [];
  readonly written: { readonly series: Series; readonly rows: number; readonly observed: readonly TimeRange[] }[] = [];
  /** Thrown once, by the next call of that name. */
  failure: { readonly method: 'write' | 'read'; readonly error: Error } | null = null;
  /** What reads have found is given only after this resolves. */
  readsWaitFor: Promise<void> = Promise.resolve();
  writesWaitFor: Promise<void> = Promise.resolve();

  async write(
    input: SeriesInput,
    batches: CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>,
    options?: CallOptions,
  ): Promise<WriteResult> {
    const series = toSeries(input);
    options?.signal?.throwIfAborted();
    const gathered: CandleBatch[] = [];
    for await (const batch of 'columns' in batches ? [batches] : batches) {
      validateColumns(batch.columns);
      gathered.push(structuredClone(batch));
    }
    await this.writesWaitFor;
    this.#failOnce('write');
    const result = { added: 0, replaced: 0, unchanged: 0 };
    for (const batch of gathered) this.#put(series, batch, result);
    return result;
  }

  #put(series: Series, { columns, observed }: CandleBatch, result: Counts): void {
    const incoming = withCoverage(columns, normalizeRanges(observed ?? ownSpans(columns)));
    const { bases } = this.#of(series);
    const step = columns.interval;
    bases.set(step.text, merge(bases.get(step.text) ?? { rows: emptyColumns(step), observed: [] }, incoming, result));
    this.written.push({ series, rows: columns.length, observed: incoming.observed });
  }

  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    for (const { columns } of batches) validateColumns(columns);
    await this.writesWaitFor;
    this.#failOnce('write');
    for (const batch of batches) this.#put(toSeries(batch.series), batch, { added: 0, replaced: 0, unchanged: 0 });
  }

  async readColumns(query: CandleQuery, options?: CallOptions): Promise<CandleColumns> {
    options?.signal?.throwIfAborted();
    this.queries.push(query);
    const interval = toInterval(query.interval);
    const bases = this.#sorted(toSeries(query.series));
    const { columns } = composeCandles(bases, {
      interval,
      from: bucketCeil(interval, query.from),
      to: bucketCeil(interval, query.to),
      fillFlat: query.fill === 'flat',
      observedOnly: query.observedOnly ?? false,
      interpolation: query.interpolation,
      carry: null,
    });
    await this.readsWaitFor;
    this.#failOnce('read');
    return columns;
  }

  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    yield await this.readColumns(query, options);
  }

  async series(): Promise<readonly Series[]> {
    return [...this.#kept.values()].map(({ series }) => series);
  }

  async coverage({ series, from = -Infinity, to = Infinity }: CoverageQuery = {}): Promise<readonly SeriesCoverage[]> {
    const wanted = series === undefined ? [...this.#kept.values()] : [this.#of(toSeries(series))];
    return wanted.flatMap((kept) =>
      this.#sorted(kept.series).map(({ rows, observed }) => ({
        series: kept.series,
        step: rows.interval,
        rows: rows.length,
        observed: clipRanges(observed, from, to),
      })),
    );
  }

  async delete(): Promise<number> {
    throw new TypeError('this fake deletes nothing');
  }

  async verify(): Promise<VerifyReport> {
    throw new TypeError('this fake has nothing to verify');
  }

  async stats(): Promise<StoreStats> {
    throw new TypeError('this fake counts nothing');
  }

  async close(): Promise<void> {}

  #failOnce(method: 'write' | 'read'): void {
    if (this.failure?.method !== method) return;
    const { error } = this.failure;
    this.failure = null;
    throw error;
  }

  #of(series: Series): Kept {
    const key = seriesKey(series);
    const kept = this.#kept.get(key) ?? { series, bases: new Map<string, CandleBase>() };
    this.#kept.set(key, kept);
    return kept;
  }

  /** Finest first. */
  #sorted(series: Series): CandleBase[] {
    const seconds = ({ rows }: CandleBase): number => rows.interval.seconds ?? Number.POSITIVE_INFINITY;
    return [...this.#of(series).bases.values()].sort((a, b) => seconds(a) - seconds(b));
  }
}

const withCoverage = (rows: CandleColumns, observed: readonly TimeRange[]): CandleBase => {
  const stepMs = (rows.interval.seconds ?? 0) * 1000;
  return { rows: { ...rows, coverage: observedSeconds(observed, rows.openTime, (open) => open + stepMs) }, observed };
};

const ownSpans = ({ openTime, coverage }: CandleColumns): TimeRange[] =>
  Array.from(openTime, (from, i) => ({ from, to: from + (coverage[i] ?? 0) * 1000 }));

/** The better watched row stays, then TRADES before EXCHANGE, then the later one; watched time adds up. */
function merge(stored: CandleBase, incoming: CandleBase, counts: Counts): CandleBase {
  const step = incoming.rows.interval;
  const opens = [...new Set([...stored.rows.openTime, ...incoming.rows.openTime])].sort((a, b) => a - b);
  const rows = opens.map((open) => {
    const [old, fresh] = [rowOf(stored, open), rowOf(incoming, open)];
    if (fresh === null) return old ?? emptyColumns(step);
    if (old === null) {
      counts.added += 1;
      return fresh;
    }
    const [a, b] = [rank(old), rank(fresh)];
    if (b < a || text(old) === text(fresh)) {
      counts.unchanged += 1;
      return old;
    }
    counts.replaced += 1;
    return fresh;
  });
  return withCoverage(concatColumns(rows, step), unionRanges(stored.observed, incoming.observed));
}

function rowOf(base: CandleBase, open: number): CandleColumns | null {
  const row = rowAt(base, open);
  return row < 0 ? null : sliceColumns(base.rows, row, row + 1);
}

const rank = (row: CandleColumns): number => (row.coverage[0] ?? 0) * 10 + (row.source[0] ?? 0);

const text = (row: CandleColumns): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
