import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CandleAggregator, ClosedHistory, LiveCandles } from '@prate/candle-aggregator';
import type { ExecutionPort } from '@prate/execution-port';
import {
  HttpApi,
  type HttpApiOptions,
  type KillResult,
  type SessionControl,
  type StrategyState,
} from '@prate/http-api';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import { type Logger, ManualClock, seededRandom, silentLogger, systemClock } from '@prate/runtime';
import { SyntheticMarket } from '@prate/simulated-market';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { maCross, StrategyRunner } from '@prate/strategy-runner';

export const START_MS: number = Date.UTC(2025, 0, 15, 12);
export const SYMBOLS: readonly string[] = ['BTC_USDT', 'ETH_USDT'];

export interface RigOptions extends Partial<HttpApiOptions> {
  readonly seed?: number;
}

/**
 * A session as an app would wire it: a made-up market, candles in a file, a strategy on paper, and its HTTP face. The market
 * stands still until it is told to go on.
 */
export class HttpApiRig implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly market: SyntheticMarket;
  readonly execution: ExecutionPort;
  readonly store: SqliteCandleStore;
  readonly candles: CandleAggregator;
  readonly live: LiveCandles;
  readonly runner: StrategyRunner;
  readonly control: PaperSession;
  #api: HttpApi | null = null;
  #starts = 0;
  readonly #folder: string;
  readonly #ending = new AbortController();
  #playing: Promise<unknown> = Promise.resolve();

  private constructor({ seed = 1, logger = silentLogger }: RigOptions) {
    this.clock = new ManualClock();
    this.market = new SyntheticMarket({ seed, symbols: SYMBOLS, clock: this.clock, start: START_MS });
    this.#folder = mkdtempSync(join(tmpdir(), 'prate-http-'));
    this.store = SqliteCandleStore.open(join(this.#folder, 'candles.db'));
    this.candles = new CandleAggregator({ store: this.store });
    this.live = new LiveCandles({
      ...{ market: this.market, symbols: SYMBOLS, aggregator: this.candles },
      ...{ latenessMs: 0, secondsPerWrite: 5 },
    });
    const { clock, market, live, candles } = this;
    this.execution = new InMemoryPaperExecution({ market, clock, random: seededRandom(seed), balance: '10000' });
    this.runner = new StrategyRunner({
      ...{ market, clock, execution: this.execution, candleFeed: live, log: logger, symbols: SYMBOLS },
      candles: new ClosedHistory({ aggregator: candles, venue: market.venue, clock, live }),
      strategy: maCross({ fast: 2, slow: 5 }),
      interval: '5s',
      onEnd: 'keep-orders',
    });
    this.control = new PaperSession(this);
  }

  /** Began, and played for `playMs` of the market's time. */
  static async start(options: RigOptions = {}, playMs = 120_000): Promise<HttpApiRig> {
    const rig = new HttpApiRig(options);
    await rig.execution.connect();
    rig.live.start();
    await rig.runner.start();
    await rig.advance(playMs);
    rig.#api = await HttpApi.start(rig.apiOptions(options));
    return rig;
  }

  get api(): HttpApi {
    return this.#api as HttpApi;
  }

  apiOptions(options: RigOptions = {}): HttpApiOptions {
    const { seed: _seed, ...rest } = options;
    this.#starts += 1; // chance is another at each start
    return {
      ...{ session: this.control, execution: this.execution, market: this.market, candles: this.candles },
      ...{ live: this.live, clock: systemClock, random: seededRandom(this.#starts), logger: silentLogger },
      ...{ version: '1.2.3', assets: null, port: 0 },
      ...rest,
    };
  }

  /** Another API of the same session, as after a restart. */
  async restartApi(options: RigOptions = {}): Promise<void> {
    await this.api.close();
    this.#api = await HttpApi.start(this.apiOptions(options));
  }

  async advance(ms: number): Promise<void> {
    await this.market.play({ until: this.clock.nowMs() + ms, settled: () => this.#settled() });
  }

  /** The market goes on by itself from here, so many times faster than time. */
  run(speed = 20): void {
    const pace = { clock: systemClock, speed };
    this.#playing = this.market
      .play({ pace, signal: this.#ending.signal, settled: () => this.#settled() })
      .catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api?.close();
    this.#ending.abort();
    await this.#playing;
    await this.runner.stop();
    await this.live.stop();
    await this.execution.disconnect();
    await this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #settled(): Promise<void> {
    await this.live.idle();
    await this.runner.idle();
  }
}

/** The session's side of the API, as an app would write it. */
class PaperSession implements SessionControl {
  readonly #rig: HttpApiRig;
  #state: StrategyState = 'running';
  mode: 'paper' | 'live' = 'paper';

  constructor(rig: HttpApiRig) {
    this.#rig = rig;
  }

  status(): ReturnType<SessionControl['status']> {
    const { clock, live, market } = this.#rig;
    return {
      ...{ id: 'run-1', startedAt: START_MS, marketTime: clock.nowMs() },
      source: { kind: 'synthetic', description: 'a market made up from seed 1', isSynthetic: true },
      ...{ venue: market.venue, symbols: SYMBOLS, interval: '5s', mode: this.mode, database: 'data/prate.db' },
      strategy: { name: 'ma-cross', state: this.#state, reason: this.#state === 'running' ? null : 'stopped' },
      feeds: [
        {
          ...{ stream: 'trades', connected: true, lastItemAt: live.stats.to, gaps: live.stats.gaps, latencyMs: 12 },
        },
      ],
      versions: { prate: '0.1.0', node: process.version },
    };
  }

  async stopStrategy(): Promise<ReturnType<PaperSession['status']>['strategy']> {
    await this.#rig.runner.stop('stopped over HTTP');
    this.#state = 'stopped';
    return this.status().strategy;
  }

  async kill(): Promise<KillResult> {
    const { execution } = this.#rig;
    const { state } = await this.stopStrategy();
    const results = await execution.cancelAllOrders();
    const remaining = await execution.getOpenOrders();
    return {
      strategyStopped: state === 'stopped',
      cancelled: results.filter(({ outcome }) => outcome.kind === 'cancelled').length,
      verified: remaining.length === 0,
      remaining,
      problems: [],
    };
  }

  report(): ReturnType<SessionControl['report']> {
    return this.#rig.runner.report();
  }
}

/** A logger that keeps every line, to look for what must not be in one. */
export function keepingLogger(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const keep = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, logger: { debug: keep, info: keep, warn: keep, error: keep } };
}
