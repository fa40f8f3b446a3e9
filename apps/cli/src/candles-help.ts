/** What the help of sessions and candles says after its flags: rules, and examples that a test parses. */

export const UP_HELP: string = `
Candles, and the paper account of a live market, are kept beside the database from one session to the next. Ctrl-C or SIGTERM ends
it with a report and 0; it ends with 1 where the strategy has failed.

Examples:
  prate up                                                   MEXC, or a sandbox where it cannot be reached, until Ctrl-C
  prate up --symbols BTC_USDT,ETH_USDT --for 30s --json      one JSON document at the end
  prate up --source sandbox --strategy ./my-strategy.ts      made-up prices, a strategy of your own
  prate up --symbols all --history 7d --at-end close-positions
  prate up --no-page --history none                          headless: a strategy that throws ends it
  prate up --source trades.csv.gz --symbols BTC_USDT         a file, to its end
  prate up --source trades.csv.gz --symbols BTC_USDT --speed 10 --strategy ./my-strategy.ts`;

export const REPLAY_HELP: string = `
What the run came to is printed, and written as a page for a browser and as JSON (docs/report.md). The name of the files
follows from the run; another run never takes its place.

Examples:
  prate replay --symbol FIL_USDT --from 2023-05-01 --to 2023-06-01
  prate replay --symbol BTC_USDT --interval 5m --from 2024-05-01 --to 2024-06-01 --strategy ./my-strategy.ts --json`;

export const IMPORT_HELP: string = `
Columns (by name; their order does not matter, others are ignored):
  klines  open_time_ms,open,high,low,close,volume[,turnover or quote_volume][,trades][,source][,coverage]
  trades  time_ms,price,quantity,side[,id][,type]
In Parquet, open_time and time of a timestamp type are as good as the columns in milliseconds.

Examples:
  prate candles import FILUSDT-1m.csv.gz --symbol FIL_USDT
  prate candles import trades.csv --symbol BTC_USDT --venue binance
  prate candles import btc-1m.parquet --symbol BTC_USDT
  zcat old.ndjson.gz | prate candles import - --symbol BTC_USDT --format ndjson --skip-invalid`;

export const BACKFILL_HELP: string = `
Only what is not stored yet is asked for, and each answer is stored as it comes: after an interruption (exit 130) the same
command goes on where it ended. The candle that is still forming is never stored.

Examples:
  prate candles backfill --symbol BTC_USDT --interval 1m --from 2024-05-01 --to 2024-05-02
  prate candles backfill --symbol BTC_USDT --interval 1m --from 2026-11-01 --venue mexc
  prate candles backfill --symbol BTC_USDT,ETH_USDT --interval 1m,1h --from 2024-05-01 --source synthetic:7 --json
  prate candles backfill --symbol BTC_USDT --interval 1s --from 2024-05-01 --source trades.csv.gz --venue binance`;

export const LIVE_HELP: string = `
Each trade is counted once, and a candle of any interval is made of its seconds; trades that come late revise it. What the
connection lost is told as a gap on standard error. It ends with 0 when it is stopped.

Examples:
  prate candles live --symbol BTC_USDT --venue mexc
  prate candles live --symbol BTC_USDT,ETH_USDT --venue mexc --interval 1m --json
  prate candles live --symbol BTC_USDT --source synthetic:7 --for 15s`;

export const QUERY_HELP: string = `
Examples:
  prate candles query --symbol BTC_USDT --interval 5s --last 10m
  prate candles query --symbol BTC_USDT --interval 1m --from 2024-05-01 --to 2024-05-02 --format csv
  prate candles query --symbol BTC_USDT --interval 7 --fill flat --json
  prate candles query --symbol BTC_USDT --interval 1s --last 10m --model bridge --seed 7`;

export const EXPORT_HELP: string = `
At the interval of the stored candles, a file that is imported again gives the same candles, with source and coverage.

Examples:
  prate candles export --symbol BTC_USDT --interval 1m --output btc-1m.csv.gz
  prate candles export --symbol BTC_USDT --interval 1m --output btc-1m.parquet
  prate candles export --symbol BTC_USDT --interval 1s --last 1d --format ndjson --output - | gzip > btc.ndjson.gz`;

export const STATUS_HELP: string = `
Watched is the time in which a missing candle means that nothing traded; between two watched stretches is a gap.

Examples:
  prate candles status
  prate candles status --symbol BTC_USDT --json`;

export const FIDELITY_HELP: string = `
Takes the candles of which every second was watched, builds them from the stored seconds, makes seconds from them by each
model, and compares: the mean distance of the closes in ticks, the volatility from second to second (1 is as recorded),
and how often high and low come in the recorded order.

Examples:
  prate candles fidelity --symbol BTC_USDT
  prate candles fidelity --symbol BTC_USDT --interval 5m --from 2024-05-01 --to 2024-05-02 --model bridge --seed 7 --json`;

export const VERIFY_HELP: string = `
Examples:
  prate candles verify
  prate candles verify --db old.db --json`;

export const REPAIR_HELP: string = `
First the database is copied beside itself, with '.damaged' at its end. The minutes and hours that were kept beside damaged
candles take their place. What is lost is told; it can be backfilled or imported again. Exit 0 where the database is sound
afterwards, 3 where some damage is left, 1 where nothing could be done.

Examples:
  prate candles repair
  prate candles repair --db old.db --json`;
