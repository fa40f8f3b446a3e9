export * from './bad-file-error.ts';
export type { ByteOptions, FileSource } from './byte-source.ts';
export { CsvFile, detectKind, type FileKind } from './csv-file.ts';
export { detectInterval } from './detect-interval.ts';
export { type KlinesReading, type ReadKlinesOptions, readKlines } from './read-klines.ts';
export { type ReadTradesOptions, readTrades, type TradesReading } from './read-trades.ts';
export type { ReadOptions, RowCounts } from './reading.ts';
