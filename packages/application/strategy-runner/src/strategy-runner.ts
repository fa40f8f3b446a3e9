import { type Interval, NotConnectedError, toInterval } from '@prate/domain';
import type { CloseOutcome, ExecutionEvent } from '@prate/execution-port';
import type { CandlesItem, Gap, Subscription, TradesItem } from '@prate/market-data-port';
import { AsyncQueue } from '@prate/runtime';
import { type Begun, beginRun } from './begin-run.ts';
import type { EndPolicy } from './end-policy.ts';
import { RunStoppedError, StrategyError, StrategyTooSlowError, textOf } from './errors.ts';
import { symbolOf } from './execution-symbol.ts';
import { leave } from './leave.ts';
import { eachMarketEvent } from './market-events.ts';
import { Quiet } from './quiet.ts';
import type { RunHistory } from './report/run-history.ts';
import type { RunReport } from './report/run-report.ts';
import { checkRun, type StrategyRunnerOptions } from './runner-options.ts';
import type { Strategy, StrategyCallback, StrategyContext } from './strategy.ts';
import { toStrategy } from './to-strategy.ts';
import { type MarketEvent, type RunEvent, WaitingEvents } from './waiting-events.ts';

interface Ending {
  readonly reason: string;
  /** Absent where nothing failed. */
  readonly error?: unknown;
}

/** Methods of the account, and of its trigger orders, by which something can come to stand. */
const ORDERS: ReadonlySet<PropertyKey> = new Set([
  'createOrder',
  'createOrders',
  'amendOrder',
  'closePosition',
  'create',
  'amend',
]);

/**
 * Runs one strategy over one account and one market, live, on paper or replayed.
 *
 * Callbacks run strictly one after another. Market events come in the order of their feeds; before each of them, what
 * the account has told by then is handled first, so a fill at a candle's open is known before its close. No event is
 * dropped: when more come while `maxWaiting` wait, the run fails with StrategyTooSlowError.
 *
 * A run ends when `stop()` is called, the candle feed ends, or something fails: a callback threw (StrategyError), a feed
 * or the account's events broke off. Then `onStop` is called (not after the strategy threw), the end policy applied,
 * and `done` settles. It does not connect or disconnect anything, and does not restart a strategy.
 */
export class StrategyRunner {
  /**
   * The report, once the run has ended; rejects with what made it fail, when `report()` still gives the report.
   * The error is logged too, so it is not lost on a caller who never looks here.
   */
  readonly done: Promise<RunReport>;
  readonly #options: StrategyRunnerOptions;
  readonly #strategy: Strategy;
  readonly #interval: Interval;
  readonly #waiting: WaitingEvents;
  readonly #quiet = new Quiet();
  /** Ends every subscription, and every call under way in `start()`. */
  readonly #closing = new AbortController();
  readonly #feed: { lastGap: Gap | null } = { lastGap: null };
  #resolveDone: (report: RunReport) => void = () => {};
  #rejectDone: (error: unknown) => void = () => {};
  #phase: 'new' | 'starting' | 'running' | 'ended' = 'new';
  #ending: Ending | undefined;
  #onEnd: EndPolicy;
  #begun: Begun | undefined;
  /** Set when `onStart` is called. */
  #context: StrategyContext | undefined;
  /** The strategy's work under way, where it has to be awaited. */
  #working: Promise<void> | undefined;
  /** Whether what waits will be handled soon without anyone asking. */
  #woken = false;
  /** By the symbols that it names. */
  readonly #lastToldGaps = new Map<string, Gap>();
  #refusal: RunStoppedError | null = null;

  /** @throws InvalidInputError for a bad strategy, interval, or list of symbols */
  constructor(options: StrategyRunnerOptions) {
    const { symbols, maxWaiting = 10_000, onEnd = 'cancel-orders' } = options;
    checkRun(symbols, maxWaiting);
    this.#options = options;
    this.#onEnd = onEnd;
    this.#strategy = toStrategy(options.strategy);
    this.#interval = toInterval(options.interval);
    this.#waiting = new WaitingEvents(maxWaiting);
    this.done = new Promise((resolve, reject) => {
      this.#resolveDone = resolve;
      this.#rejectDone = reject;
    });
    this.done.catch(() => {}); // a failure may come before anyone waits for it; see the comment of `done`
  }

  /**
   * Reads instruments and the account, subscribes, and calls `onStart`; resolves when the feeds are live and the strategy
   * is ready. A replay begins to play after that.
   *
   * @throws what kept it from starting: NotConnectedError, InvalidInputError for a symbol that the market does not
   * have, StrategyError, RunStoppedError when stopped meanwhile
   */
  async start(): Promise<void> {
    if (this.#phase !== 'new') throw new TypeError('a StrategyRunner starts once: make a new one for another run');
    this.#phase = 'starting';
    try {
      await this.#begin();
    } catch (error) {
      this.#end('it could not start', error);
    }
    if (this.#ending === undefined) {
      this.#phase = 'running';
      this.#wake();
      return;
    }
    const { reason, error = stoppedEarly(reason) } = this.#ending;
    await this.#finish({ reason, error });
    throw error;
  }

  /**
   * Has the strategy handle all that was told so far, of the account too. Resolves when that is done; undefined where it is
   * done already, or the run is not running. A replaying market awaits it between events, which makes replays deterministic.
   * It never rejects.
   */
  idle(): Promise<void> | undefined {
    if (this.#phase !== 'running') return undefined;
    this.#working ??= this.#step();
    return this.#working;
  }

  /**
   * Ends the run: the callback under way finishes, events that still wait are left, then the end as described above.
   * Resolves when all that is over, also when the run failed (see `done`). May be called at any time, and twice; a
   * callback must not await it, for it waits for that callback.
   * @param onEnd in place of the run's own, where the run has not ended yet
   */
  async stop(reason = 'stopped', onEnd?: EndPolicy): Promise<void> {
    if (this.#ending === undefined) this.#onEnd = onEnd ?? this.#onEnd;
    if (this.#phase === 'new') {
      this.#phase = 'ended';
      this.#rejectDone(stoppedEarly(reason));
    }
    this.#end(reason);
    if (this.#phase === 'starting') this.#closing.abort();
    await this.done.catch(() => {});
  }

  /**
   * Ends the run at once, whatever its callback does, as one that failed: for a callback that does not come back. It is cut
   * off from the account: what it orders from now on is refused with a RunStoppedError. There is no `onStop`, and no end
   * policy: those are the caller's now.
   */
  abandon(reason: string): void {
    if (this.#phase === 'ended') return;
    const name = this.#strategy.name;
    const error = new RunStoppedError(`a callback of strategy '${name}' did not come back: it was cut off (${reason})`);
    this.#refusal = error;
    this.#ending ??= { reason, error };
    this.#over([error]);
  }

  get strategyName(): string {
    return this.#strategy.name;
  }

  /** The report as things are now, at any time; null before the account was first read. */
  report(): RunReport | null {
    const reason = this.#phase === 'ended' ? this.#ending?.reason : undefined;
    return this.#begun?.record.report(reason ?? null) ?? null;
  }

  /** The curves and lists behind the report, as things are now; null before the account was first read. Takes some ms. */
  history(): RunHistory | null {
    return this.#begun?.record.history() ?? null;
  }

  async #begin(): Promise<void> {
    const { market, candleFeed, symbols } = this.#options;
    const { signal } = this.#closing;
    const begun = await beginRun({
      ...{ options: this.#options, strategy: this.#strategy.name, interval: this.#interval, feed: this.#feed, signal },
      onUse: (method) => this.#use(method),
      onOutcome: (outcome) => this.#told(outcome),
      refusal: (method) => (ORDERS.has(method) ? this.#refusal : null),
    });
    this.#begun = begun;
    void this.#follow(begun.events);
    const take = (item: CandlesItem | TradesItem): void => this.#takeMarket(item);
    const feeds = [candleFeed.candles(symbols, this.#interval, take, { signal })];
    if (this.#strategy.onTrade !== undefined) feeds.push(market.trades(symbols, take, { signal }));
    for (const [i, feed] of feeds.entries()) this.#watch(feed, i === 0);
    await Promise.all(feeds.map((feed) => feed.ready));
    this.#context = begun.context;
    await this.#call('onStart', () => this.#strategy.onStart?.(begun.context));
  }

  /** The end of the candle feed is the end of the run; that of the trades alone is not. */
  #watch(feed: Subscription, endsRun: boolean): void {
    feed.done.then(
      () => {
        if (!endsRun) return;
        this.#waiting.addMarket({ kind: 'end', reason: 'the candle feed ended' });
        this.#wake();
      },
      (error: unknown) => this.#end('a market feed failed', error),
    );
  }

  async #follow(events: AsyncIterable<ExecutionEvent>): Promise<void> {
    try {
      this.#quiet.follows(events);
      if (events instanceof AsyncQueue) {
        await events.listen((event) => this.#takeExecution(event));
      } else for await (const event of events) this.#takeExecution(event);
      this.#end(
        'the account disconnected',
        new NotConnectedError('the execution port was disconnected during the run'),
      );
    } catch (error) {
      this.#end("the account's events broke off", error);
    }
  }

  /** The listener of the market's feeds. */
  #takeMarket(item: CandlesItem | TradesItem): void {
    if (item.kind === 'heartbeat') return;
    if (item.kind === 'gap' && !this.#isNewGap(item)) return;
    if (!this.#hasRoom()) return;
    eachMarketEvent(item, this.#addMarket);
    this.#wake();
  }

  readonly #addMarket = (event: MarketEvent): void => this.#waiting.addMarket(event);

  /** The trades and the candles of one market tell the same gap. */
  #isNewGap(gap: Gap): boolean {
    const { fromMs, toMs, symbols } = gap;
    const whose = symbols?.join() ?? '';
    const last = this.#lastToldGaps.get(whose);
    if (last?.fromMs === fromMs && last.toMs === toMs) return false;
    this.#lastToldGaps.set(whose, gap);
    this.#options.log.info({ fromMs, toMs, symbols }, 'the market feed has a gap');
    this.#begun?.record.gap({ feed: 'market', from: fromMs, to: toMs });
    return true;
  }

  #takeExecution(event: ExecutionEvent): void {
    this.#quiet.arrive();
    this.#begun?.equity.change();
    const { symbols, log } = this.#options;
    const symbol = symbolOf(event);
    if (symbol !== null && !symbols.includes(symbol)) return;
    if (event.kind === 'gap') log.warn({ fromMs: event.fromMs, toMs: event.toMs }, 'the account feed has a gap');
    this.#begun?.record.event(event);
    if (this.#strategy.onExecution === undefined || !this.#hasRoom()) return;
    this.#waiting.addExecution(event);
    this.#wake();
  }

  #hasRoom(): boolean {
    if (!this.#waiting.isFull) return true;
    const { capacity } = this.#waiting;
    const message = `more than ${capacity} events wait for strategy '${this.#strategy.name}': it is slower than its feed`;
    this.#end('the strategy is too slow', new StrategyTooSlowError(message));
    return false;
  }

  #end(reason: string, error?: unknown): void {
    this.#ending ??= error === undefined ? { reason } : { reason, error };
    this.#wake();
  }

  /** Refusals are counted; the first of each reason is a warning. */
  #told(outcome: CloseOutcome): void {
    if (outcome.kind !== 'rejected') return;
    const { reason, message } = outcome;
    if (this.#begun?.record.rejected(reason) === 1)
      this.#options.log.warn({ reason }, `an order was rejected: ${message}`);
  }

  #use(method: PropertyKey | null): void {
    this.#quiet.use(method);
    if (method !== null) this.#begun?.equity.change();
  }

  /** Handles what waits after the work under way, unless a replay asks for it before (`idle`). */
  #wake(): void {
    if (this.#phase !== 'running' || this.#woken) return;
    this.#woken = true;
    queueMicrotask(() => {
      this.#woken = false;
      void this.idle();
    });
  }

  /** Handles what waits, without a promise as long as nothing has to be awaited. */
  #step(): Promise<void> | undefined {
    while (!this.#quiet.mayBeUnderWay && this.#ending === undefined) {
      const event = this.#waiting.next();
      if (event === undefined) return undefined;
      const work = this.#handle(event, this.#context as StrategyContext);
      if (work !== undefined) return this.#work(work);
    }
    return this.#work(Promise.resolve());
  }

  /** Goes on when what is under way is done. */
  async #work(underWay: Promise<void>): Promise<void> {
    await underWay;
    for (;;) {
      if (this.#quiet.mayBeUnderWay) await this.#quiet.settle();
      if (this.#ending !== undefined) break;
      const event = this.#waiting.next();
      if (event === undefined) {
        this.#working = undefined;
        return;
      }
      await this.#handle(event, this.#context as StrategyContext);
    }
    await this.#finish(this.#ending);
  }

  #handle(event: RunEvent, context: StrategyContext): Promise<void> | undefined {
    switch (event.kind) {
      case 'candle': {
        const { candle } = event;
        const { record, equity } = this.#begun as Begun;
        record.candle(candle);
        const work = this.#call('onCandle', () => this.#strategy.onCandle?.(candle, context));
        return work === undefined ? equity.sample(candle) : work.then(() => equity.sample(candle));
      }
      case 'trade':
        return this.#call('onTrade', () => this.#strategy.onTrade?.(event.trade, context));
      case 'execution':
        return this.#call('onExecution', () => this.#strategy.onExecution?.(event.event, context));
      case 'gap':
        this.#feed.lastGap = event.gap;
        return undefined;
      case 'end':
        this.#end(event.reason);
        return undefined;
    }
  }

  #call(callback: StrategyCallback, run: () => void | Promise<void>): Promise<void> | undefined {
    const fail = (cause: unknown): void =>
      this.#end('the strategy failed', new StrategyError(this.#strategy.name, callback, cause));
    try {
      const work = run();
      return isThenable(work) ? Promise.resolve(work).catch(fail) : undefined;
    } catch (cause) {
      fail(cause);
      return undefined;
    }
  }

  async #finish({ reason, error }: Ending): Promise<void> {
    if (this.#refusal !== null) return; // it came back after all
    const errors: unknown[] = error === undefined ? [] : [error];
    if (this.#context !== undefined) {
      const options = { ...this.#options, onEnd: this.#onEnd };
      const parts = { options, strategy: this.#strategy, quiet: this.#quiet };
      errors.push(...(await leave({ ...parts, ...(this.#begun as Begun) }, reason, error)));
    }
    if (this.#refusal === null) this.#over(errors);
  }

  #over(errors: readonly unknown[]): void {
    this.#phase = 'ended';
    this.#working = undefined;
    this.#closing.abort();
    for (const problem of errors) {
      this.#begun?.record.error(problem);
      this.#options.log.error({ error: problem }, `run of strategy '${this.#strategy.name}': ${textOf(problem)}`);
    }
    const report = this.report();
    if (errors.length > 0 || report === null) this.#rejectDone(errors[0]);
    else this.#resolveDone(report);
  }
}

/** What a callback returns that must be awaited; strategies from outside may return anything. */
const isThenable = (value: unknown): value is Promise<void> =>
  typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function';

const stoppedEarly = (reason: string): RunStoppedError =>
  new RunStoppedError(`the run was stopped before it had started: ${reason}`);
