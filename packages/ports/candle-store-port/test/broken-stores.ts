import { type Series, type SeriesInput, seriesKey, type TimeRange, toInterval } from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  columnsFromCandles,
  rowsOf,
  sliceColumns,
  toInterpolation,
} from '@prate/domain/candles';
import type { CallOptions } from '@prate/runtime';
import { ConformanceError } from '@prate/runtime/conformance';
import type {
  CandleBatch,
  CandleQuery,
  CandleStorePort,
  ReadColumnsOptions,
  SeriesBatch,
  SeriesCoverage,
  StoreStats,
  WriteResult,
} from '../src/index.ts';
import { FakeCandleStore, type Stored } from './fake-candle-store.ts';

type WriteArguments = Parameters<CandleStorePort['write']>;
type DeleteArguments = Parameters<CandleStorePort['delete']>;

/** A right answer, then spoiled. */
abstract class Spoiled extends FakeCandleStore {
  protected abstract spoil(columns: CandleColumns, query: CandleQuery): CandleColumns;
  protected override answer(query: CandleQuery): CandleColumns {
    return this.spoil(super.answer(query), query);
  }
}

/** Bases changed before they are composed. */
abstract class OtherBases extends FakeCandleStore {
  protected abstract change(bases: CandleBase[]): CandleBase[];
  protected override bases(series: Series): CandleBase[] {
    return this.change(super.bases(series));
  }
}

const without = (columns: CandleColumns, drop: (openTime: number) => boolean): CandleColumns => {
  const rows = [...rowsOf(columns)].filter((row) => !drop(row.openTime));
  return columnsFromCandles(
    rows.map((row) => ({ ...row, source: 'TRADES' as const })),
    columns.interval,
  );
};

/** Stores with one thing broken each, and the case made for it. */
export const BROKEN: readonly (readonly [id: string, what: string, Broken: new () => CandleStorePort])[] = [
  [
    'CS-C10',
    'that takes unknown turnover for 0',
    class extends Spoiled {
      protected spoil(columns: CandleColumns): CandleColumns {
        return {
          ...columns,
          turnover: columns.turnover.map((value: number | bigint) => (value === -1 ? 0 : value) as never),
        };
      }
    },
  ],
  [
    'CS-C10',
    'that rounds prices to a cent',
    class extends Spoiled {
      protected spoil(columns: CandleColumns): CandleColumns {
        return columnsFromCandles(
          [...rowsOf(columns)].map((row) => ({ ...row, open: row.open.toFixed(1), source: 'EXCHANGE' as const })),
          columns.interval,
        );
      }
    },
  ],
  [
    'CS-C12',
    'that keeps sums as doubles',
    class extends Spoiled {
      protected spoil(columns: CandleColumns): CandleColumns {
        return { ...columns, volume: Float64Array.from(columns.volume as Float64Array, Number) };
      }
    },
  ],
  [
    'CS-C14',
    'that forgets to rescale what joins',
    class extends FakeCandleStore {
      #decimals: number | null = null;
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        this.#decimals ??= batch.columns.priceDecimals;
        super.put(series, { ...batch, columns: { ...batch.columns, priceDecimals: this.#decimals } }, result);
      }
    },
  ],
  [
    'CS-C20',
    'that counts every stored row as replaced',
    class extends FakeCandleStore {
      protected override same(): boolean {
        return false;
      }
    },
  ],
  [
    'CS-C20',
    'that keeps the first value',
    class extends FakeCandleStore {
      protected override wins(): boolean {
        return false;
      }
    },
  ],
  [
    'CS-C22',
    'that only appends',
    class extends FakeCandleStore {
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        const last = Math.max(0, ...this.at(series, batch.columns.interval).rows.keys());
        if ((batch.columns.openTime[0] as number) > last) super.put(series, batch, result);
      }
    },
  ],
  [
    'CS-C24',
    'that ignores the coverage of rows',
    class extends FakeCandleStore {
      protected override watched({ columns, observed }: CandleBatch): readonly TimeRange[] {
        const full = columns.coverage.map(() => columns.interval.seconds as number);
        return super.watched({ columns: { ...columns, coverage: full }, observed });
      }
    },
  ],
  [
    'CS-C24',
    'that keeps the watched time of the last write alone',
    class extends FakeCandleStore {
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        this.at(series, batch.columns.interval).observed = [];
        super.put(series, batch, result);
      }
    },
  ],
  [
    'CS-C26',
    'that takes watched ranges as they come',
    class extends FakeCandleStore {
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        super.put(series, batch, result);
        if (batch.observed !== undefined) this.at(series, batch.columns.interval).observed = batch.observed;
      }
    },
  ],
  [
    'CS-C26',
    'that forgets watched time without rows',
    class extends FakeCandleStore {
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        if (batch.columns.length > 0) super.put(series, batch, result);
      }
    },
  ],
  [
    'CS-C28',
    'that looks at its batches when all have come',
    class extends FakeCandleStore {
      protected override kept(batch: CandleBatch): CandleBatch {
        return batch;
      }
    },
  ],
  [
    'CS-C30',
    'where the later source wins',
    class extends FakeCandleStore {
      protected override wins(fresh: CandleColumns, old: CandleColumns): boolean {
        return (fresh.coverage[0] as number) >= (old.coverage[0] as number);
      }
    },
  ],
  [
    'CS-C32',
    'where TRADES wins over watched time',
    class extends FakeCandleStore {
      protected override wins(fresh: CandleColumns, old: CandleColumns): boolean {
        return (fresh.source[0] as number) >= (old.source[0] as number);
      }
    },
  ],
  [
    'CS-C34',
    'that writes its batches last first',
    class extends FakeCandleStore {
      override async write(series: WriteArguments[0], batches: WriteArguments[1]): Promise<WriteResult> {
        return super.write(series, Array.isArray(batches) ? batches.toReversed() : batches);
      }
    },
  ],
  [
    'CS-C36',
    'that clears the watched time before it writes',
    class extends FakeCandleStore {
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        const { rows } = this.at(series, batch.columns.interval);
        for (const { from, to } of batch.observed ?? []) {
          for (const open of rows.keys()) if (open >= from && open < to) rows.delete(open);
        }
        super.put(series, batch, result);
      }
    },
  ],
  [
    'CS-C40',
    'that stores INTERPOLATED rows',
    class extends FakeCandleStore {
      protected override check(): void {}
    },
  ],
  [
    'CS-C42',
    'that checks nothing',
    class extends FakeCandleStore {
      protected override check(): void {}
    },
  ],
  [
    'CS-C44',
    'that checks rows but not what was watched',
    class extends FakeCandleStore {
      protected override check({ columns }: CandleBatch): void {
        super.check({ columns, observed: [] });
      }
    },
  ],
  [
    'CS-C50',
    'that writes batch by batch',
    class extends FakeCandleStore {
      override async write(series: SeriesInput, batches: WriteArguments[1]): Promise<WriteResult> {
        let last: WriteResult = { added: 0, replaced: 0, unchanged: 0 };
        for await (const batch of 'columns' in batches ? [batches] : batches) last = await super.write(series, batch);
        return last;
      }
    },
  ],
  [
    'CS-C52',
    'that takes arrays alone',
    class extends FakeCandleStore {
      override async write(series: SeriesInput, batches: WriteArguments[1]): Promise<WriteResult> {
        return super.write(series, Array.isArray(batches) || 'columns' in batches ? batches : []);
      }
    },
  ],
  [
    'CS-C52',
    'that makes a series of an empty batch',
    class extends FakeCandleStore {
      protected override of(series: Series | null): Stored[] {
        return [...this.stored.values()].filter(
          (one) => series === null || seriesKey(one.series) === seriesKey(series),
        );
      }
    },
  ],
  [
    'CS-C54',
    'that stops gathering at an abort and keeps what it has',
    class extends FakeCandleStore {
      override async write(
        series: SeriesInput,
        batches: WriteArguments[1],
        options?: CallOptions,
      ): Promise<WriteResult> {
        for await (const batch of 'columns' in batches ? [batches] : batches) await super.write(series, batch, options);
        return { added: 0, replaced: 0, unchanged: 0 };
      }
    },
  ],
  [
    'CS-C60',
    'that keys by symbol alone',
    class extends FakeCandleStore {
      protected override at(series: Series, step: Stored['step']): Stored {
        return super.at({ ...series, venue: 'default' }, step);
      }
    },
  ],
  [
    'CS-C70',
    'that appends all to the series of the first batch',
    class extends FakeCandleStore {
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        const series = batches[0]?.series ?? '';
        await super.append(
          batches.map((batch) => ({ ...batch, series })),
          options,
        );
      }
    },
  ],
  [
    'CS-C70',
    'that shows what was appended only after the next one',
    class extends FakeCandleStore {
      #late: readonly SeriesBatch[] = [];
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        const late = this.#late;
        this.#late = batches;
        await super.append(late, options);
      }
    },
  ],
  [
    'CS-C72',
    'that forgets what was watched while it was quiet',
    class extends FakeCandleStore {
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        await super.append(
          batches.filter(({ columns }) => columns.length > 0),
          options,
        );
      }
    },
  ],
  [
    'CS-C72',
    'that loses an append now and then',
    class extends FakeCandleStore {
      #count = 0;
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        this.#count += 1;
        if (this.#count % 64 !== 0) await super.append(batches, options);
      }
    },
  ],
  [
    'CS-C74',
    'that lays what was appended over what was written later',
    class extends FakeCandleStore {
      #appended: SeriesBatch[] = [];
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        this.#appended.push(...batches);
        await super.append(batches, options);
      }
      override async write(...[series, batches, options]: WriteArguments): Promise<WriteResult> {
        const result = await super.write(series, batches, options);
        await super.append(this.#appended);
        return result;
      }
    },
  ],
  [
    'CS-C74',
    'that counts what was appended as new',
    class extends FakeCandleStore {
      #appended = false;
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        this.#appended = true;
        await super.append(batches, options);
      }
      override async write(...[series, batches, options]: WriteArguments): Promise<WriteResult> {
        const result = await super.write(series, batches, options);
        return this.#appended ? { ...result, added: result.replaced, replaced: 0 } : result;
      }
    },
  ],
  [
    'CS-C76',
    'that keeps the good batches of a bad append',
    class extends FakeCandleStore {
      override async append(batches: readonly SeriesBatch[], options?: CallOptions): Promise<void> {
        for (const batch of batches) await super.append([batch], options);
      }
    },
  ],
  [
    'CS-C100',
    'that begins with the bucket that holds `from`',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, from: query.from - 1000 });
      }
    },
  ],
  [
    'CS-C102',
    'that takes any number for a time',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, from: Number.isNaN(query.from) ? 0 : query.from });
      }
    },
  ],
  [
    'CS-C104',
    'whose batches overlap by a row',
    class extends FakeCandleStore {
      override async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
        for await (const batch of super.read(query, options)) {
          yield batch;
          if (batch.length > 1) yield sliceColumns(batch, batch.length - 1, batch.length);
        }
      }
    },
  ],
  [
    'CS-C105',
    'that cuts its answer where the caller’s arrays end',
    class extends FakeCandleStore {
      override async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
        const columns = await super.readColumns(query, options);
        return sliceColumns(columns, 0, Math.min(columns.length, options?.into?.openTime.length ?? columns.length));
      }
    },
  ],
  [
    'CS-C105',
    'that puts made rows into the caller’s arrays and leaves what was there where a flat row has no volume',
    class extends FakeCandleStore {
      override async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
        const columns = await super.readColumns(query, options);
        const { into } = options ?? {};
        if (into === undefined || query.fill !== 'flat') return columns;
        const { volume } = into;
        return {
          ...columns,
          volume: Float64Array.from(columns.volume as Float64Array, (amount, i) => amount || volume[i] || 1),
        };
      }
    },
  ],
  [
    'CS-C105',
    'that gives the rows it keeps as an answer, and later puts another there',
    class extends FakeCandleStore {
      #kept: CandleColumns | null = null;
      override async readColumns(query: CandleQuery, options?: ReadColumnsOptions): Promise<CandleColumns> {
        const columns = await super.readColumns(query, options);
        if (query.series !== 'MADE') return columns;
        if (options?.into !== undefined) this.#kept?.close.fill(5);
        this.#kept = columns;
        return columns;
      }
    },
  ],
  [
    'CS-C106',
    'that looks at the signal at the start alone',
    class extends FakeCandleStore {
      override async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
        this.guard(options);
        yield* super.read(query);
      }
    },
  ],
  [
    'CS-C106',
    'that uses the memory of a batch again',
    class extends FakeCandleStore {
      override async *read(query: CandleQuery, options?: CallOptions): AsyncGenerator<CandleColumns> {
        for await (const batch of super.read(query, options)) {
          yield batch;
          batch.close.fill(0);
        }
      }
      override async delete(query: DeleteArguments[0]): Promise<number> {
        for (const { rows } of this.stored.values()) for (const row of rows.values()) row.close.fill(0);
        return super.delete(query);
      }
    },
  ],
  [
    'CS-C108',
    'that knows no time before 1970',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, from: Math.max(0, query.from) });
      }
    },
  ],
  [
    'CS-C110',
    'whose seconds lose a trade',
    class extends Spoiled {
      protected spoil(columns: CandleColumns, { interval }: CandleQuery): CandleColumns {
        if (interval !== '1s') return columns;
        return { ...columns, trades: columns.trades.map((count) => Math.min(count, 1)) };
      }
    },
  ],
  [
    'CS-C111',
    'that knows one model',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, interpolation: 'linear' });
      }
    },
  ],
  [
    'CS-C111',
    'that draws with one seed',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        const { model } = toInterpolation(query.interpolation);
        return super.answer({ ...query, interpolation: model });
      }
    },
  ],
  [
    'CS-C111',
    'that draws anew for each query',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        const { model, seed } = toInterpolation(query.interpolation);
        return super.answer({
          ...query,
          interpolation: { model, seed: (seed + Math.abs(query.from) / 1000) % 2 ** 32 },
        });
      }
    },
  ],
  [
    'CS-C112',
    'that calls every bucket fully covered',
    class extends Spoiled {
      protected spoil(columns: CandleColumns): CandleColumns {
        return { ...columns, coverage: columns.coverage.map(() => columns.interval.seconds as number) };
      }
    },
  ],
  [
    'CS-C114',
    'that begins its buckets at the first row',
    class extends Spoiled {
      protected spoil(columns: CandleColumns, { interval }: CandleQuery): CandleColumns {
        return interval === '7s' ? { ...columns, openTime: columns.openTime.map((open) => open + 1000) } : columns;
      }
    },
  ],
  [
    'CS-C116',
    'whose weeks begin on Thursday, as the epoch did',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, interval: query.interval === '1w' ? '7d' : query.interval });
      }
    },
  ],
  [
    'CS-C120',
    'that prefers the coarsest candle',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.slice(-1);
      }
    },
  ],
  [
    'CS-C122',
    'that knows its finest data alone',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.slice(0, 1);
      }
    },
  ],
  [
    'CS-C122',
    'that makes seconds where finer data exists',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        const fine = super.answer(query);
        const { stored } = this;
        this.stored = new Map([...stored].filter(([, { step }]) => step.text !== '1s'));
        const coarse = super.answer(query);
        this.stored = stored;
        return coarse.length > fine.length ? coarse : fine;
      }
    },
  ],
  [
    'CS-C124',
    'that calls a partly watched bucket whole',
    class extends Spoiled {
      protected spoil(columns: CandleColumns): CandleColumns {
        return { ...columns, coverage: columns.coverage.map(() => columns.interval.seconds as number) };
      }
    },
  ],
  [
    'CS-C126',
    'that knows two steps alone',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.length === 3 ? [bases[0] as CandleBase, bases[2] as CandleBase] : bases;
      }
    },
  ],
  [
    'CS-C128',
    'that rounds sums of five minutes',
    class extends Spoiled {
      protected spoil(columns: CandleColumns, { interval }: CandleQuery): CandleColumns {
        if (toInterval(interval).text !== '1m') return columns;
        return { ...columns, turnover: columns.turnover.map((value: number | bigint) => (Number(value) + 1) as never) };
      }
    },
  ],
  [
    'CS-C130',
    'that fills unobserved seconds too',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.map((base) => {
          const [first, last] = [base.observed[0], base.observed.at(-1)];
          return first === undefined || last === undefined
            ? base
            : { ...base, observed: [{ from: first.from, to: last.to }] };
        });
      }
    },
  ],
  [
    'CS-C130',
    'that fills nothing',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, fill: 'none' });
      }
    },
  ],
  [
    'CS-C132',
    'that counts rows as covered, and quiet time not',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.map((base) => {
          const spans = Array.from(base.rows.openTime, (from) => ({ from, to: from + 1000 }));
          return { ...base, observed: spans };
        });
      }
    },
  ],
  [
    'CS-C134',
    'that looks for the last price in the range alone',
    class extends FakeCandleStore {
      protected override bases(series: Series): CandleBase[] {
        return super.bases(series).map((base) => ({ ...base, rows: without(base.rows, () => this.#hides) }));
      }
      #hides = false;
      protected override answer(query: CandleQuery): CandleColumns {
        this.#hides = query.fill === 'flat';
        return super.answer(query);
      }
    },
  ],
  [
    'CS-C136',
    'that does not hear observedOnly',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer({ ...query, observedOnly: false });
      }
    },
  ],
  [
    'CS-C138',
    'that fills its finest step alone',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer(query.interval === '1m' ? query : { ...query, fill: 'none' });
      }
    },
  ],
  [
    'CS-C138',
    'that takes quiet time for made up',
    class extends FakeCandleStore {
      protected override answer(query: CandleQuery): CandleColumns {
        return super.answer(query.observedOnly === true ? { ...query, fill: 'none' } : query);
      }
    },
  ],
  [
    'CS-C140',
    'that adds up the turnover that it knows',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.map(({ rows, observed }) => {
          const turnover = Float64Array.from(rows.turnover as Float64Array, (value) => Math.max(0, Number(value)));
          return { observed, rows: { ...rows, turnover } };
        });
      }
    },
  ],
  [
    'CS-C142',
    'that takes a quiet slot for whole whatever finer rows say',
    class extends OtherBases {
      protected change(bases: CandleBase[]): CandleBase[] {
        return bases.filter(({ rows }) => (rows.interval.seconds as number) < 60);
      }
    },
  ],
  [
    'CS-C200',
    'that lists the coarsest first',
    class extends FakeCandleStore {
      override async coverage(...args: Parameters<CandleStorePort['coverage']>): Promise<readonly SeriesCoverage[]> {
        return [...(await super.coverage(...args))].reverse();
      }
    },
  ],
  [
    'CS-C200',
    'that does not clip the watched time',
    class extends FakeCandleStore {
      override async coverage({
        series,
      }: Parameters<FakeCandleStore['coverage']>[0] = {}): Promise<readonly SeriesCoverage[]> {
        return super.coverage({ series });
      }
    },
  ],
  [
    'CS-C210',
    'that deletes at the finest step alone',
    class extends FakeCandleStore {
      override async delete(query: DeleteArguments[0]): Promise<number> {
        const { stored } = this;
        this.stored = new Map([...stored].filter(([, { step }]) => step.text === '1s'));
        const count = await super.delete(query);
        this.stored = stored;
        return count;
      }
    },
  ],
  [
    'CS-C210',
    'that leaves deleted time watched',
    class extends FakeCandleStore {
      override async delete(query: DeleteArguments[0]): Promise<number> {
        const before = [...this.stored.values()].map((stored) => ({ stored, observed: stored.observed }));
        const count = await super.delete(query);
        for (const { stored, observed } of before) stored.observed = observed;
        return count;
      }
    },
  ],
  [
    'CS-C212',
    'that deletes what overlaps the range',
    class extends FakeCandleStore {
      override async delete({ series, from, to }: DeleteArguments[0]): Promise<number> {
        return super.delete({ series, from: from - 1000, to });
      }
    },
  ],
  [
    'CS-C212',
    'that takes the ends in any order',
    class extends FakeCandleStore {
      override async delete({ series, from, to }: DeleteArguments[0]): Promise<number> {
        return super.delete({ series, from: Math.min(from, to), to: Math.max(from, to) });
      }
    },
  ],
  [
    'CS-C214',
    'that remembers a series of which nothing is left',
    class extends FakeCandleStore {
      readonly #seen = new Map<string, Series>();
      protected override put(series: Series, batch: CandleBatch, result: WriteResult): void {
        this.#seen.set(seriesKey(series), series);
        super.put(series, batch, result);
      }
      override async series(): Promise<readonly Series[]> {
        return [...this.#seen.values()];
      }
    },
  ],
  [
    'CS-C220',
    'whose counts are made up',
    class extends FakeCandleStore {
      override async stats(options?: CallOptions): Promise<StoreStats> {
        return { ...(await super.stats(options)), rows: 7 };
      }
    },
  ],
  [
    'CS-C230',
    'that closes only once',
    class extends FakeCandleStore {
      override async close(): Promise<void> {
        if (this.closed) throw new ConformanceError('closed already');
        this.closed = true;
      }
    },
  ],
  [
    'CS-C230',
    'that appends after its end',
    class extends FakeCandleStore {
      override async append(): Promise<void> {}
    },
  ],
  [
    'CS-C230',
    'that lists series after its end',
    class extends FakeCandleStore {
      override async series(): Promise<readonly Series[]> {
        return [];
      }
    },
  ],
  [
    'CS-C240',
    'that deletes in spite of an abort',
    class extends FakeCandleStore {
      override async delete(query: DeleteArguments[0], options?: CallOptions): Promise<number> {
        const count = await super.delete(query);
        this.guard(options);
        return count;
      }
    },
  ],
  [
    'CS-C240',
    'that hears no signal',
    class extends FakeCandleStore {
      protected override guard(): void {
        super.guard();
      }
    },
  ],
  [
    'CS-C242',
    'that calls an abort a success',
    class extends FakeCandleStore {
      override async write(...[series, batches, options]: WriteArguments): Promise<WriteResult> {
        try {
          return await super.write(series, batches, options);
        } catch (error) {
          if (options?.signal?.aborted) return { added: 0, replaced: 0, unchanged: 0 };
          throw error;
        }
      }
    },
  ],
  [
    'CS-C250',
    'that takes any word',
    class extends FakeCandleStore {
      protected override checkChoice(): void {}
    },
  ],
];
