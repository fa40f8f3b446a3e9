import { type Decimal, Side, type TimeRange } from '@prate/domain';
import { IdGapTracker, type IdJump, type TradeColumns, TradeColumnsBuilder } from '@prate/domain/candles';
import { BadFileError } from './bad-file-error.ts';
import type { FileSource } from './byte-source.ts';
import { amountProblem, fieldAt, findColumns, inBaseAsset, shown, timeProblem } from './fields.ts';
import { DEFAULT_BATCH_ROWS, type ReadOptions, type RowCounts, tableOf, takeRow, toContractSize } from './reading.ts';
import type { TableFile, TableRow } from './table-file.ts';

export interface ReadTradesOptions extends ReadOptions {
  /** False where ids have no order: then a jump from one to the next means nothing. Default true. */
  readonly idGaps?: boolean | undefined;
}

/** The trades of a file in batches; it can be looped over once. What it tells of the file is whole after the loop. */
export interface TradesReading extends AsyncIterable<TradeColumns> {
  readonly counts: RowCounts;
  /** Where ids say that trades are missing. */
  readonly jumps: readonly IdJump[];
  /** The time that the file watched, in whole seconds (see IdGapTracker): ascending, without overlaps. */
  observed(): TimeRange[];
}

/**
 * Reads a file of public trades, CSV, NDJSON or Parquet: columns `time_ms, price, quantity, side` and, where the file has them, `id` and
 * `type`, in any order; others are ignored. A row whose type is neither empty nor MARKET is left out before anything else
 * of it is looked at, and counted. Numbers are kept as written. Times may repeat but not descend; in skip mode a row
 * earlier than the one kept before it is left out. A batch never ends within a second.
 *
 * @throws BadFileError (from the loop) for a file or row that cannot be used, InvalidInputError for a bad contract size
 */
export function readTrades(source: FileSource | TableFile, options: ReadTradesOptions = {}): TradesReading {
  return new TradesReader(source, options);
}

class TradesReader implements TradesReading {
  readonly #source: FileSource | TableFile;
  readonly #options: ReadTradesOptions;
  readonly #contractSize: Decimal | null;
  readonly #tracker: IdGapTracker;
  readonly #counts = { kept: 0, leftOut: 0, invalid: 0 };

  constructor(source: FileSource | TableFile, options: ReadTradesOptions) {
    this.#source = source;
    this.#options = options;
    this.#contractSize = toContractSize(options.contractSize);
    this.#tracker = new IdGapTracker(options.idGaps ?? true);
  }

  get counts(): RowCounts {
    return { ...this.#counts };
  }

  get jumps(): readonly IdJump[] {
    return this.#tracker.jumps;
  }

  observed(): TimeRange[] {
    return this.#tracker.observed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TradeColumns> {
    const file = await tableOf(this.#source, this.#options);
    try {
      yield* this.#batches(file);
    } finally {
      await file.close();
    }
  }

  async *#batches(file: TableFile): AsyncGenerator<TradeColumns> {
    const format = new TradeFormat(file, this.#contractSize);
    const batchRows = this.#options.batchRows ?? DEFAULT_BATCH_ROWS;
    let builder = new TradeColumnsBuilder();
    let lastMs = Number.NEGATIVE_INFINITY;
    for await (const rows of file.rows()) {
      for (const row of rows) {
        const trade = this.#take(file, format, row, lastMs);
        if (trade === null) continue;
        if (builder.length >= batchRows && Math.floor(trade.timeMs / 1000) > Math.floor(lastMs / 1000)) {
          yield builder.finish();
          builder = new TradeColumnsBuilder();
        }
        builder.push(trade.timeMs, trade.price, trade.quantity, trade.side, trade.id === '' ? null : trade.id);
        lastMs = trade.timeMs;
      }
    }
    if (builder.length > 0) yield builder.finish();
  }

  /** Null for a row that is left out, which is counted. */
  #take(file: TableFile, format: TradeFormat, row: TableRow, lastMs: number): TradeRow | null {
    if (format.isLeftOut(row)) {
      this.#counts.leftOut += 1;
      this.#tracker.see(format.timeOf(row, lastMs), format.idOf(row), false);
      return null;
    }
    const trade = takeRow(file, row, this.#options, () => format.parse(row, lastMs));
    this.#counts[trade === null ? 'invalid' : 'kept'] += 1;
    if (trade !== null) this.#tracker.see(trade.timeMs, trade.id, true);
    return trade;
  }
}

interface TradeRow {
  readonly timeMs: number;
  readonly price: string;
  readonly quantity: string;
  readonly side: Side;
  /** `''` where it has none. */
  readonly id: string;
}

const SIDES: Readonly<Record<string, Side>> = { buy: Side.BUY, sell: Side.SELL };

/** The columns of one trades file, and how a row is read. */
class TradeFormat {
  readonly #file: TableFile;
  readonly #contractSize: Decimal | null;
  readonly #columns: ReturnType<typeof tradeColumns>;

  constructor(file: TableFile, contractSize: Decimal | null) {
    this.#file = file;
    this.#contractSize = contractSize;
    this.#columns = tradeColumns(file);
  }

  /** Insurance fund, liquidation book-keeping and the like: no trades of the market. */
  isLeftOut(row: TableRow): boolean {
    const type = fieldAt(row, this.#columns.type);
    return type !== '' && type !== 'MARKET';
  }

  idOf(row: TableRow): string {
    return fieldAt(row, this.#columns.id);
  }

  /** The time of a row that is not validated; null where it is none, or lies before `lastMs`. */
  timeOf(row: TableRow, lastMs: number): number | null {
    const text = fieldAt(row, this.#columns.time_ms);
    return timeProblem('time_ms', text) === null && Number(text) >= lastMs ? Number(text) : null;
  }

  parse(row: TableRow, lastMs: number): TradeRow {
    const columns = this.#columns;
    const [time, price, quantity, side] = [columns.time_ms, columns.price, columns.quantity, columns.side].map(
      (index) => fieldAt(row, index),
    ) as [string, string, string, string];
    const timeMs = Number(time);
    const taker = SIDES[side.toLowerCase()];
    const problem =
      timeProblem('time_ms', time) ??
      (timeMs < lastMs ? `time_ms ${time} comes after ${lastMs}; times that never descend would be right` : null) ??
      amountProblem('price', price) ??
      amountProblem('quantity', quantity) ??
      (taker === undefined ? `side must be buy or sell, not '${shown(side)}'` : null);
    if (problem !== null || taker === undefined) throw new BadFileError(this.#file.name, row.line, problem ?? '');
    return { timeMs, price, quantity: inBaseAsset(quantity, this.#contractSize), side: taker, id: this.idOf(row) };
  }
}

const tradeColumns = (file: TableFile) =>
  findColumns(file, ['time_ms', 'price', 'quantity', 'side'] as const, ['id', 'type'] as const);
