import {
  bucketCeil,
  bucketOpen,
  clipRanges,
  type Interval,
  InvalidInputError,
  InvalidRowError,
  normalizeRanges,
  type Series,
  type SeriesInput,
  seriesKey,
  subtractRanges,
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
  lowerBound,
  observedSeconds,
  sliceColumns,
  validateColumns,
} from '@prate/domain/candles';
import { abortable, type CallOptions } from '@prate/runtime';
import {
  type CandleBatch,
  type CandleQuery,
  type CandleStorePort,
  type CoverageQuery,
  type SeriesBatch,
  type SeriesCoverage,
  StoreClosedError,
  type StoreStats,
  type VerifyReport,
  type WriteResult,
} from '../src/index.ts';

/** One series at one step: a map of rows by open time, each a set of one, with the time that was watched. */
export interface Stored {
  readonly series: Series;
  readonly step: Interval;
  readonly rows: Map<number, CandleColumns>;
  observed: readonly TimeRange[];
}

type Batches = CandleBatch | Iterable<CandleBatch> | AsyncIterable<CandleBatch>;
interface Span {
  readonly series: SeriesInput;
  readonly from: number;
  readonly to: number;
}

const stepMs = (step: Interval): number => (step.seconds as number) * 1000;
const allRows = (stores: Iterable<Stored>): number => [...stores].reduce((sum, { rows }) => sum + rows.size, 0);

/**
 * The port in the plainest way that is right: maps in memory, every answer composed in one piece from all there is.
 * Its small methods are there to be broken by the suite's own tests.
 */
export class FakeCandleStore implements CandleStorePort {
  protected stored: Map<string, Stored> = new Map();
  protected closed: boolean = false;

  protected guard(options?: CallOptions): void {
    options?.signal?.throwIfAborted();
    if (this.closed) throw new StoreClosedError('the store was closed');
  }

  async write(seriesInput: SeriesInput, batches: Batches, options?: CallOptions): Promise<WriteResult> {
    const series = toSeries(seriesInput);
    this.guard(options);
    const gathered: CandleBatch[] = [];
    for await (const batch of abortable('columns' in batches ? [batches] : batches, options?.signal)) {
      this.guard(options);
      this.check(batch);
      gathered.push(this.kept(batch));
    }
    this.guard(options);
    const result = { added: 0, replaced: 0, unchanged: 0 };
    for (const batch of gathered) this.put(series, batch, result);
    return result;
  }

  async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
    this.guard(options);
    const gathered = batches.map((batch) => ({ series: toSeries(batch.series), batch }));
    for (const batch of batches) this.check(batch);
    const result = { added: 0, replaced: 0, unchanged: 0 };
    for (const { series, batch } of gathered) this.put(series, batch, result);
  }

  /** The arrays of a batch may be filled again. */
  protected kept(batch: CandleBatch): CandleBatch {
    return structuredClone(batch);
  }

  protected check({ columns, observed }: CandleBatch): void {
    validateColumns(columns);
    for (const { from, to } of observed ?? []) {
      const whole = from % 1000 === 0 && to % 1000 === 0;
      if (!(whole && from <= to)) throw new InvalidInputError(`not a range of whole seconds: ${from} to ${to}`);
    }
    const excess = columns.coverage.findIndex((seconds) => seconds > (columns.interval.seconds as number));
    if (observed === undefined && excess >= 0) throw new InvalidRowError(excess, 'more coverage than time');
  }

  protected put(series: Series, batch: CandleBatch, result: { -readonly [K in keyof WriteResult]: number }): void {
    const { columns } = batch;
    const stored = this.at(series, columns.interval);
    const watched = this.watched(batch);
    const opens = columns.openTime.subarray(0, columns.length);
    const coverage = observedSeconds(watched, opens, (open) => open + stepMs(columns.interval));
    for (let i = 0; i < columns.length; i += 1) {
      const fresh = sliceColumns({ ...columns, coverage }, i, i + 1);
      const old = stored.rows.get(columns.openTime[i] as number);
      if (old === undefined) result.added += 1;
      else if (!this.wins(fresh, old) || this.same(fresh, old)) {
        result.unchanged += 1;
        continue;
      } else result.replaced += 1;
      stored.rows.set(columns.openTime[i] as number, fresh);
    }
    stored.observed = unionRanges(stored.observed, watched);
    for (const [open, row] of stored.rows) {
      const seconds = observedSeconds(stored.observed, row.openTime, () => open + stepMs(stored.step));
      stored.rows.set(open, { ...row, coverage: seconds });
    }
  }

  protected at(series: Series, step: Interval): Stored {
    const key = `${seriesKey(series)} ${step.text}`;
    const found = this.stored.get(key) ?? { series, step, rows: new Map(), observed: [] };
    this.stored.set(key, found);
    return found;
  }

  protected watched({ columns: { openTime, coverage, length }, observed }: CandleBatch): readonly TimeRange[] {
    const spans = Array.from(openTime.subarray(0, length), (from, i) => ({
      from,
      to: from + (coverage[i] as number) * 1000,
    }));
    return normalizeRanges(observed ?? spans);
  }

  /** Whether a new row may take the place of a stored one. */
  protected wins(fresh: CandleColumns, old: CandleColumns): boolean {
    const [a, b] = [fresh.coverage[0] as number, old.coverage[0] as number];
    return a !== b ? a > b : (fresh.source[0] as number) >= (old.source[0] as number);
  }

  protected same(a: CandleColumns, b: CandleColumns): boolean {
    const both = concatColumns([a, b], a.interval); // on one scale
    const names = ['open', 'high', 'low', 'close', 'volume', 'turnover', 'trades', 'source', 'coverage'] as const;
    return names.every((name) => both[name][0] === both[name][1]);
  }

  /** All that is stored of a series, finest first. */
  protected bases(series: Series): CandleBase[] {
    return this.of(series).map(({ step, rows, observed }) => {
      const sorted = [...rows.keys()].sort((a, b) => a - b).map((open) => rows.get(open) as CandleColumns);
      return { rows: sorted.length === 0 ? emptyColumns(step) : concatColumns(sorted, step), observed };
    });
  }

  protected of(series: Series | null): Stored[] {
    return [...this.stored.values()]
      .filter((one) => series === null || seriesKey(one.series) === seriesKey(series))
      .filter((one) => one.rows.size > 0 || one.observed.length > 0)
      .sort((a, b) => (a.step.seconds as number) - (b.step.seconds as number))
      .sort(
        (a, b) => Number(seriesKey(a.series) > seriesKey(b.series)) - Number(seriesKey(a.series) < seriesKey(b.series)),
      );
  }

  protected checkChoice(name: string, value: string | undefined, known: readonly string[]): void {
    if (value === undefined || known.includes(value)) return;
    throw new InvalidInputError(`${name} must be ${known.join(' or ')}, not ${value}`);
  }

  protected answer(query: CandleQuery): CandleColumns {
    this.checkChoice('fill', query.fill, ['none', 'flat']);
    const interval = toInterval(query.interval);
    if (!(Number.isSafeInteger(query.from) && Number.isSafeInteger(query.to))) throw new InvalidInputError('no time');
    const bases = this.bases(toSeries(query.series));
    const known = bases.flatMap(({ rows, observed }) => [
      ...Array.from(rows.openTime, (from) => ({ from, to: from + stepMs(rows.interval) })),
      ...observed,
    ]);
    const first = bucketOpen(
      interval,
      known.reduce((least, { from }) => Math.min(least, from), Infinity),
    );
    const end = bucketCeil(
      interval,
      known.reduce((most, { to }) => Math.max(most, to), -Infinity),
    );
    const from = query.from <= first ? first : bucketCeil(interval, query.from);
    const to = query.to >= end ? end : bucketCeil(interval, query.to);
    if (known.length === 0 || from >= to) return emptyColumns(interval);
    // from the first that is known, so that the price which stood before the range is known too
    const { columns } = composeCandles(bases, {
      interval,
      from: first,
      to,
      fillFlat: query.fill === 'flat',
      observedOnly: query.observedOnly ?? false,
      interpolation: query.interpolation,
      carry: null,
    });
    return sliceColumns(columns, lowerBound(columns.openTime, from, columns.length), columns.length);
  }

  async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
    this.guard(options);
    const columns = this.answer(query);
    for (let row = 0; row < columns.length; row += 1000) {
      this.guard(options);
      yield sliceColumns(columns, row, Math.min(row + 1000, columns.length));
    }
    this.guard(options);
  }

  async readColumns(query: CandleQuery, options?: CallOptions): Promise<CandleColumns> {
    this.guard(options);
    return this.answer(query);
  }

  async series(options?: CallOptions): Promise<readonly Series[]> {
    this.guard(options);
    const found = new Map(this.of(null).map(({ series }) => [seriesKey(series), series]));
    return [...found.keys()].sort().map((key) => found.get(key) as Series);
  }

  async coverage(query: CoverageQuery = {}, options?: CallOptions): Promise<readonly SeriesCoverage[]> {
    this.guard(options);
    const { from = -Infinity, to = Infinity } = query;
    if (Number.isNaN(from) || Number.isNaN(to)) throw new InvalidInputError('no time');
    return this.of(query.series === undefined ? null : toSeries(query.series))
      .map(({ series, step, rows, observed }) => ({
        series,
        step,
        rows: [...rows.keys()].filter((open) => open >= from && open < to).length,
        observed: clipRanges(observed, from, to),
      }))
      .filter((entry) => entry.rows > 0 || entry.observed.length > 0);
  }

  async delete({ series, from, to }: Span, options?: CallOptions): Promise<number> {
    this.guard(options);
    if (Number.isNaN(from) || Number.isNaN(to)) throw new InvalidInputError('no time');
    const before = this.of(toSeries(series));
    const count = allRows(before);
    for (const stored of before) {
      const { step, rows } = stored;
      for (const open of rows.keys()) if (open >= from && open < to) rows.delete(open);
      const hole = {
        from: Number.isFinite(from) ? bucketCeil(step, from) : from,
        to: Number.isFinite(to) ? bucketCeil(step, to) : to,
      };
      if (hole.from < hole.to) stored.observed = subtractRanges(stored.observed, [hole]);
    }
    return count - allRows(before);
  }

  async verify(options?: CallOptions): Promise<VerifyReport> {
    this.guard(options);
    return { blocks: this.of(null).length, rows: allRows(this.of(null)), faults: [] };
  }

  async stats(options?: CallOptions): Promise<StoreStats> {
    this.guard(options);
    const rows = allRows(this.of(null));
    return { bytes: rows * 80, rows, blocks: this.of(null).length, series: (await this.series()).length };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
