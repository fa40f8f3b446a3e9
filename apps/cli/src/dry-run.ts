import {
  type HttpReply,
  type HttpRequest,
  type HttpTransport,
  TransportError,
  UndiciTransport,
} from '@prate/mexc-futures/rest';
import type { Clock, Logger } from '@prate/runtime';
import { assumedReply, isChange, offlineReply } from './assumed-replies.ts';
import type { Settings } from './config.ts';
import type { Keys } from './credentials.ts';
import { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { OpenVenue, Result } from './on-venue.ts';
import { openMexcAccount } from './venues.ts';

/** In place of keys that are not there: long enough to look like some, and marked as none. */
const NO_KEYS: Keys = { apiKey: 'no-api-key', secretKey: 'no-secret-key' };

/** How long a public question may take before it is answered from what was published. */
const PUBLIC_TIMEOUT_MS = 3_000;

/** A request that would have been sent. */
interface DryRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Key and signature hidden. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** What the signature is made of: key (hidden), time, and the query or the body to the letter. */
  readonly toSign: string;
  /** A question is answered here by an assumption; null for what would change something. */
  readonly assumedAnswer: unknown;
}

interface DryRunParts {
  readonly io: Io;
  readonly settings: Settings;
  readonly keys: Keys | null;
  readonly log: Logger;
}

/**
 * Runs the command through the adapter as it is, over a transport that sends nothing that is signed. Public questions (contracts,
 * time, prices) are asked for real, and answered from published values where nobody answers.
 */
export async function dryRun(
  { io, settings, keys, log }: DryRunParts,
  act: (venue: OpenVenue) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const transport = new DryRunTransport(new UndiciTransport(), io.clock, () => over.abort(new DryRunOver()));
  const signal = AbortSignal.any([io.signal, over.signal]);
  try {
    const result = await attempt(async () => {
      const parts = { settings: settings.mexc, keys: keys ?? NO_KEYS, clock: io.clock, log, signal };
      const account = await openMexcAccount({ ...parts, dry: transport });
      try {
        return await act({ execution: account.execution, signal, pass: null });
      } finally {
        await account.close();
      }
    }, transport);
    return described(transport, result, keys !== null);
  } finally {
    await transport.close();
  }
}

/** Null where the run ended with the request that it was made for. */
async function attempt(run: () => Promise<Result>, { requests }: DryRunTransport): Promise<Result | null> {
  try {
    const result = await run();
    return requests.some(({ assumedAnswer }) => assumedAnswer === null) ? null : result;
  } catch (error) {
    if (requests.some(({ assumedAnswer }) => assumedAnswer === null)) return null;
    throw error;
  }
}

class DryRunOver extends Error {
  override readonly name = 'DryRunOver';
}

/** Records what is signed, and answers it by assumptions; ends the run with the first question after a change. */
class DryRunTransport implements HttpTransport {
  readonly requests: DryRequest[] = [];
  /** Public questions that nobody answered. */
  readonly offline = new Set<string>();
  readonly #public: HttpTransport;
  readonly #clock: Clock;
  readonly #end: () => void;

  constructor(publicTransport: HttpTransport, clock: Clock, end: () => void) {
    this.#public = publicTransport;
    this.#clock = clock;
    this.#end = end;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    if (request.headers['Signature'] === undefined) return await this.#ask(request, signal);
    const { pathname } = new URL(request.url);
    const changes = isChange(request.method, pathname);
    if (!changes && this.requests.some(({ assumedAnswer }) => assumedAnswer === null)) {
      this.#end(); // what became of the change is no question of a dry run
      throw new TransportError('the dry run is over', false);
    }
    const answer = assumedReply(request, pathname, this.#clock.nowMs());
    this.requests.push(masked(request, changes ? null : answer));
    return replyOf(answer);
  }

  close(): Promise<void> {
    return this.#public.close();
  }

  async #ask(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const late = new AbortController();
    const { origin, pathname, searchParams } = new URL(request.url);
    // once nobody has answered, nobody is asked again
    if (!this.offline.has(origin)) {
      this.#clock.sleep(PUBLIC_TIMEOUT_MS, late.signal).then(
        () => late.abort(),
        () => {},
      );
      try {
        const reply = await this.#public.send(request, AbortSignal.any([signal, late.signal]));
        if (reply.status < 300) return reply;
      } catch (error) {
        if (signal.aborted) throw error;
      } finally {
        late.abort();
      }
    }
    const answer = offlineReply(pathname, searchParams.get('symbol'), this.#clock.nowMs());
    if (answer === undefined)
      throw new TransportError(`${origin} does not answer, and ${pathname} has no published answer`, false);
    this.offline.add(origin);
    return replyOf(answer);
  }
}

const replyOf = (answer: unknown): HttpReply => ({
  status: 200,
  contentType: 'application/json',
  retryAfter: undefined,
  body: JSON.stringify({ success: true, code: 0, ...(answer === undefined ? {} : { data: answer }) }),
});

const HIDDEN_KEY = '<ApiKey>';

function masked({ method, url, headers, body }: HttpRequest, assumedAnswer: unknown): DryRequest {
  const parameters = body ?? new URL(url).search.slice(1);
  return {
    method,
    url,
    headers: { ...headers, ApiKey: HIDDEN_KEY, Signature: '<Signature>' },
    body: body ?? null,
    toSign: `${HIDDEN_KEY}${headers['Request-Time']}${parameters}`,
    assumedAnswer,
  };
}

function described({ requests, offline }: DryRunTransport, result: Result | null, hasKeys: boolean): Result {
  const notes = [
    ...(hasKeys ? [] : ['without keys: the shape is right, the signature would not be']),
    ...[...offline].map(
      (origin) =>
        `${origin} does not answer: contracts are as published in 2026-05, prices are made up, the time is this machine's`,
    ),
    ...(requests.some(({ assumedAnswer }) => assumedAnswer !== null)
      ? [
          'questions about the account were not sent either; the answers are assumptions: one-way mode, no positions, no orders',
        ]
      : []),
  ];
  const refused = result !== null && result.code !== ExitCode.OK ? result : null;
  return {
    code: refused?.code ?? ExitCode.OK,
    document: { dryRun: true, requests, notes, ...(refused === null ? {} : { outcome: refused.document }) },
    text: [
      'dry run: nothing was sent that is signed\n',
      ...requests.map(requestText),
      ...(refused === null ? [] : [`\nnothing would be sent:\n${refused.text}`]),
      ...notes.map((note) => `\nnote: ${note}`),
      notes.length > 0 ? '\n' : '',
    ].join(''),
  };
}

function requestText({ method, url, headers, body, toSign, assumedAnswer }: DryRequest): string {
  const lines = [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    ...(body === null ? [] : ['', `  ${body}`, '']),
    `  string to sign: ${toSign}`,
    ...(assumedAnswer === null ? [] : [`  assumed answer: ${JSON.stringify(assumedAnswer)}`]),
  ];
  return `\n${lines.join('\n')}\n`;
}
