import { type Interval, toInterval } from '@prate/domain';
import { type CandleColumns, rowsOf } from '@prate/domain/candles';
import type { ExecutionEvent } from '@prate/execution-port';
import { systemClock } from '@prate/runtime';
import { readSettings } from '../config.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { makeLogger } from '../logger.ts';
import { dbFlag, prateCommand } from '../next-steps.ts';
import { labelled, reportLines } from '../report-text.ts';
import { runSession, type SessionResult } from '../session.ts';
import { openSource, type Source, type SourceOptions } from '../sources.ts';
import { openStore } from '../stores.ts';
import { loadStrategy } from '../strategies.ts';
import { formatTime } from '../times.ts';
import { buildSession } from '../wiring.ts';

export interface UpOptions extends SourceOptions {
  readonly db?: string;
  readonly json?: true;
  readonly strategy: string;
  readonly balance: string;
  /** Market time per real time; a file without it is played as fast as it goes. */
  readonly speed?: number;
  /** Ends the session after so many ms. */
  readonly for?: number;
}

/** A market in, candles stored, a strategy trading on paper. */
export async function up(io: Io, options: UpOptions): Promise<ExitCode> {
  const settings = readSettings(io, options);
  const over = new AbortController();
  const limit =
    options.for === undefined ? io.signal : AbortSignal.any([io.signal, abortedAfter(options.for, over.signal)]);
  const strategy = await loadStrategy(io.cwd, options.strategy);
  const store = openStore(io, options);
  try {
    const source = await openSource({ ...io, signal: limit }, store, options, systemClock.nowMs()).catch((error) => {
      if (limit.aborted) return null;
      throw error;
    });
    if (source === null) {
      io.warn('stopped while the market was still being read; nothing was played\n');
      return ExitCode.OK;
    }
    const interval = source.interval ?? options.interval ?? DEFAULT_INTERVAL;
    const show = options.json ? null : new LiveLines(io, source, options.speed !== undefined);
    await show?.begin(settings.db, options.for);
    const container = buildSession({
      db: settings.db,
      log: makeLogger(io, settings.logLevel),
      market: source.market,
      clock: source.clock,
      seed: 1,
      paper: {
        balance: options.balance,
        feed: source.kind === 'candles' ? { kind: 'candles', interval } : { kind: 'trades' },
      },
      run: { strategy, symbols: source.symbols, interval },
      candlesFrom: source.kind === 'candles' ? 'candles' : 'trades',
      // a file is read again after a crash, a market that has gone on is not
      secondsPerWrite: source.liveFrom === null ? 600 : 10,
    });
    try {
      const result = await runSession(container, source, {
        interval,
        signal: limit,
        speed: options.speed ?? (source.liveFrom === null ? null : 1),
        ...(show === null
          ? {}
          : {
              onCandles: (symbol, candles) => show.candles(symbol, candles),
              onExecution: (event) => show.execution(event),
            }),
      });
      await (options.json
        ? printJson(io, source, result, settings.db)
        : printSummary(io, source, result, options, settings.db));
      return (result.report?.errors.length ?? 0) > 0 ? ExitCode.FAILED : ExitCode.OK;
    } finally {
      await container.unbindAllAsync();
    }
  } finally {
    over.abort();
    await store.close();
  }
}

/** Aborted after so long, of any length; gives up its timer with `signal`. */
function abortedAfter(ms: number, signal: AbortSignal): AbortSignal {
  const timer = new AbortController();
  systemClock.sleep(ms, signal).then(
    () => timer.abort(new Error('the time of --for is over')),
    () => {},
  );
  return timer.signal;
}

/** What happens, a line each, once the market is live. */
class LiveLines {
  readonly #io: Io;
  readonly #source: Source;
  #live: boolean;

  /** @param isPaced a file that is played at a pace can be read along */
  constructor(io: Io, source: Source, isPaced: boolean) {
    this.#io = io;
    this.#source = source;
    this.#live = source.liveFrom === null && isPaced;
  }

  async begin(db: string, forMs: number | undefined): Promise<void> {
    const { description, symbols, liveFrom } = this.#source;
    await this.#io.write(
      `Prate · ${description}\n${labelled([
        ['symbols', symbols.join(', ')],
        ['database', db],
      ])}`,
    );
    if (liveFrom === null) return;
    const end = forMs === undefined ? 'until Ctrl-C' : `${forMs / 1000} s in all`;
    await this.#io.write(`\nThe last hour is played first; then it goes on live, ${end}.\n\n`);
  }

  #isLive(): boolean {
    const { liveFrom, clock } = this.#source;
    this.#live ||= liveFrom !== null && clock.nowMs() > liveFrom;
    return this.#live;
  }

  candles(symbol: string, candles: CandleColumns): void {
    if (!this.#isLive()) return;
    for (const { openTime, open, high, low, close, volume, trades } of rowsOf(candles)) {
      const numbers = `open ${open}  high ${high}  low ${low}  close ${close}  volume ${volume}  trades ${trades ?? '?'}`;
      void this.#io.write(`${formatTime(openTime)}  ${symbol} ${candles.interval.text}  ${numbers}\n`).catch(() => {});
    }
  }

  execution(event: ExecutionEvent): void {
    if (event.kind !== 'fill' || !this.#isLive()) return;
    const { time, side, quantity, symbol, price, fee } = event.trade;
    const text = `paper ${side} ${quantity} ${symbol} at ${price}, fee ${fee.amount.toDecimalPlaces(6)} ${fee.asset}`;
    void this.#io.write(`${formatTime(time)}  ${text}\n`).catch(() => {});
  }
}

async function printSummary(
  io: Io,
  source: Source,
  result: SessionResult,
  options: UpOptions,
  db: string,
): Promise<void> {
  const prate = prateCommand(io);
  const flag = dbFlag(options);
  const { rows, from, to, report, gaps } = result;
  const candles = candlesMade(source, result);
  const what = source.kind === 'candles' ? `candles of ${source.interval?.text}` : 'trades';
  const number = (value: number | undefined): string => (value ?? 0).toLocaleString('en');
  const interval = source.interval?.text ?? '5s';
  const time = from === null || to === null ? 'nothing closed yet' : `${formatTime(from)} to ${formatTime(to)} UTC`;
  const made =
    source.kind === 'candles'
      ? 'made from the stored ones when asked for'
      : 'stored; coarser ones are made when asked for';
  const lines: [string, string][] = [
    ['market', source.description],
    ...(isCutShort(source)
      ? [['note', 'it ended while the past hour was still being played'] as [string, string]]
      : []),
    ['read', `${number(rows)} ${what}, ${time}${gaps > 0 ? `, ${counted(gaps, 'gap')}` : ''}`],
    ['candles', `${number(candles['1s'])} of 1 s and ${number(candles['5s'])} of 5 s, ${made}`],
    ['database', db],
    ...(report === null ? [] : reportLines(report)),
  ];
  const series = `--symbol ${source.symbols[0]} --venue ${source.market.venue}`;
  const next = [
    `${prate} candles query ${series} --interval ${interval} --last ${source.kind === 'candles' ? '1d' : '10m'}${flag}`,
    `${prate} candles status${flag}`,
    source.kind === 'synthetic'
      ? `${prate} up --source trades.csv --symbols BTC_USDT   (a file of your own)`
      : `${prate} replay ${series} --interval ${interval}${flag}`,
  ];
  await io.write(`\nThe session is over.\n${labelled(lines)}next:\n${next.map((line) => `  ${line}\n`).join('')}`);
}

async function printJson(io: Io, source: Source, result: SessionResult, db: string): Promise<void> {
  const { rows, from, to, report, gaps } = result;
  const candles = candlesMade(source, result);
  const document = {
    source: source.kind,
    description: source.description,
    ...{ venue: source.market.venue, symbols: source.symbols, rows, from, to, gaps, candles, db },
    ...(report === null
      ? {}
      : { orders: report.orders, fills: report.fills, equity: report.endEquity, netPnl: report.netPnl, report }),
  };
  await io.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Candles of 1 s and 5 s that there are now: stored, or (of candles) to be had for the asking. */
function candlesMade({ stored }: Source, { seconds, fiveSeconds }: SessionResult): Record<string, number> {
  const made = stored === null ? 0 : stored.rows * stored.seconds;
  return { '1s': seconds ?? made, '5s': fiveSeconds ?? Math.ceil(made / 5) };
}

const isCutShort = ({ liveFrom, clock }: Source): boolean => liveFrom !== null && clock.nowMs() < liveFrom;

const DEFAULT_INTERVAL: Interval = toInterval('5s');
