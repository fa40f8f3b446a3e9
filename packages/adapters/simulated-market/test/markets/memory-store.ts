import type { CandleQuery, CandleStorePort, SeriesCoverage } from '@prate/candle-store-port';
import { type CandleColumns, type TimeRange, toInterval, toSeries } from '@prate/domain';
import { type CandleInput, columnsFromCandles, lowerBound, resample, sliceColumns } from '@prate/domain/candles';

type Readable = Pick<CandleStorePort, 'read' | 'readColumns' | 'coverage'>;

/** As much of a candle store as a market reads: candles of one interval, given out in batches of `batchRows`. */
export function memoryStore(
  candles: readonly CandleInput[],
  interval: string,
  observed: readonly TimeRange[],
  batchRows = 3,
): CandleStorePort {
  const stored = columnsFromCandles(candles, toInterval(interval));
  const all = (query: CandleQuery): CandleColumns => {
    const columns = resample(stored, toInterval(query.interval));
    return sliceColumns(columns, lowerBound(columns.openTime, query.from), lowerBound(columns.openTime, query.to));
  };
  const store: Readable = {
    async *read(query, options) {
      const columns = all(query);
      for (let row = 0; row < columns.length; row += batchRows) {
        options?.signal?.throwIfAborted();
        yield sliceColumns(columns, row, Math.min(row + batchRows, columns.length));
      }
    },
    readColumns: async (query) => all(query),
    coverage: async (): Promise<readonly SeriesCoverage[]> => [
      { series: toSeries('BTC_USDT'), step: toInterval(interval), rows: stored.length, observed },
    ],
  };
  return store as CandleStorePort;
}

/** A candle whose four prices are its number. */
export const flatCandle = (openTime: number, price: number, rest: Partial<CandleInput> = {}): CandleInput => ({
  openTime,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
  ...rest,
});
