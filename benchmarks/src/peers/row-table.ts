import Database from 'better-sqlite3';
import type { Cells, Contender, Place } from '../harness/work.ts';
import { type Doubles, monthOf, monthOfSeconds, SYMBOL } from '../samples/walk.ts';
import { fileBytes, freshFile, storedFile } from './files.ts';

/** The schema of Prate's first design: a row per second, an id, the symbol and the source as text. */
export const ROW_TABLE_SQL = `
  CREATE TABLE candles (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    timestamp INTEGER NOT NULL,
    symbol    TEXT NOT NULL,
    open      REAL NOT NULL,
    high      REAL NOT NULL,
    low       REAL NOT NULL,
    close     REAL NOT NULL,
    volume    REAL NOT NULL,
    trades    REAL NOT NULL,
    source    TEXT NOT NULL,
    UNIQUE (symbol, timestamp)
  );
  CREATE INDEX candles_timestamp ON candles (timestamp);
  CREATE INDEX candles_symbol_timestamp ON candles (symbol, timestamp)`;

const INSERT = `INSERT INTO candles (timestamp, symbol, open, high, low, close, volume, trades, source)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'TRADES')`;

/** Its aggregation: SQLite has no first and last, so open and close are joined back. */
export const rowTableQuery = (intervalMs: number): string => `
  SELECT b.bucket, first.open, b.high, b.low, last.close, b.volume, b.trades
  FROM (
    SELECT timestamp / ${intervalMs} * ${intervalMs} AS bucket, min(timestamp) AS opens, max(timestamp) AS closes,
      max(high) AS high, min(low) AS low, sum(volume) AS volume, sum(trades) AS trades
    FROM candles WHERE symbol = :symbol AND timestamp >= :from AND timestamp < :to
    GROUP BY bucket
  ) AS b
  JOIN candles AS first ON first.symbol = :symbol AND first.timestamp = b.opens
  JOIN candles AS last ON last.symbol = :symbol AND last.timestamp = b.closes
  ORDER BY b.bucket`;

const NAMES = ['openTime', 'open', 'high', 'low', 'close', 'volume', 'trades'];

/** One transaction and one prepared statement: as fast as a row at a time gets. */
export function storeRows(file: string, { openTime, open, high, low, close, volume, trades }: Doubles): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(ROW_TABLE_SQL);
  const insert = db.prepare(INSERT);
  db.transaction(() => {
    for (let i = 0; i < openTime.length; i += 1) {
      insert.run(openTime[i], SYMBOL, open[i], high[i], low[i], close[i], volume[i], trades[i]);
    }
  })();
  db.close();
}

const storedMonth = (place: Place): Promise<string> =>
  storedFile(place, 'rows-month.sqlite', async (file) => storeRows(file, monthOfSeconds(place)));

export const reader = (intervalMs: number): Contender => {
  let statement: Database.Statement | null = null;
  let rows: readonly (readonly number[])[] = [];
  let values = {};
  return {
    async prepare(place) {
      statement ??= new Database(await storedMonth(place), { readonly: true }).prepare(rowTableQuery(intervalMs)).raw();
      const { from, to } = monthOf(place);
      values = { symbol: SYMBOL, from: Math.ceil(from / intervalMs) * intervalMs, to };
    },
    async run() {
      rows = (statement as Database.Statement).all(values) as number[][];
      return undefined;
    },
    result: async () => cellsOf(rows),
  };
};

export const writer = (name: string, candles: (place: Place) => Doubles, counts: 'time' | 'bytes'): Contender => {
  let rows: Doubles | null = null;
  let file = '';
  return {
    async prepare(place) {
      rows ??= candles(place);
      file = freshFile(place, `${name}.sqlite`);
    },
    async run() {
      const data = rows as Doubles;
      storeRows(file, data);
      return counts === 'bytes' ? fileBytes(file) / data.openTime.length : undefined;
    },
    async result() {
      const db = new Database(file, { readonly: true });
      const all = db
        .prepare('SELECT timestamp, open, high, low, close, volume, trades FROM candles ORDER BY timestamp')
        .raw();
      return cellsOf(all.all() as number[][]);
    },
  };
};

const cellsOf = (rows: readonly (readonly number[])[]): Cells =>
  Object.fromEntries(NAMES.map((name, i) => [name, Float64Array.from(rows, (row) => row[i] as number)]));
