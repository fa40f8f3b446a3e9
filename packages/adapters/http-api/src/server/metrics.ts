import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FeedHealthJson, SessionJson } from '../wire/session.ts';

/** What is read when somebody asks. */
export interface MetricSources {
  readonly status: () => SessionJson;
  /** The machine's clock, epoch ms: how long ago an item came. */
  readonly nowMs: () => number;
  readonly streams: () => number;
  readonly openOrders: () => number;
  readonly strangers: () => { readonly connected: number; readonly dropped: number };
}

/** Feeds are a small set; should an app name more, the rest are left out. */
const MOST_FEEDS = 20;

/** Of the process, with names of prom-client's own; one set however many servers there are, because it can only be begun. */
let ofProcess: Registry | null = null;

function processMetrics(): Registry {
  if (ofProcess === null) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** What Prometheus reads. Names end in their unit; labels are routes, methods, statuses and feeds, of which there are few. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #drops: Counter<'reason'>;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    this.#requests = new Histogram({
      name: 'prate_http_request_duration_seconds',
      help: 'How long requests took',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    this.#drops = new Counter({
      name: 'prate_stream_drops_total',
      help: 'Streams that the server ended',
      labelNames: ['reason'],
      registers,
    });
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(read());
        },
      });
    };
    gauge('prate_streams', 'WebSockets that are open', sources.streams);
    gauge('prate_open_orders', 'Orders that are open', sources.openOrders);
    gauge('prate_unknown_connections', 'Connections that have shown no token', () => sources.strangers().connected);
    gauge(
      'prate_unknown_connections_dropped',
      'Of those, ended because there were too many',
      () => sources.strangers().dropped,
    );
    gauge(
      'prate_session_start_time_seconds',
      'When the session began, Unix time',
      () => sources.status().startedAt / 1000,
    );
    gauge('prate_strategy_running', '1 while the strategy runs', () =>
      sources.status().strategy.state === 'running' ? 1 : 0,
    );
    feedGauges(this.#registry, sources);
  }

  request(labels: { readonly method: string; readonly route: string; readonly status: number }, seconds: number): void {
    this.#requests.observe({ ...labels, status: String(labels.status) }, seconds);
  }

  drop(reason: string): void {
    this.#drops.inc({ reason });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await processMetrics().metrics()}`;
  }
}

function feedGauges(registry: Registry, { status, nowMs }: MetricSources): void {
  const gauge = (name: string, help: string, read: (feed: FeedHealthJson) => number | null): void => {
    new Gauge({
      ...{ name, help, labelNames: ['stream'], registers: [registry] },
      collect() {
        this.reset();
        for (const feed of status().feeds.slice(0, MOST_FEEDS)) {
          const value = read(feed);
          if (value !== null) this.set({ stream: feed.stream }, value);
        }
      },
    });
  };
  gauge('prate_feed_connected', '1 while the feed is connected', ({ connected }) => (connected ? 1 : 0));
  gauge('prate_feed_gaps', 'How often the feed missed something', ({ gaps }) => gaps);
  gauge('prate_feed_last_item_age_seconds', 'How long ago the last item came', ({ lastItemAt }) =>
    lastItemAt === null ? null : (nowMs() - lastItemAt) / 1000,
  );
  gauge('prate_feed_latency_seconds', 'How old items are when they come', ({ latencyMs }) =>
    latencyMs === null ? null : latencyMs / 1000,
  );
}
