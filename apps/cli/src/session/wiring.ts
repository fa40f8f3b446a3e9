import { ClosedHistory, LiveCandles } from '@prate/candle-aggregator';
import { CANDLE_AGGREGATOR, candleAggregatorModule } from '@prate/candle-aggregator/inversify';
import { CANDLE_STORE_PORT, type CandleStorePort } from '@prate/candle-store-port';
import { EXECUTION_PORT, type ExecutionPort } from '@prate/execution-port';
import { type PaperModuleOptions, paperModule } from '@prate/in-memory-paper/inversify';
import { MARKET_DATA_PORT, type MarketDataPort } from '@prate/market-data-port';
import { CLOCK, type Clock, LOGGER, type Logger, RANDOM, seededRandom, type Token, token } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { CANDLE_FEED, CANDLE_HISTORY } from '@prate/strategy-runner';
import { type StrategyRunnerModuleOptions, strategyRunnerModule } from '@prate/strategy-runner/inversify';
import { Container, ContainerModule } from 'inversify';
import { eventTime } from './event-time.ts';

export const LIVE_CANDLES: Token<LiveCandles> = token('live-candles');

export interface SessionConfig {
  /** Open; whoever opened it closes it. */
  readonly store: CandleStorePort;
  readonly log: Logger;
  readonly market: MarketDataPort;
  /** The market's time. `played`: it is moved by the session. */
  readonly clock: Clock;
  readonly pace: 'live' | 'played';
  /** Told the trades that candles are made of; default the market itself. */
  readonly tradeFeed?: Pick<MarketDataPort, 'trades' | 'venue'>;
  readonly seed: number;
  readonly paper: PaperModuleOptions;
  readonly run: StrategyRunnerModuleOptions;
  /** `trades`: candles are built, and stored, from the market's trades. `candles`: they come from the market as they are. */
  readonly candlesFrom: 'trades' | 'candles';
  /** How many seconds of market time are stored together. */
  readonly secondsPerWrite?: number;
  /** Gives what everyone has in place of the account, e.g. the account traced. */
  readonly around?: ((execution: ExecutionPort) => ExecutionPort) | undefined;
}

/** A strategy, its market, its candles and its account: everything that a session is made of. */
export function buildSession(config: SessionConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(
    worldModule(config),
    candleAggregatorModule(),
    candleFeedModule(config),
    paperModule(config.paper), // who executes the orders: another ExecutionPort's module here, and they go there
    strategyRunnerModule({ ...config.run, marksAtClose: config.paper.feed?.kind === 'candles' }),
  );
  const { around } = config;
  if (around !== undefined) container.onActivation<ExecutionPort>(EXECUTION_PORT, (_, port) => around(port));
  return container; // leaving is one call: await container.unbindAllAsync() ends what was begun
}

const worldModule = ({ market, clock, pace, log, seed, store }: SessionConfig): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, MARKET_DATA_PORT, [], () => market);
    provide(bind, CLOCK, [], () => (pace === 'played' ? eventTime(clock) : clock));
    provide(bind, CANDLE_STORE_PORT, [], () => store);
    provide(bind, LOGGER, [], () => log);
    provide(bind, RANDOM, [], () => seededRandom(seed));
  });

/** Where a strategy's candles come from, live and past. */
const candleFeedModule = (config: SessionConfig): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const { market, tradeFeed = market, pace, run, candlesFrom, secondsPerWrite } = config;
    const { symbols } = run;
    // what is played is told in order: a strategy need not wait for late trades
    const latenessMs = pace === 'played' ? 0 : undefined;
    provide(
      bind,
      LIVE_CANDLES,
      [CANDLE_AGGREGATOR],
      (aggregator) =>
        new LiveCandles({
          ...{ market: tradeFeed, aggregator, symbols, latenessMs, secondsPerWrite },
          joinsMidway: pace === 'live',
        }),
    ).onDeactivation((live) => live.stop().catch(() => {})); // told by the session itself
    provide(bind, CANDLE_FEED, [LIVE_CANDLES], (live) => (candlesFrom === 'trades' ? live : market));
    provide(
      bind,
      CANDLE_HISTORY,
      [CANDLE_AGGREGATOR, LIVE_CANDLES, CLOCK],
      (aggregator, live, clock) => new ClosedHistory({ aggregator, venue: market.venue, clock, live }),
    );
  });
