import { constants, zstdCompressSync } from 'node:zlib';
import { bucketSeconds, InvalidInputError } from '@prate/domain';
import { type CandleColumns, SOURCES, UNKNOWN } from '@prate/domain/candles';
import type { SchemaElement } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import type { CandlesHead } from './candle-text.ts';
import { INTERVAL_KEY } from './parquet-file.ts';
import { layNumber, numberElement, type ParquetLayout, surveyCandles } from './parquet-layout.ts';

/** Rows that lie in memory until they are written together. */
const GROUP_ROWS = 65_536;
/** zstd's own checksum: a byte that is damaged later is found by every reader. */
const CHECKED = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/**
 * Candles as a Parquet file, in pieces of one row group each.
 *
 *   open_time TIMESTAMP(ms, UTC) · open, high, low, close, volume DECIMAL · turnover DECIMAL or null · trades INT64 or null
 *   · source STRING · coverage DOUBLE, the share that was watched, from which the seconds come back exactly
 *
 * @param read is called twice: once to find the decimals that hold all candles, and once to write them
 * @throws InvalidInputError when the second reading gives numbers that the first did not
 */
export async function* encodeParquet(
  read: () => AsyncIterable<CandleColumns>,
  head: CandlesHead,
): AsyncGenerator<Uint8Array> {
  const layout = await surveyCandles(read());
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(layout),
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input, CHECKED) },
    createdBy: 'prate',
    kvMetadata: [
      { key: INTERVAL_KEY, value: head.interval },
      { key: 'prate.venue', value: head.venue },
      { key: 'prate.symbol', value: head.symbol },
    ],
  });
  let group = new RowGroup(layout);
  for await (const columns of read()) {
    for (let row = 0; row < columns.length; row += 1) {
      group.push(columns, row);
      if (group.length < GROUP_ROWS) continue;
      file.write({ columnData: group.columns(), rowGroupSize: GROUP_ROWS });
      yield taken(bytes);
      group = new RowGroup(layout);
    }
  }
  if (group.length > 0) file.write({ columnData: group.columns(), rowGroupSize: GROUP_ROWS });
  file.finish();
  yield taken(bytes);
}

/** What was written since the last time. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}

const schemaOf = ({ price, volume, turnover }: ParquetLayout): SchemaElement[] => [
  { name: 'candles', num_children: 10 },
  {
    ...{ name: 'open_time', type: 'INT64', repetition_type: 'REQUIRED', converted_type: 'TIMESTAMP_MILLIS' },
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  ...['open', 'high', 'low', 'close'].map((name) => numberElement(name, price, false)),
  numberElement('volume', volume, false),
  numberElement('turnover', turnover, true),
  { name: 'trades', type: 'INT64', repetition_type: 'OPTIONAL' },
  {
    ...{ name: 'source', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8' },
    logical_type: { type: 'STRING' },
  },
  { name: 'coverage', type: 'DOUBLE', repetition_type: 'REQUIRED' },
];

/** Rows that are gathered to be written together. */
class RowGroup {
  readonly #layout: ParquetLayout;
  readonly #values: readonly (readonly [name: string, data: unknown[]])[];
  length = 0;

  constructor(layout: ParquetLayout) {
    this.#layout = layout;
    const names = ['open_time', 'open', 'high', 'low', 'close', 'volume', 'turnover', 'trades', 'source', 'coverage'];
    this.#values = names.map((name) => [name, []]);
  }

  push(columns: CandleColumns, row: number): void {
    for (const [i, value] of this.#fields(columns, row).entries()) this.#values[i]?.[1].push(value);
    this.length += 1;
  }

  columns(): { name: string; data: unknown[] }[] {
    return this.#values.map(([name, data]) => ({ name, data }));
  }

  #fields(columns: CandleColumns, row: number): unknown[] {
    const { price, volume, turnover } = this.#layout;
    const openTime = columns.openTime[row] as number;
    const trades = columns.trades[row] as number;
    const paid = columns.turnover[row] as number | bigint;
    try {
      return [
        BigInt(openTime),
        ...[columns.open, columns.high, columns.low, columns.close].map((values) =>
          layNumber(values[row] as number, columns.priceDecimals, price),
        ),
        layNumber(columns.volume[row] as number | bigint, columns.volumeDecimals, volume),
        Number(paid) === UNKNOWN ? null : layNumber(paid, columns.turnoverDecimals, turnover),
        trades === UNKNOWN ? null : BigInt(trades),
        SOURCES[columns.source[row] as number],
        (columns.coverage[row] as number) / bucketSeconds(columns.interval, openTime),
      ];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const problem = 'the candles changed while they were written; writing them again would be right';
      throw new InvalidInputError(problem, { cause: error });
    }
  }
}
