import { counted } from '../counted.ts';
import type { Io } from '../io.ts';
import { dbFlag, prateCommand } from '../next-steps.ts';
import type { ReportFiles } from '../report/write-report.ts';
import { labelled, reportFileLines, reportLines } from '../report-text.ts';
import type { Source } from '../sources.ts';
import { formatTime } from '../times.ts';
import type { SessionResult } from './session.ts';
import { type TimeAway, timeAwayText } from './time-away.ts';

/** What a session came to, besides what it says of itself. */
export interface Ended {
  readonly source: Source;
  readonly result: SessionResult;
  /** The file. */
  readonly db: string;
  /** Candles of the exchange's own that were fetched and stored. */
  readonly fetched: number;
  /** Of a kept account; null where nothing could have happened to it. */
  readonly away: TimeAway | null;
  readonly problems: readonly string[];
  /** Of the report; null where none was written. */
  readonly files: ReportFiles | null;
  /** Null where none was served. */
  readonly page: string | null;
}

/** For people. */
export async function printSummary(io: Io, ended: Ended, flags: { readonly db?: string | undefined }): Promise<void> {
  const { source, result, db, fetched, away, problems, files } = ended;
  const prate = prateCommand(io);
  const flag = dbFlag(flags);
  const { rows, from, to, report, gaps } = result;
  const candles = candlesMade(source, result);
  const isCandles = source.kind === 'candles';
  const what = isCandles ? `candles of ${source.interval?.text}` : 'trades';
  const number = (value: number | undefined): string => (value ?? 0).toLocaleString('en');
  const interval = (isCandles ? source.interval?.text : null) ?? '5s';
  const time = from === null || to === null ? 'nothing closed yet' : `${formatTime(from)} to ${formatTime(to)} UTC`;
  const made = isCandles ? 'made from the stored ones when asked for' : 'stored; coarser ones are made when asked for';
  const lines: [string, string][] = [
    ['market', source.description],
    ...(isCutShort(source)
      ? [['note', 'it ended while the past hour was still being played'] as [string, string]]
      : []),
    ['read', `${number(rows)} ${what}, ${time}${gaps > 0 ? `, ${counted(gaps, 'gap')}` : ''}`],
    ['candles', `${number(candles['1s'])} of 1 s and ${number(candles['5s'])} of 5 s, ${made}`],
    ...(fetched > 0 ? [['history', `${number(fetched)} minutes of the exchange's own`] as [string, string]] : []),
    ...(away === null ? [] : [['meanwhile', timeAwayText(away)] as [string, string]]),
    ['database', db],
    ...(report === null ? [] : reportLines(report)),
    ...reportFileLines(io, files),
    ...problems.map((problem): [string, string] => ['problem', problem]),
  ];
  const [symbol] = source.symbols;
  const series = `--symbol ${symbol} --venue ${source.market.venue}`;
  const next = [
    `${prate} candles query ${series} --interval ${interval} --last ${isCandles ? '1d' : '10m'}${flag}`,
    `${prate} candles status${flag}`,
    source.kind === 'synthetic'
      ? `${prate} up --source trades.csv --symbols BTC_USDT   (a file of your own)`
      : `${prate} replay ${series} --interval ${interval}${flag}`,
  ];
  await io.write(`\nThe session is over.\n${labelled(lines)}next:\n${next.map((line) => `  ${line}\n`).join('')}`);
}

/** One JSON document. */
export async function printDocument(
  io: Io,
  { source, result, db, fetched, away, problems, page, files }: Ended,
): Promise<void> {
  const { rows, from, to, report, gaps } = result;
  const isCandles = source.kind === 'candles';
  const document = {
    source: source.kind,
    description: source.description,
    isSynthetic: source.isSynthetic,
    ...{ venue: source.market.venue, symbols: source.symbols, rows, from, to, gaps },
    candles: candlesMade(source, result),
    // what was written, by kind; INTERPOLATED is made on reading and never stored
    stored: {
      TRADES: result.seconds ?? 0,
      EXCHANGE: isCandles ? (source.stored?.rows ?? 0) : fetched,
      INTERPOLATED: 0,
    },
    ...{ db, page, problems, reportFiles: files, meanwhile: away },
    ...(report === null
      ? {}
      : { orders: report.orders, fills: report.fills, equity: report.endEquity, netPnl: report.netPnl, report }),
  };
  await io.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Candles of 1 s and 5 s that there are now: stored, or (of candles) to be had for the asking. */
function candlesMade(source: Source, { seconds, fiveSeconds }: SessionResult): Record<string, number> {
  const stored = source.pace === 'played' ? source.stored : null;
  const made = stored === null ? 0 : stored.rows * stored.seconds;
  return { '1s': seconds ?? made, '5s': fiveSeconds ?? Math.ceil(made / 5) };
}

const isCutShort = (source: Source): boolean =>
  source.pace === 'played' && source.liveFrom !== null && source.clock.nowMs() < source.liveFrom;
