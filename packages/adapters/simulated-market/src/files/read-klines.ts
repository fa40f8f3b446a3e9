import { CandleSource, type Decimal, type Interval, type IntervalInput, toInterval } from '@prate/domain';
import { type CandleColumns, CandleColumnsBuilder, type CandleInput } from '@prate/domain/candles';
import { BadFileError } from './bad-file-error.ts';
import type { FileSource } from './byte-source.ts';
import { detectInterval } from './detect-interval.ts';
import { amountProblem, fieldAt, findColumns, inBaseAsset, shown, timeProblem } from './fields.ts';
import { DEFAULT_BATCH_ROWS, type ReadOptions, type RowCounts, tableOf, takeRow, toContractSize } from './reading.ts';
import type { TableFile, TableRow } from './table-file.ts';

export interface ReadKlinesOptions extends ReadOptions {
  /** Default: what the file itself tells, or else what the open times of the first rows do (see detectInterval). */
  readonly interval?: IntervalInput | undefined;
}

/** The candles of a file in batches; it can be looped over once. */
export interface KlinesReading extends AsyncIterable<CandleColumns> {
  readonly counts: RowCounts;
}

/** Rows whose open times are looked at to find the interval. */
const DETECTION_ROWS = 20_000;

/**
 * Reads a file of candles, CSV, NDJSON or Parquet: columns `open_time_ms, open, high, low, close, volume` and, where the file has them,
 * `turnover` (or `quote_volume`), `trades`, `source` and `coverage`, in any order; others are ignored. An empty field of
 * these four is unknown, EXCHANGE and 1. Numbers are kept as written. Open times lie on the grid of the interval and
 * strictly ascend; in skip mode a row that does not is left out.
 *
 * @throws BadFileError (from the loop) for a file or row that cannot be used, InvalidInputError for a bad option
 */
export function readKlines(source: FileSource | TableFile, options: ReadKlinesOptions = {}): KlinesReading {
  return new KlinesReader(source, options);
}

class KlinesReader implements KlinesReading {
  readonly #source: FileSource | TableFile;
  readonly #options: ReadKlinesOptions;
  readonly #interval: Interval | null;
  readonly #contractSize: Decimal | null;
  readonly #counts = { kept: 0, leftOut: 0, invalid: 0 };

  constructor(source: FileSource | TableFile, options: ReadKlinesOptions) {
    this.#source = source;
    this.#options = options;
    this.#interval = options.interval === undefined ? null : toInterval(options.interval);
    this.#contractSize = toContractSize(options.contractSize);
  }

  get counts(): RowCounts {
    return { ...this.#counts };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CandleColumns> {
    const file = await tableOf(this.#source, this.#options);
    try {
      yield* this.#batches(file);
    } finally {
      await file.close();
    }
  }

  async *#batches(file: TableFile): AsyncGenerator<CandleColumns> {
    const format = new KlineFormat(file, this.#contractSize);
    const batchRows = this.#options.batchRows ?? DEFAULT_BATCH_ROWS;
    let builder: CandleColumnsBuilder | null = null;
    let lastMs = Number.NEGATIVE_INFINITY;
    let interval = this.#interval ?? file.interval;
    for await (const rows of gathered(file.rows(), interval === null ? DETECTION_ROWS : 0)) {
      if (rows.length === 0) continue;
      interval ??= format.detectInterval(rows);
      builder ??= new CandleColumnsBuilder(interval);
      for (const row of rows) {
        if (builder.length >= batchRows) {
          yield builder.finish();
          builder = new CandleColumnsBuilder(interval);
        }
        const openTime = this.#take(file, format, row, lastMs, builder);
        if (openTime !== null) lastMs = openTime;
      }
    }
    if (builder !== null && builder.length > 0) yield builder.finish();
  }

  /** The open time of a row that went into `builder`; null for one that was left out. */
  #take(
    file: TableFile,
    format: KlineFormat,
    row: TableRow,
    lastMs: number,
    builder: CandleColumnsBuilder,
  ): number | null {
    const openTime = takeRow(file, row, this.#options, () => {
      const candle = format.parse(row, lastMs);
      builder.push(candle);
      return candle.openTime;
    });
    this.#counts[openTime === null ? 'invalid' : 'kept'] += 1;
    return openTime;
  }
}

/** Joins batches until the first holds `least` rows; passes the others on. */
async function* gathered(
  batches: AsyncIterable<readonly TableRow[]>,
  least: number,
): AsyncGenerator<readonly TableRow[]> {
  let first: TableRow[] | null = [];
  for await (const rows of batches) {
    if (first === null) {
      yield rows;
      continue;
    }
    for (const row of rows) first.push(row);
    if (first.length < least) continue;
    yield first;
    first = null;
  }
  if (first !== null) yield first;
}

/** The columns of one klines file, and how a row is read. */
class KlineFormat {
  readonly #file: TableFile;
  readonly #contractSize: Decimal | null;
  readonly #columns: ReturnType<typeof klineColumns>;

  constructor(file: TableFile, contractSize: Decimal | null) {
    this.#file = file;
    this.#contractSize = contractSize;
    this.#columns = klineColumns(file);
  }

  /** @throws BadFileError when the rows do not tell */
  detectInterval(rows: readonly TableRow[]): Interval {
    const texts = rows.map((row) => fieldAt(row, this.#columns.open_time_ms));
    const interval = detectInterval(texts.filter((text) => timeProblem('', text) === null).map(Number));
    if (interval !== null) return interval;
    for (const row of rows) this.#ensure(row, timeProblem('open_time_ms', fieldAt(row, this.#columns.open_time_ms)));
    const problem = 'the open times do not tell the interval; give it, such as 1m (--interval 1m)';
    throw new BadFileError(this.#file.name, null, problem);
  }

  parse(row: TableRow, lastMs: number): CandleInput {
    const columns = this.#columns;
    const time = fieldAt(row, columns.open_time_ms);
    this.#ensure(row, timeProblem('open_time_ms', time));
    const openTime = Number(time);
    if (openTime <= lastMs) {
      const problem =
        openTime === lastMs ? `open_time_ms ${time} comes twice` : `open_time_ms ${time} comes after ${lastMs}`;
      this.#ensure(row, `${problem}; times that ascend would be right`);
    }
    const amount = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): string => {
      const text = fieldAt(row, columns[name]);
      this.#ensure(row, amountProblem(name, text, name === 'volume' ? 'at or above 0' : 'above 0'));
      return text;
    };
    return {
      openTime,
      open: amount('open'),
      high: amount('high'),
      low: amount('low'),
      close: amount('close'),
      volume: inBaseAsset(amount('volume'), this.#contractSize),
      turnover: this.#turnover(row),
      trades: this.#trades(row),
      source: this.#source(row),
      coverage: this.#coverage(row),
    };
  }

  #turnover(row: TableRow): string | null {
    const text = fieldAt(row, this.#columns.turnover) || fieldAt(row, this.#columns.quote_volume);
    if (text === '') return null;
    this.#ensure(row, amountProblem('turnover', text, 'at or above 0'));
    return text;
  }

  #trades(row: TableRow): number | null {
    const text = fieldAt(row, this.#columns.trades);
    if (text === '') return null;
    this.#ensure(row, /^\d{1,15}$/.test(text) ? null : `trades must be a whole number, not '${shown(text)}'`);
    return Number(text);
  }

  #source(row: TableRow): CandleSource {
    const text = fieldAt(row, this.#columns.source);
    if (text === '') return CandleSource.EXCHANGE;
    if (text === CandleSource.EXCHANGE || text === CandleSource.TRADES) return text;
    const problem =
      text === CandleSource.INTERPOLATED
        ? 'the row is INTERPOLATED, made up from a coarser candle; the candle that it was made from would be right'
        : `source must be TRADES or EXCHANGE, not '${shown(text)}'`;
    throw new BadFileError(this.#file.name, row.line, problem);
  }

  #coverage(row: TableRow): number {
    const text = fieldAt(row, this.#columns.coverage);
    if (text === '') return 1;
    this.#ensure(row, amountProblem('coverage', text, 'at or above 0'));
    this.#ensure(row, Number(text) > 1 ? `coverage must be 0 to 1, not ${text}` : null);
    return Number(text);
  }

  #ensure(row: TableRow, problem: string | null): void {
    if (problem !== null) throw new BadFileError(this.#file.name, row.line, problem);
  }
}

const klineColumns = (file: TableFile) =>
  findColumns(
    file,
    ['open_time_ms', 'open', 'high', 'low', 'close', 'volume'] as const,
    ['turnover', 'quote_volume', 'trades', 'source', 'coverage'] as const,
  );
