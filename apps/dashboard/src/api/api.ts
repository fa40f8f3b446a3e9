import type {
  CandleWindowJson,
  CoverageJson,
  EquityJson,
  ErrorJson,
  FillJson,
  KillJson,
  KillRequestJson,
  ReportJson,
  SessionReplyJson,
} from '@prate/http-api/wire';

/** The server's refusal (`status` as it came), or that it was not reached (`status` 0). */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, { code, message }: ErrorJson, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** What the token is not, or no longer, good for: asking again will not help. */
export const isRefused = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const TIMEOUT_MS = 15_000;
/** Cancelling takes its time where a venue is slow. */
const KILL_TIMEOUT_MS = 60_000;

export interface WindowQuery {
  readonly symbol: string;
  readonly interval: string;
  readonly from?: number;
  readonly to?: number;
  readonly before?: number;
  readonly last?: number;
}

interface Call {
  readonly method?: 'POST';
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The session's REST calls, as far as the page needs them. */
export class Api {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  session(): Promise<SessionReplyJson> {
    return this.#ask('session');
  }

  /** Watched buckets without a trade are rows too: a row that is not there is time that nobody knows of. */
  candles(query: WindowQuery, signal: AbortSignal): Promise<CandleWindowJson> {
    return this.#ask('candles', { ...query, fill: 'flat' }, { signal });
  }

  coverage(symbol: string, from: number, to: number, signal?: AbortSignal): Promise<CoverageJson> {
    return this.#ask('coverage', { symbol, from, to }, signal === undefined ? {} : { signal });
  }

  /** Newest first. */
  async fills(symbol: string, limit: number): Promise<readonly FillJson[]> {
    return (await this.#ask<{ fills: FillJson[] }>('fills', { symbol, limit })).fills;
  }

  equity(points: number): Promise<EquityJson> {
    return this.#ask('equity', { points });
  }

  async report(): Promise<ReportJson | null> {
    return (await this.#ask<{ report: ReportJson | null }>('report')).report;
  }

  kill(): Promise<KillJson> {
    const body: KillRequestJson = { confirm: true };
    return this.#ask('kill', {}, { method: 'POST', body: JSON.stringify(body), timeoutMs: KILL_TIMEOUT_MS });
  }

  async #ask<T>(
    path: string,
    query: Readonly<Record<string, string | number>> = {},
    { signal, timeoutMs = TIMEOUT_MS, ...request }: Call = {},
  ): Promise<T> {
    const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
    const timeout = AbortSignal.timeout(timeoutMs);
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(`api/v1/${path}${text === '' ? '' : `?${text}`}`, {
        ...request,
        headers,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      const message = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : 'the server cannot be reached';
      throw new ApiError(0, { code: 'UNREACHABLE', message }, { cause: error });
    }
    if (!response.ok) throw new ApiError(response.status, await refusalOf(response));
    return (await response.json()) as T;
  }
}

async function refusalOf(response: Response): Promise<ErrorJson> {
  try {
    const { code, message } = (await response.json()) as ErrorJson;
    return { code: String(code), message: String(message) };
  } catch {
    return { code: 'BAD_REPLY', message: `the server answered with status ${response.status}` };
  }
}
