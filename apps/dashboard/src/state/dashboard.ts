import type {
  BalanceJson,
  CoverageJson,
  EquityJson,
  FillJson,
  KillJson,
  OrderJson,
  PositionJson,
  ReportJson,
  Scope,
  SessionJson,
} from '@prate/http-api/wire';
import { Api, isRefused, messageOf } from '../api/api.ts';
import { type LinkState, LiveStream } from '../api/live-stream.ts';
import { withBalance, withFills, withOrder, withPoint, withPosition } from './account.ts';
import { CandleLoader } from './candle-loader.ts';
import { Store } from './store.ts';
import { searchOf, type Theme, type View, viewOf } from './view.ts';

export interface Page {
  readonly view: View;
  readonly link: LinkState;
  readonly scope: Scope | null;
  /** Null until it was told. */
  readonly session: SessionJson | null;
  readonly orders: readonly OrderJson[] | null;
  readonly fills: readonly FillJson[] | null;
  readonly positions: readonly PositionJson[] | null;
  readonly balances: readonly BalanceJson[] | null;
  readonly equity: EquityJson | null;
  readonly report: ReportJson | null;
  readonly coverage: CoverageJson | null;
  /** What failed beside the stream, for people. */
  readonly problem: string | null;
}

const DAY_MS = 86_400_000;
const ASIDE_AFTER_MS = 500;
const COVERAGE_EVERY_MS = 30_000;
const REPORT_EVERY_MS = 5000;
const EQUITY_POINTS = 1000;
const FILLS_ASKED = 500;
const CANDLES_AT_FIRST = 1000;
/** The address is written this often at most: browsers refuse more. */
const ADDRESS_AFTER_MS = 400;

/** Everything that the page knows, and all that it can do. Components read `page` and call the methods. */
export class Dashboard {
  readonly page: Store<Page>;
  readonly loader: CandleLoader;
  readonly #api: Api;
  readonly #stream: LiveStream;
  #sessionId: string | null = null;
  #addressTimer = 0;

  constructor(token: string) {
    this.#api = new Api(token);
    this.page = new Store<Page>({
      view: viewOf(location.search),
      link: { phase: 'connecting' },
      ...{ scope: null, session: null, orders: null, fills: null, positions: null },
      ...{ balances: null, equity: null, report: null, coverage: null, problem: null },
    });
    this.#stream = new LiveStream({
      url: new URL('api/v1/stream', location.href.split(/[?#]/)[0]).href.replace(/^http/, 'ws'),
      token,
      check: () => this.#askSession(),
      onState: (link) => this.#patch({ link }),
    });
    this.loader = new CandleLoader(this.#api, this.#stream, () => this.page.get().session?.marketTime ?? null);
  }

  start(): void {
    this.#subscribe();
    const { symbol } = this.page.get().view;
    if (symbol !== null) this.#openCandles();
    this.#stream.start();
    // the chart comes first
    setTimeout(() => {
      void this.#askCoverage();
      void this.#askReport();
    }, ASIDE_AFTER_MS);
    setInterval(() => void this.#askCoverage(), COVERAGE_EVERY_MS);
    setInterval(() => void this.#askReport(), REPORT_EVERY_MS);
  }

  setSymbol(symbol: string): void {
    if (symbol === this.page.get().view.symbol) return;
    this.#showSymbol(symbol);
    void this.#askFills();
    void this.#askCoverage();
  }

  /** @param interval in canonical form, see intervalOf */
  setInterval(interval: string): void {
    if (interval === this.page.get().view.interval) return;
    this.#look({ interval });
    this.#openCandles();
  }

  setTheme(theme: Theme): void {
    this.#look({ theme });
  }

  /** Back to now. */
  goLive(): void {
    this.#look({ to: null });
    if (this.loader.candles.get().later !== null) this.#openCandles();
  }

  /** Told by the chart: what is in sight. */
  setWindow(to: number | null, bars: number): void {
    const { view } = this.page.get();
    if (to !== view.to || bars !== view.bars) this.#look({ to, bars });
  }

  /** @throws ApiError */
  kill(): Promise<KillJson> {
    return this.#api.kill();
  }

  #look(change: Partial<View>): void {
    this.#patch({ view: { ...this.page.get().view, ...change } });
    if (this.#addressTimer !== 0) return;
    this.#addressTimer = setTimeout(() => {
      this.#addressTimer = 0;
      history.replaceState(null, '', location.pathname + searchOf(this.page.get().view));
    }, ADDRESS_AFTER_MS);
  }

  #showSymbol(symbol: string): void {
    this.#look({ symbol });
    this.#patch({ coverage: null });
    this.#openCandles();
  }

  #openCandles(): void {
    const { symbol, interval, to, bars } = this.page.get().view;
    if (symbol !== null) this.loader.open(symbol, interval, to, Math.max(CANDLES_AT_FIRST, bars ?? 0));
  }

  #subscribe(): void {
    const stream = this.#stream;
    const page = this.page;
    stream.subscribe<'session'>(
      { kind: 'session' },
      { onSnapshot: (session) => this.#patch({ session }), onChange: (session) => this.#patch({ session }) },
    );
    stream.subscribe<'orders'>(
      { kind: 'orders' },
      {
        onSnapshot: ({ orders }) => this.#patch({ orders }),
        onChange: ({ order }) => this.#patch({ orders: withOrder(page.get().orders ?? [], order) }),
      },
    );
    stream.subscribe<'fills'>(
      { kind: 'fills' },
      {
        onSnapshot: ({ fills }) => {
          this.#patch({ fills: withFills(page.get().fills ?? [], fills) });
          void this.#askFills();
        },
        onChange: ({ fill }) => this.#patch({ fills: withFills(page.get().fills ?? [], [fill]) }),
      },
    );
    stream.subscribe<'positions'>(
      { kind: 'positions' },
      {
        onSnapshot: ({ positions }) => this.#patch({ positions }),
        onChange: (change) => this.#patch({ positions: withPosition(page.get().positions ?? [], change) }),
      },
    );
    stream.subscribe<'balances'>(
      { kind: 'balances' },
      {
        onSnapshot: ({ balances }) => this.#patch({ balances }),
        onChange: ({ balance }) => this.#patch({ balances: withBalance(page.get().balances ?? [], balance) }),
      },
    );
    stream.subscribe<'equity'>(
      { kind: 'equity' },
      {
        onSnapshot: () => void this.#aside(async () => this.#patch({ equity: await this.#api.equity(EQUITY_POINTS) })),
        onChange: (point) => this.#patch({ equity: withPoint(page.get().equity, point) }),
      },
    );
  }

  /** Before each connection. Another session than before is another world: all is asked anew. */
  async #askSession(): Promise<void> {
    const { scope, ...session } = await this.#api.session();
    const isNew = session.id !== this.#sessionId;
    const wasThere = this.#sessionId !== null;
    this.#sessionId = session.id;
    this.#patch({ scope, session, ...(isNew && wasThere ? { fills: null, equity: null } : {}) });
    if (isNew) {
      const { view } = this.page.get();
      const symbol = view.symbol !== null && session.symbols.includes(view.symbol) ? view.symbol : session.symbols[0];
      if (symbol !== undefined && symbol !== view.symbol) this.#showSymbol(symbol);
    }
    this.loader.retry();
  }

  #askFills(): Promise<void> {
    return this.#aside(async () => {
      const { symbol } = this.page.get().view;
      if (symbol === null) return;
      const fills = await this.#api.fills(symbol, FILLS_ASKED);
      this.#patch({ fills: withFills(this.page.get().fills ?? [], fills) });
    });
  }

  #askReport(): Promise<void> {
    return this.#aside(async () => {
      if (this.page.get().link.phase !== 'lost') this.#patch({ report: await this.#api.report() });
    });
  }

  #askCoverage(): Promise<void> {
    return this.#aside(async () => {
      const { view, session, link } = this.page.get();
      if (view.symbol === null || session === null || link.phase === 'lost') return;
      const { marketTime } = session;
      const coverage = await this.#api.coverage(view.symbol, marketTime - DAY_MS, marketTime);
      if (this.page.get().view.symbol === coverage.symbol) this.#patch({ coverage });
    });
  }

  /** What the chart can do without: a failure is shown, and the next time may go well. */
  async #aside(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#patch({ problem: null });
    } catch (error) {
      if (!isRefused(error)) this.#patch({ problem: messageOf(error) });
    }
  }

  #patch(change: Partial<Page>): void {
    this.page.set({ ...this.page.get(), ...change });
  }
}
