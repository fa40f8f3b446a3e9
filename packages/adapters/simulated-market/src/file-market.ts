import type { DecimalInput } from '@prate/domain';
import {
  type CandleColumns,
  type Instrument,
  type IntervalInput,
  InvalidInputError,
  type Ticker,
  type VenueId,
} from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import type { CandlesQuery, HistoryRange, Page } from '@prate/market-data-port';
import type { CallOptions, ManualClock } from '@prate/runtime';
import type { FileData } from './file-data.ts';
import {
  BadFileError,
  type ByteOptions,
  type FileKind,
  type FileSource,
  openTable,
  readKlines,
  readTrades,
  type TableFile,
} from './files/index.ts';
import { instrumentFromDecimals } from './instruments.ts';
import { KlinesData, type KlinesSeries } from './klines-data.ts';
import { NoDataYetError, PlayedMarket } from './played-market.ts';
import type { EventSource } from './player.ts';
import { TradesData, type TradesSeries } from './trades-data.ts';

/** One file: the trades or the candles of one symbol. */
export interface MarketFile {
  readonly symbol: string;
  readonly source: FileSource;
  /** Default: told by the header. */
  readonly kind?: FileKind | undefined;
  /** Of candles. Default: told by their open times. */
  readonly interval?: IntervalInput | undefined;
  /** Volumes are contracts of so much base asset each. Default: they are base asset. */
  readonly contractSize?: DecimalInput | undefined;
  /** False where the ids of trades have no order. Default true. */
  readonly idGaps?: boolean | undefined;
  /** Default: tick and lot are the last decimal places that the file uses. */
  readonly instrument?: Instrument | undefined;
}

export interface FileMarketOptions extends ByteOptions {
  /** All of trades, or all of candles of one interval; one a symbol. */
  readonly files: readonly MarketFile[];
  /** Where it stands when the market is opened is where the replay begins: what lies before is history. */
  readonly clock: ManualClock;
  /** Default `'file'`. */
  readonly venue?: VenueId | undefined;
}

/** A market made of files, which are read into memory. Files of trades tell trades, files of candles candles. */
export class FileMarket extends PlayedMarket {
  readonly #data: FileData;
  readonly #replay: EventSource;

  private constructor(options: FileMarketOptions, data: FileData) {
    const { capabilities, instruments } = data;
    super({ venue: options.venue ?? 'file', clock: options.clock, capabilities, instruments });
    this.#data = data;
    this.#replay = data.replay(this.channels, options.clock.nowMs());
  }

  /** @throws BadFileError for a file that cannot be used, InvalidInputError for files that do not go together */
  static async open(options: FileMarketOptions): Promise<FileMarket> {
    const { files } = options;
    const symbols = files.map(({ symbol }) => symbol);
    if (files.length === 0) throw new InvalidInputError('a file market needs one file at least');
    if (new Set(symbols).size < symbols.length) throw new InvalidInputError('a file market takes one file a symbol');
    const series: (TradesSeries | KlinesSeries)[] = [];
    for (const file of files) series.push(await load(file, options));
    return new FileMarket(options, dataOf(series));
  }

  nextTime(): number | null | Promise<number | null> {
    return this.#replay.nextTime();
  }

  emitNext(): void {
    this.#replay.emitNext();
  }

  override async getCandles(query: CandlesQuery, options?: CallOptions): Promise<Page<CandleColumns>> {
    this.ensureCall(query.symbol, options);
    return this.#data.candles(query, this.clock.nowMs());
  }

  override async getTrades(query: HistoryRange, options?: CallOptions): Promise<Page<TradeColumns>> {
    this.ensureCall(query.symbol, options);
    return this.#data.trades(query, this.clock.nowMs());
  }

  /** @throws NoDataYetError (`NO_DATA_YET`) before the first trade, or the close of the first candle */
  override async getTicker(symbol: string, options?: CallOptions): Promise<Ticker> {
    this.ensureCall(symbol, options);
    const ticker = this.#ticker(symbol);
    if (ticker === null) throw new NoDataYetError(`${symbol} has no price before its first trade or closed candle`);
    return ticker;
  }

  /** Symbols without a price yet are left out. */
  override async getTickers(options?: CallOptions): Promise<readonly Ticker[]> {
    options?.signal?.throwIfAborted();
    return this.#data.instruments.flatMap(({ symbol }) => this.#ticker(symbol) ?? []);
  }

  #ticker(symbol: string): Ticker | null {
    const last = this.#data.lastPrice(symbol, this.clock.nowMs());
    if (last === null) return null;
    const unknown = { bid: null, ask: null, markPrice: null, indexPrice: null, volume24h: null };
    return { symbol, time: last.timeMs, lastPrice: last.price, ...unknown };
  }

  protected override ensureStreamInterval(interval: IntervalInput): void {
    this.#data.ensureStreamInterval(interval);
  }
}

async function load(file: MarketFile, options: ByteOptions): Promise<TradesSeries | KlinesSeries> {
  const table = await openTable(file.source, options);
  try {
    return await loadTable(table, file);
  } finally {
    await table.close();
  }
}

async function loadTable(table: TableFile, file: MarketFile): Promise<TradesSeries | KlinesSeries> {
  const kind = file.kind ?? table.kind;
  if (kind === null) {
    const problem = 'the header is neither of trades (time_ms, price, …) nor of candles (open_time_ms, open, …)';
    throw new BadFileError(table.name, 1, `${problem}; found: ${table.header.join(', ').slice(0, 300)}`);
  }
  return kind === 'trades' ? loadTrades(table, file) : loadKlines(table, file);
}

/** One batch holds everything. */
const WHOLE = { batchRows: Number.POSITIVE_INFINITY };

async function loadTrades(table: TableFile, { symbol, instrument, ...file }: MarketFile): Promise<TradesSeries> {
  const reading = readTrades(table, { contractSize: file.contractSize, idGaps: file.idGaps, ...WHOLE });
  const trades = await onlyBatch(table, reading);
  return {
    symbol,
    instrument: instrument ?? instrumentFromDecimals(symbol, trades.priceDecimals, trades.quantityDecimals),
    trades,
    jumps: reading.jumps,
    observed: reading.observed(),
  };
}

async function loadKlines(table: TableFile, { symbol, instrument, ...file }: MarketFile): Promise<KlinesSeries> {
  const reading = readKlines(table, { contractSize: file.contractSize, interval: file.interval, ...WHOLE });
  const candles = await onlyBatch(table, reading);
  return {
    symbol,
    instrument: instrument ?? instrumentFromDecimals(symbol, candles.priceDecimals, candles.volumeDecimals),
    candles,
  };
}

async function onlyBatch<Columns>(table: TableFile, batches: AsyncIterable<Columns>): Promise<Columns> {
  for await (const batch of batches) return batch;
  throw new BadFileError(table.name, null, 'the file has a header and no rows; a market needs one at least');
}

function dataOf(series: readonly (TradesSeries | KlinesSeries)[]): FileData {
  const trades = series.filter((each) => 'trades' in each);
  const klines = series.filter((each) => 'candles' in each);
  const [first] = klines;
  if (first === undefined) return new TradesData(trades);
  if (trades.length > 0)
    throw new InvalidInputError('a file market takes files of trades or files of candles, not both');
  const intervals = new Set(klines.map(({ candles }) => candles.interval.text));
  if (intervals.size > 1) {
    throw new InvalidInputError(`files of candles must have one interval, not ${[...intervals].join(' and ')}`);
  }
  return new KlinesData(first.candles.interval, klines);
}
