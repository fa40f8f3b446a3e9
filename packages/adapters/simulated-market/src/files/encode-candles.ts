import { type CandleColumns, sliceColumns } from '@prate/domain/candles';
import { type CandlesHead, type CandleTextOptions, csvHeader, csvRows, jsonRow, ndjsonRows } from './candle-text.ts';
import { encodeParquet } from './encode-parquet.ts';
import { FileFormat } from './file-format.ts';

/** Rows that become one piece of text. */
const CHUNK_ROWS = 4096;

/**
 * Candles as a file, in pieces: text, or bytes of Parquet. A piece is made when it is asked for, so a slow reader holds up
 * the reading of the candles and nothing gathers between.
 *
 * @param read gives the candles, ascending; called once, for Parquet twice, and must give the same again
 * @param options of text; Parquet has the share as a double, from which the seconds always come back
 */
export function encodeCandles(
  read: () => AsyncIterable<CandleColumns>,
  format: FileFormat,
  head: CandlesHead,
  options: CandleTextOptions = {},
): AsyncGenerator<string | Uint8Array> {
  switch (format) {
    case FileFormat.CSV:
      return encodeCsv(read(), options);
    case FileFormat.NDJSON:
      return encodeNdjson(read(), options);
    case FileFormat.JSON:
      return encodeJson(read(), head, options);
    case FileFormat.PARQUET:
      return encodeParquet(read, head);
  }
}

async function* encodeCsv(batches: AsyncIterable<CandleColumns>, options: CandleTextOptions): AsyncGenerator<string> {
  yield csvHeader;
  for await (const chunk of chunksOf(batches)) yield csvRows(chunk, options);
}

async function* encodeNdjson(
  batches: AsyncIterable<CandleColumns>,
  options: CandleTextOptions,
): AsyncGenerator<string> {
  for await (const chunk of chunksOf(batches)) yield ndjsonRows(chunk, options);
}

async function* encodeJson(
  batches: AsyncIterable<CandleColumns>,
  head: CandlesHead,
  options: CandleTextOptions,
): AsyncGenerator<string> {
  let comma = '';
  yield `${JSON.stringify(head).slice(0, -1)},"candles":[`;
  for await (const chunk of chunksOf(batches)) {
    const rows = Array.from({ length: chunk.length }, (_, i) => jsonRow(chunk, i, options));
    yield `${comma}\n${rows.join(',\n')}`;
    comma = ',';
  }
  yield '\n]}\n';
}

async function* chunksOf(batches: AsyncIterable<CandleColumns>): AsyncGenerator<CandleColumns> {
  for await (const batch of batches) {
    for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
      yield sliceColumns(batch, from, Math.min(from + CHUNK_ROWS, batch.length));
    }
  }
}
