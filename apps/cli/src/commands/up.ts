import { dirname, join } from 'node:path';
import { CANDLE_AGGREGATOR } from '@prate/candle-aggregator/inversify';
import { type Interval, toInterval } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { HttpApi } from '@prate/http-api';
import { PAPER_EXCHANGE, type PaperModuleOptions } from '@prate/in-memory-paper/inversify';
import { systemClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { WorkerCandleStore } from '@prate/sqlite-store/worker';
import type { EndPolicy, Strategy } from '@prate/strategy-runner';
import { readSettings, type Settings } from '../config.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { isLiveSource, openLiveSource } from '../live-sources.ts';
import { makeLogger } from '../logger.ts';
import { withLock } from '../paper/account-lock.ts';
import { prepareDatabase } from '../paths.ts';
import { startProgress } from '../progress.ts';
import { labelled } from '../report-text.ts';
import { sessionControl } from '../session/control.ts';
import { AccountFeedWatch, TradeFeedWatch } from '../session/feed-watch.ts';
import { HistoryFiller } from '../session/history-filler.ts';
import { LiveLines } from '../session/live-lines.ts';
import { servePage, tokensFileOf } from '../session/page.ts';
import { Session } from '../session/session.ts';
import { SessionAccount } from '../session/session-account.ts';
import { printDocument, printSummary } from '../session/summary.ts';
import { buildSession, LIVE_CANDLES } from '../session/wiring.ts';
import { openSource, type Source, type SourceOptions } from '../sources.ts';
import { loadStrategy } from '../strategies.ts';
import { formatTime } from '../times.ts';
import { UsageError } from '../usage-error.ts';
import { PAPER_BALANCE } from '../venue-options.ts';
import { version } from '../version.ts';

export interface UpOptions extends SourceOptions {
  readonly db?: string;
  readonly json?: true;
  readonly strategy: string;
  /** Of a new account. */
  readonly balance?: string;
  /** Market time per real time; a file without it is played as fast as it goes. */
  readonly speed?: number;
  /** Ends the session after so many ms. */
  readonly for?: number;
  /** So many ms of the past are fetched at the start; 0 for none. */
  readonly history: number;
  readonly atEnd: EndPolicy;
  readonly port?: number;
  /** False: no page is served. */
  readonly page: boolean;
}

/** A market in, candles stored, a strategy trading on paper, a page to watch and stop it all. */
export async function up(io: Io, options: UpOptions): Promise<ExitCode> {
  const settings = readSettings(io, options);
  if (settings.mode === 'live') {
    throw new UsageError(
      'prate up trades on paper alone: trading live waits for the guard of orders; unset PRATE_MODE (and "mode" in prate.config.json)',
    );
  }
  const strategy = await loadStrategy(io.cwd, options.strategy);
  const store = await WorkerCandleStore.open(prepareDatabase(settings.db));
  try {
    const source = await openAnySource(io, store, options, settings).catch((error: unknown) => {
      if (io.signal.aborted) return null;
      throw error;
    });
    if (source === null) {
      io.warn('stopped while the market was still being read; nothing was played\n');
      return ExitCode.OK;
    }
    const parts = { options, settings, strategy, store, source };
    if (source.pace === 'played') return await runUp(io, parts, null);
    try {
      const file = join(dirname(settings.db), `account-${source.market.venue}.json`);
      return await withLock(file, io.signal, () =>
        runUp(
          io,
          parts,
          new SessionAccount(file, options.balance, { clock: io.clock, log: makeLogger(io, settings.logLevel) }),
        ),
      );
    } finally {
      await source.close();
    }
  } finally {
    await store.close();
  }
}

interface UpParts {
  readonly options: UpOptions;
  readonly settings: Settings;
  readonly strategy: Strategy;
  readonly store: WorkerCandleStore;
  readonly source: Source;
}

function openAnySource(io: Io, store: WorkerCandleStore, options: UpOptions, settings: Settings): Promise<Source> {
  const { source, symbols } = options;
  return isLiveSource(source)
    ? openLiveSource(io, source, { settings, symbols, log: makeLogger(io, settings.logLevel) })
    : openSource(io, store, options, systemClock.nowMs());
}

/** Books are much to follow: of more symbols than this, paper orders fill by trades alone. */
const MOST_BOOKS = 20;
const DEFAULT_INTERVAL: Interval = toInterval('5s');

async function runUp(io: Io, parts: UpParts, account: SessionAccount | null): Promise<ExitCode> {
  const { options, settings, strategy, store, source } = parts;
  const { market, clock, symbols } = source;
  const log = makeLogger(io, settings.logLevel);
  const ending = new AbortController();
  const signal = AbortSignal.any([io.signal, ending.signal]);
  const toItsEnd = source.pace === 'played' && source.liveFrom === null;
  const isCandles = source.kind === 'candles';
  const interval = (isCandles ? source.interval : null) ?? options.interval ?? DEFAULT_INTERVAL;
  const isServed = options.page && (!toItsEnd || options.port !== undefined);
  const lines = options.json ? null : new LiveLines(io, source, options.speed !== undefined);
  const trades = new TradeFeedWatch(market, clock);
  const container = buildSession({
    ...{ store, log, market, clock, pace: source.pace, tradeFeed: trades, seed: 1 },
    paper: account === null ? playedPaper(options, isCandles ? interval : null) : keptPaper(account, symbols),
    run: { strategy, symbols, interval, onEnd: options.atEnd },
    candlesFrom: isCandles ? 'candles' : 'trades',
    // a file is read again after a crash, a market that has gone on is not
    secondsPerWrite: toItsEnd ? 600 : 10,
  });
  let page: HttpApi | null = null;
  try {
    const accountFeed = new AccountFeedWatch(clock, () => session.execution.isConnected());
    const session = await Session.open(container, source, {
      ...{ interval, signal, outlivesStrategy: isServed, onEnd: options.atEnd },
      speed: options.speed ?? (toItsEnd ? null : 1),
      ...(lines === null ? {} : { onCandles: (symbol, candles) => lines.candles(symbol, candles) }),
      onStrategyEnd: ({ state, reason }) => {
        if (!isServed || signal.aborted) return;
        io.warn(
          `the strategy has ${state === 'failed' ? 'failed' : 'ended'}: ${reason}; the session goes on without it\n`,
        );
      },
      onExecution: (event: ExecutionEvent) => {
        accountFeed.note(event);
        lines?.execution(event);
      },
    });
    const aggregator = await resolveAsync(container, CANDLE_AGGREGATOR);
    const filler = new HistoryFiller({ market, aggregator, symbols, clock, log, signal });
    const result = await session.run(async () => {
      account?.follow(await resolveAsync(container, PAPER_EXCHANGE));
      if (isServed) {
        const feeds = (): ReturnType<TradeFeedWatch['health']>[] => [
          ...(isCandles ? [] : [trades.health()]),
          accountFeed.health(),
        ];
        const control = sessionControl({ session, source, interval: interval.text, database: settings.db, feeds });
        page = await servePage(
          io,
          {
            ...{ session: control, execution: session.execution, market, candles: aggregator },
            ...{ live: await resolveAsync(container, LIVE_CANDLES), logger: log, version: version() },
          },
          { port: options.port, tokensFile: tokensFileOf(settings.db) },
        );
      }
      await tellBeginning(io, parts, account, page, interval);
      if (source.pace === 'live') await catchUp(io, filler, trades, options.history, clock.nowMs());
      if (options.for !== undefined) endAfter(options.for, ending);
    });
    const ended = {
      ...{ source, result, db: settings.db, fetched: filler.added, page: (page as HttpApi | null)?.url ?? null },
      problems: [...result.problems, ...filler.problems],
    };
    await (options.json ? printDocument(io, ended) : printSummary(io, ended, options));
    return (result.report?.errors.length ?? 0) > 0 || result.problems.length > 0 ? ExitCode.FAILED : ExitCode.OK;
  } finally {
    ending.abort();
    await (page as HttpApi | null)?.close();
    await container.unbindAllAsync();
    account?.end();
  }
}

/** An account for this session alone. */
function playedPaper({ balance = PAPER_BALANCE }: UpOptions, candles: Interval | null): PaperModuleOptions {
  return { balance, feed: candles === null ? { kind: 'trades' } : { kind: 'candles', interval: candles } };
}

/** The account that sessions on this market share, one after the other. */
function keptPaper(account: SessionAccount, symbols: readonly string[]): PaperModuleOptions {
  const state = account.saved?.exchange ?? null;
  const before = state?.engine.markets ?? [];
  const books = before.length > 0 ? before.some(({ match }) => match === 'book') : symbols.length <= MOST_BOOKS;
  return {
    ...{ balance: account.balance, state, symbols: [...new Set([...symbols, ...account.symbols])] },
    feed: { kind: 'trades', books },
  };
}

/** What the store lacks of the past, before the strategy begins; and from now on what the feed misses. */
async function catchUp(
  io: Io,
  filler: HistoryFiller,
  trades: TradeFeedWatch,
  historyMs: number,
  nowMs: number,
): Promise<void> {
  const progress = startProgress(io, 'history');
  try {
    if (historyMs > 0)
      await filler.fill({ from: nowMs - historyMs, to: nowMs }, (done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
  filler.missed(nowMs, nowMs + 1); // the minute in which the feed began
  trades.onGap = (fromMs, toMs) => filler.missed(fromMs, toMs);
  void filler.run();
}

function endAfter(ms: number, ending: AbortController): void {
  systemClock.sleep(ms, ending.signal).then(
    () => ending.abort(new Error('the time of --for is over')),
    () => {},
  );
}

async function tellBeginning(
  io: Io,
  { options, settings, source, strategy }: UpParts,
  account: SessionAccount | null,
  page: HttpApi | null,
  interval: Interval,
): Promise<void> {
  if (options.json) {
    if (page !== null) io.warn(`page: ${page.pageUrl()}\n`);
    return;
  }
  const { description, symbols } = source;
  const shown =
    symbols.length > 12 ? `${symbols.slice(0, 10).join(', ')} and ${symbols.length - 10} more` : symbols.join(', ');
  const since = account?.saved == null ? 'new' : `of ${formatTime(account.saved.createdAt)} UTC`;
  await io.write(
    `Prate · ${description}\n${labelled([
      ['symbols', shown],
      ['strategy', `${strategy.name} on ${interval.text} candles, on paper`],
      ...(account === null ? [] : [['account', `${account.balance} USDT to begin with, ${since}`] as [string, string]]),
      ['database', settings.db],
      ...(page === null ? [] : [['page', page.pageUrl()] as [string, string]]),
    ])}`,
  );
  if (source.pace === 'played' && source.liveFrom === null) return;
  const end = options.for === undefined ? 'until Ctrl-C' : `for ${options.for / 1000} s`;
  const first = source.pace === 'played' ? 'The last hour is played first; then it goes on live' : 'Live';
  await io.write(`\n${first}, ${end}.\n\n`);
}
