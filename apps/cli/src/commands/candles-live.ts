import { CandleAggregator, LiveCandles } from '@prate/candle-aggregator';
import type { Interval } from '@prate/domain';
import { type CandleColumns, rowsOf } from '@prate/domain/candles';
import type { Gap, MarketDataPort } from '@prate/market-data-port';
import { systemClock } from '@prate/runtime';
import { readSettings } from '../config.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { mexcMarket } from '../on-venue.ts';
import { MEXC, openSource, sourceOf } from '../sources.ts';
import { openStore } from '../stores.ts';
import { formatTime } from '../times.ts';

export interface LiveOptions {
  readonly db?: string;
  readonly json?: true;
  readonly source?: string;
  readonly venue?: string;
  readonly symbol: readonly string[];
  readonly interval: Interval;
  /** Ends it after so many ms. */
  readonly for?: number;
}

interface LiveMarket {
  readonly market: MarketDataPort;
  /** Makes its time pass, until the signal; undefined where it passes by itself. */
  readonly play?: (signal: AbortSignal, settled: () => Promise<void> | undefined) => Promise<void>;
  close(): Promise<void>;
}

/** Of a feed of several symbols it says whose. */
const gapLine = ({ fromMs, toMs, symbols }: Gap): string =>
  `gap: ${formatTime(fromMs)} to ${formatTime(toMs)} UTC${symbols === undefined ? '' : ` (${symbols.join(', ')})`}\n`;

/** Trades as they happen become stored seconds; candles of the interval are printed as they close. Ends with 0 when stopped. */
export async function liveCandles(io: Io, options: LiveOptions): Promise<ExitCode> {
  const store = openStore(io, options);
  const over = new AbortController();
  const ended = AbortSignal.any([io.signal, over.signal]);
  try {
    const { market, play, close } = await openLiveMarket(io, options, store);
    const aggregator = new CandleAggregator({ store, cachedCandles: 0 });
    const live = new LiveCandles({ market, aggregator, symbols: options.symbol, joinsMidway: play === undefined });
    try {
      const print = (item: { readonly symbol: string; readonly candles: CandleColumns }, revised: boolean): void => {
        for (const line of linesOf(item, options, revised)) void io.write(line).catch(() => {});
      };
      live.candles(options.symbol, options.interval, (item) => {
        if (item.kind === 'candles' || item.kind === 'revision') print(item, item.kind === 'revision');
        if (item.kind === 'gap') io.warn(gapLine(item));
      });
      const feed = live.start({ signal: ended });
      await Promise.race([feed.ready, aborted(ended)]);
      if (!options.json && !ended.aborted)
        io.warn(`live: ${options.symbol.join(', ')} of ${market.venue}, until Ctrl-C\n`);
      if (options.for !== undefined)
        systemClock.sleep(options.for, ended).then(
          () => over.abort(),
          () => {},
        );
      await Promise.race([play === undefined ? feed.done : play(ended, () => live.idle()), aborted(ended)]).catch(
        (error: unknown) => {
          if (!ended.aborted) throw error;
        },
      );
    } finally {
      over.abort();
      await live.stop();
      await close();
    }
    const { trades, stored, gaps, lost } = live.stats;
    const unstored = lost === 0 ? '' : `, ${counted(lost, 'late trade')} of damaged seconds not stored`;
    io.warn(
      `${counted(trades, 'trade')}, ${counted(stored, 'candle')} of 1 s stored in ${store.file}, ${counted(gaps, 'gap')}${unstored}\n`,
    );
    return ExitCode.OK;
  } finally {
    over.abort();
    await store.close();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

async function openLiveMarket(
  io: Io,
  options: LiveOptions,
  store: Parameters<typeof openSource>[1],
): Promise<LiveMarket> {
  const source = sourceOf(options);
  if (source === MEXC) {
    return mexcMarket(io, readSettings(io, options));
  }
  const opened = await openSource(io, store, { source, symbols: options.symbol, idGaps: true }, systemClock.nowMs());
  const { market, liveFrom } = opened;
  return {
    market,
    play: async (signal, settled) => {
      // what has passed is played at once, the rest as the machine's time passes
      if (liveFrom !== null) await market.play({ signal, settled, until: liveFrom });
      await market.play({ signal, settled, ...(liveFrom === null ? {} : { pace: { clock: systemClock, speed: 1 } }) });
    },
    close: async () => market.close(),
  };
}

function linesOf(
  { symbol, candles }: { readonly symbol: string; readonly candles: CandleColumns },
  { json }: LiveOptions,
  revised: boolean,
): string[] {
  return Array.from(rowsOf(candles), (row) => {
    if (json) return `${JSON.stringify({ symbol, interval: candles.interval.text, revised, ...row })}\n`;
    const { openTime, open, high, low, close, volume, trades } = row;
    const numbers = `open ${open}  high ${high}  low ${low}  close ${close}  volume ${volume}  trades ${trades ?? '?'}`;
    return `${formatTime(openTime)}  ${symbol} ${candles.interval.text}  ${numbers}${revised ? '  (revised)' : ''}\n`;
  });
}
