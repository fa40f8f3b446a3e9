import type { TracerProvider } from '@opentelemetry/api';
import type { ExecutionPort } from '@prate/execution-port';
import { type Logger, systemClock } from '@prate/runtime';
import type { Secrets } from '../secrets.ts';
import { version } from '../version.ts';

/** The end of a session waits no longer for a collector. */
const FLUSH_MS = 1000;

/** Where every copy of the API 1.x keeps what was registered: to look there costs nothing, to read the API some 40 ms. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  readonly version?: string;
  readonly trace?: unknown;
}

/** An SDK's provider can be flushed; the API knows no more of it than `getTracer`. */
interface Flushable extends TracerProvider {
  getDelegate?(): Flushable;
  forceFlush?(): Promise<void>;
}

export interface Traces {
  readonly around: (execution: ExecutionPort) => ExecutionPort;
  /** Sends what was traced until now; resolves after a second at the latest, and never rejects. */
  flush(): Promise<void>;
}

/** What traces a session; null where no OpenTelemetry SDK that fits was registered before. */
export async function openTraces(secrets: Secrets, log: Logger): Promise<Traces | null> {
  const registry = (globalThis as { readonly [REGISTRY]?: Registry })[REGISTRY];
  if (registry?.trace === undefined) return null;
  const { ProxyTracer, trace } = await import('@opentelemetry/api');
  const tracer = trace.getTracer('prate', version());
  if (tracer instanceof ProxyTracer) {
    // the API's own tracer, which does nothing
    log.warn({ api: registry.version }, 'no traces: the OpenTelemetry SDK is older than @opentelemetry/api 1.10');
    return null;
  }
  const { tracedExecution } = await import('./traced-execution.ts');
  return {
    around: (execution) => tracedExecution(execution, tracer, secrets),
    async flush() {
      const provider: Flushable = trace.getTracerProvider();
      const flushed = new AbortController();
      const late = systemClock.sleep(FLUSH_MS, flushed.signal);
      const sent = async (): Promise<void> => (provider.getDelegate?.() ?? provider).forceFlush?.();
      await Promise.race([sent(), late]).catch(() => {}); // the SDK tells of its own failures
      flushed.abort();
      await late.catch(() => {});
    },
  };
}
