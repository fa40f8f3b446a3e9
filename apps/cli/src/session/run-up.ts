import { CANDLE_AGGREGATOR } from '@prate/candle-aggregator/inversify';
import { type Interval, toInterval } from '@prate/domain';
import type { HttpApi } from '@prate/http-api';
import type { PaperExchange } from '@prate/in-memory-paper';
import { PAPER_EXCHANGE, type PaperModuleOptions } from '@prate/in-memory-paper/inversify';
import { systemClock } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { startProgress } from '../progress.ts';
import { version } from '../version.ts';
import { printBeginning } from './beginning.ts';
import { sessionControl } from './control.ts';
import { endAll } from './end-all.ts';
import { AccountFeedWatch, TradeFeedWatch } from './feed-watch.ts';
import { HistoryFiller } from './history-filler.ts';
import { LiveLines } from './live-lines.ts';
import { servePage, tokensFileOf } from './page.ts';
import { heldSymbols, keptPaper, playedPaper } from './paper-account.ts';
import { Session } from './session.ts';
import { tellEnd } from './tell-end.ts';
import { playTimeAway, type TimeAway, timeAwayText } from './time-away.ts';
import { openTraces } from './traces.ts';
import type { UpParts } from './up-parts.ts';
import { buildSession, LIVE_CANDLES } from './wiring.ts';

const DEFAULT_INTERVAL: Interval = toInterval('5s');
/** A stream that takes longer than this to begin is told of. */
const SLOW_START_MS = 5000;

/** Wires a session, runs it to its end and prints what it came to. */
export async function runUp(io: Io, parts: UpParts): Promise<ExitCode> {
  const { options, settings, log, secrets, strategy, store, source, account } = parts;
  const { market, clock, symbols, pace } = source;
  const ending = new AbortController();
  const signal = AbortSignal.any([io.signal, ending.signal]);
  const isPlayedToEnd = pace === 'played' && source.liveFrom === null;
  const isCandles = source.kind === 'candles';
  const interval = (isCandles ? source.interval : null) ?? options.interval ?? DEFAULT_INTERVAL;
  const isServed = options.page && (!isPlayedToEnd || options.port !== undefined);
  const lines = options.json ? null : new LiveLines(io, source, options.speed !== undefined);
  const trades = new TradeFeedWatch(market, clock);
  const accountFeed = new AccountFeedWatch(clock, () => session.execution.isConnected());
  const traces = await openTraces(secrets, log);
  const container = buildSession({
    ...{ store, log, market, clock, pace, tradeFeed: trades, seed: 1 },
    paper: paperOf(parts, interval),
    run: { strategy, symbols, interval, onEnd: options.atEnd },
    candlesFrom: isCandles ? 'candles' : 'trades',
    // a file is read again after a crash, a market that has gone on is not
    secondsPerWrite: isPlayedToEnd ? 600 : 10,
    around: traces?.around,
  });
  const session = await Session.open(container, source, {
    ...{ interval, signal, secrets, outlivesStrategy: isServed, onEnd: options.atEnd },
    speed: options.speed ?? (isPlayedToEnd ? null : 1),
    ...(lines === null ? {} : { onCandles: (symbol, candles) => lines.candles(symbol, candles) }),
    onExecution: (event) => {
      accountFeed.note(event);
      lines?.execution(event);
    },
    onStrategyEnd: ({ state, reason }) => {
      if (!isServed || signal.aborted) return;
      const what = state === 'failed' ? 'failed' : 'ended';
      io.warn(`the strategy has ${what}: ${reason}; the session goes on without it\n`);
    },
  });
  const aggregator = await resolveAsync(container, CANDLE_AGGREGATOR);
  const filler = new HistoryFiller({ market, aggregator, symbols, clock, log, signal });
  let away: TimeAway | null = null;
  let page: HttpApi | null = null;
  let filling: Promise<void> | null = null;

  const begun = async (): Promise<void> => {
    slowStart.abort();
    account?.follow(await resolveAsync(container, PAPER_EXCHANGE), away !== null);
    if (isServed) {
      const feeds = () => [...(isCandles ? [] : [trades.health()]), accountFeed.health()];
      const control = sessionControl({ session, source, interval: interval.text, database: settings.db, feeds });
      const live = await resolveAsync(container, LIVE_CANDLES);
      const { execution } = session;
      page = await servePage(
        io,
        { session: control, execution, market, candles: aggregator, live, logger: log, version: version() },
        { port: options.port, tokensFile: tokensFileOf(settings.db) },
      );
      for (const scope of ['read', 'trade'] as const) secrets.add(page.token(scope));
    }
    await printBeginning(io, parts, page, interval);
    if (pace === 'live') {
      const since = clock.nowMs();
      trades.onGap = (gap) => filler.missed(gap);
      filler.missed({ fromMs: since, toMs: since + 1 }); // the minute in which the feed began
      if (options.history > 0) await fillPast(io, filler, since - options.history, since);
      filling = filler.run();
    }
    abortAfter(options.for, ending, signal);
  };

  const slowStart = new AbortController();
  const whenSlow = (): void => {
    io.warn(`still waiting for the streams of ${source.description}\n`);
    abortAfter(options.for, ending, signal); // it may wait for ever
  };
  try {
    away = await playAway(io, parts, await resolveAsync(container, PAPER_EXCHANGE), signal);
    if (pace === 'live') ifSlow(whenSlow, AbortSignal.any([signal, slowStart.signal]));
    const result = await session.run(begun);
    ending.abort();
    await filling;
    await account?.end();
    const missed = away?.problem ?? null;
    const problems = [
      ...result.problems,
      ...filler.problems,
      ...(missed === null ? [] : [missed]),
      ...(account?.problems() ?? []),
    ];
    const outcome = { result, history: session.history(), fetched: filler.added, away, problems };
    return await tellEnd(io, parts, outcome, (page as HttpApi | null)?.url ?? null);
  } finally {
    ending.abort();
    slowStart.abort();
    await endAll([
      async () => void (await filling),
      async () => await page?.close(),
      () => container.unbindAllAsync(),
      async () => account?.end(),
      async () => await traces?.flush(),
    ]);
  }
}

function paperOf({ source, account, options }: UpParts, interval: Interval): PaperModuleOptions {
  if (account !== null && source.pace === 'live') return keptPaper(account, source);
  return playedPaper(source, interval, options.balance);
}

/** A kept account goes on where it would be had a session run all the time. */
async function playAway(
  io: Io,
  { account, source, log }: UpParts,
  exchange: PaperExchange,
  signal: AbortSignal,
): Promise<TimeAway | null> {
  const saved = account?.saved ?? null;
  if (saved === null || source.pace !== 'live') return null;
  const { market, listed } = source;
  const symbols = heldSymbols(saved.exchange).filter((symbol) => listed.includes(symbol));
  const progress = startProgress(io, "the account's time away");
  const onProgress = (done: number, total: number): void => progress.update(done, total);
  try {
    const away = await playTimeAway({ saved, exchange, market, symbols, signal, log, onProgress });
    progress.stop();
    if (away !== null) io.warn(`${timeAwayText(away)}\n`);
    if (away !== null && away.problem !== null) io.warn(`${away.problem}\n`);
    return away;
  } finally {
    progress.stop();
  }
}

async function fillPast(io: Io, filler: HistoryFiller, from: number, to: number): Promise<void> {
  const progress = startProgress(io, 'history');
  try {
    await filler.fill({ from, to }, (done, total) => progress.update(done, total));
  } finally {
    progress.stop();
  }
}

function abortAfter(ms: number | undefined, ending: AbortController, signal: AbortSignal): void {
  if (ms === undefined) return;
  systemClock.sleep(ms, signal).then(
    () => ending.abort(new Error('the time of --for is over')),
    () => {},
  );
}

/** A network may let requests through and no streams: that would look as if nothing happened. */
function ifSlow(act: () => void, begun: AbortSignal): void {
  systemClock.sleep(SLOW_START_MS, begun).then(act, () => {});
}
