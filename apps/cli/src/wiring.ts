import { existsSync } from 'node:fs';
import { LiveCandles } from '@prate/candle-aggregator';
import { CANDLE_AGGREGATOR, candleAggregatorModule } from '@prate/candle-aggregator/inversify';
import type { PaperRules } from '@prate/in-memory-paper';
import { paperModule } from '@prate/in-memory-paper/inversify';
import { MARKET_DATA_PORT, type MarketDataPort } from '@prate/market-data-port';
import { CLOCK, type Clock, LOGGER, type Logger, RANDOM, seededRandom, type Token, token } from '@prate/runtime';
import { provide } from '@prate/runtime/inversify';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { sqliteStoreModule } from '@prate/sqlite-store/inversify';
import { CANDLE_FEED, CANDLE_HISTORY } from '@prate/strategy-runner';
import { type StrategyRunnerModuleOptions, strategyRunnerModule } from '@prate/strategy-runner/inversify';
import { Container, ContainerModule } from 'inversify';
import { CommandFailedError } from './command-failed-error.ts';
import { readSettings } from './config.ts';
import type { Io } from './io.ts';
import { prepareDatabase } from './paths.ts';

export const LIVE_CANDLES: Token<LiveCandles> = token('live-candles');

export interface SessionConfig {
  readonly db: string;
  readonly log: Logger;
  /** The market, and the clock that it moves. */
  readonly market: MarketDataPort;
  readonly clock: Clock;
  readonly seed: number;
  readonly paper: PaperRules;
  readonly run: StrategyRunnerModuleOptions;
  /** `trades`: candles are built, and stored, from the market's trades. `candles`: they come from the market as they are. */
  readonly candlesFrom: 'trades' | 'candles';
  /** How many seconds of market time are stored together. */
  readonly secondsPerWrite?: number;
}

/** A strategy, its market, its candles and its account: everything that a session is made of. */
export function buildSession(config: SessionConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(
    worldModule(config),
    sqliteStoreModule({ file: prepareDatabase(config.db) }),
    candleAggregatorModule(),
    candleFeedModule(config),
    paperModule(config.paper), // who executes the orders: another ExecutionPort's module here, and they go there
    strategyRunnerModule(config.run),
  );
  return container; // leaving is one call: await container.unbindAllAsync() ends and closes what was opened
}

const worldModule = ({ market, clock, log, seed }: SessionConfig): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, MARKET_DATA_PORT, [], () => market);
    provide(bind, CLOCK, [], () => clock);
    provide(bind, LOGGER, [], () => log);
    provide(bind, RANDOM, [], () => seededRandom(seed));
  });

/** Where a strategy's candles come from, live and past. */
const candleFeedModule = ({ market, run, candlesFrom, secondsPerWrite }: SessionConfig): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(
      bind,
      LIVE_CANDLES,
      [CANDLE_AGGREGATOR],
      (aggregator) => new LiveCandles({ market, aggregator, symbols: run.symbols, secondsPerWrite }),
    );
    provide(bind, CANDLE_FEED, [LIVE_CANDLES], (live) => (candlesFrom === 'trades' ? live : market));
    provide(bind, CANDLE_HISTORY, [CANDLE_AGGREGATOR, LIVE_CANDLES], (aggregator, live) => ({
      async getAggregatedCandles(symbol, start, end, interval) {
        await live.flush(); // what closed a moment ago is history too
        return aggregator.getAggregatedCandles({ venue: market.venue, symbol }, start, end, interval);
      },
    }));
  });

/** The store alone, for commands that need no more. */
export function openStore(io: Io, flags: { readonly db?: string | undefined }): SqliteCandleStore {
  return SqliteCandleStore.open(prepareDatabase(readSettings(io, flags).db));
}

/** The same for commands that only look: a mistyped path makes no new database. @throws CommandFailedError */
export function openStoredData(io: Io, flags: { readonly db?: string | undefined }): SqliteCandleStore {
  const { db } = readSettings(io, flags);
  if (existsSync(db)) return SqliteCandleStore.open(db);
  throw new CommandFailedError(`there is no database ${db} yet; prate candles import FILE --symbol S makes it`);
}
