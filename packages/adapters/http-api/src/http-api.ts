import type { IncomingMessage } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { InvalidInputError } from '@prate/domain';
import type { FastifyInstance } from 'fastify';
import type { HttpApiOptions, Tokens } from './options.ts';
import { API_PREFIX, openApiDocument } from './schema/openapi.ts';
import { Gate, streamToken } from './security/gate.ts';
import { Strangers } from './security/strangers.ts';
import { checkTokens, makeTokens, randomText, TokenKeeper } from './security/tokens.ts';
import { ApiError, toApiError } from './server/api-error.ts';
import { refuseSocket } from './server/bad-requests.ts';
import { CandleHandlers } from './server/candle-handlers.ts';
import { makeHandlers } from './server/handlers.ts';
import { makeApp } from './server/make-app.ts';
import { Metrics } from './server/metrics.ts';
import { AccountTopics } from './stream/account-topics.ts';
import { StreamHub } from './stream/hub.ts';

const MOST_STRANGERS = 256;
const STREAM_LIMITS = {
  mostWaiting: 1 << 20,
  mostSubscriptions: 64,
  mostMessages: 200,
  heartbeatMs: 5000,
  pingMs: 15_000,
};

/** The HTTP and WebSocket face of one running session. */
export class HttpApi {
  readonly port: number;
  /** Without a token: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly #tokens: Tokens;
  readonly #end: () => Promise<void>;
  #ended: Promise<void> | null = null;

  private constructor(url: string, port: number, tokens: Tokens, end: () => Promise<void>) {
    this.url = url;
    this.port = port;
    this.#tokens = tokens;
    this.#end = end;
  }

  /**
   * Listens; resolves when it answers and the account was read once.
   * @throws InvalidInputError for an address that is taken or needs tokens, and for bad tokens
   */
  static async start(options: HttpApiOptions): Promise<HttpApi> {
    const { host = '127.0.0.1', random } = options;
    if (options.tokens === undefined && !isLoopback(host)) {
      throw new InvalidInputError(`to listen on ${host}, which others can reach, give tokens of your own`);
    }
    const tokens = options.tokens ?? makeTokens(random);
    checkTokens(tokens);
    const gate = new Gate(new TokenKeeper(tokens));
    const newEpoch = (): string => randomText(random, 8);
    const parts = assemble(options, gate, newEpoch);
    const app = await parts.app;
    const end = async (): Promise<void> => {
      parts.account.close();
      parts.hub.close();
      await app.close();
    };
    try {
      await app.listen({ host, port: options.port });
    } catch (error) {
      await end();
      throw notListening(error, host, options.port);
    }
    const { port } = app.server.address() as AddressInfo;
    gate.allow([...ownNames(host, port), ...(options.allowedHosts ?? [])]);
    await parts.account.start();
    const shown = host.includes(':') ? `[${host}]` : host;
    return new HttpApi(`http://${shown}:${port}`, port, tokens, end);
  }

  /** The address to open in a browser: the token is in its fragment, which no server and no log ever sees. */
  pageUrl(scope: keyof Tokens = 'trade'): string {
    return `${this.url}/#token=${this.#tokens[scope]}`;
  }

  /** For who asks without a page. */
  token(scope: keyof Tokens): string {
    return this.#tokens[scope];
  }

  /** Ends every connection; may be called twice. The session goes on. */
  close(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

interface Assembled {
  readonly account: AccountTopics;
  readonly hub: StreamHub;
  readonly app: Promise<FastifyInstance>;
}

function assemble(options: HttpApiOptions, gate: Gate, newEpoch: () => string): Assembled {
  const { session, execution, market, candles, live, clock, logger } = options;
  const marketTime = (): number => session.status().marketTime;
  const account = new AccountTopics({ execution, clock, logger, newEpoch, marketTime });
  const strangers = new Strangers(MOST_STRANGERS);
  const metrics = new Metrics({
    status: () => session.status(),
    nowMs: () => clock.nowMs(),
    streams: () => hub.clients,
    openOrders: () => account.openOrders,
    strangers: () => ({ connected: strangers.count, dropped: strangers.dropped }),
  });
  const hub = new StreamHub({
    ...{ stored: candles, live, clock, logger, account, newEpoch, venue: market.venue },
    status: () => session.status(),
    limits: STREAM_LIMITS,
    onDrop: (code) => metrics.drop(String(code)),
  });
  const app = makeApp({
    ...{ gate, strangers, metrics, logger, assets: options.assets },
    handlers: makeHandlers({
      ...{ execution, session, market, account },
      candles: new CandleHandlers({ candles, live, market, session }),
    }),
    openApi: openApiDocument(options.version),
    isReady: () => execution.isConnected() && account.curve !== null,
  });
  return {
    account,
    hub,
    app: app.then((made) => {
      made.server.on('upgrade', (request, socket, head) => upgrade({ gate, strangers, hub }, request, socket, head));
      return made;
    }),
  };
}

/** Everything is checked before there is a WebSocket. */
function upgrade(
  { gate, strangers, hub }: { readonly gate: Gate; readonly strangers: Strangers; readonly hub: StreamHub },
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy());
  try {
    gate.checkHead(request as never);
    if (request.url?.split('?')[0] !== `${API_PREFIX}/stream`)
      throw new ApiError(404, 'NOT_FOUND', 'there is nothing here');
    const scope = gate.checkToken(streamToken(request.headers), 'read');
    strangers.welcome(request.socket);
    hub.accept(request, socket, head, scope);
  } catch (error) {
    refuseSocket(socket, toApiError(error));
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** What a browser may call it in `Host`. */
function ownNames(host: string, port: number): string[] {
  const names = isLoopback(host)
    ? ['127.0.0.1', 'localhost', '[::1]', host]
    : [host.includes(':') ? `[${host}]` : host];
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

function notListening(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new InvalidInputError(`port ${port} is taken: choose another, or 0 for a free one`, { cause: error });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new InvalidInputError(`cannot listen on ${host}, port ${port}: ${code}`, { cause: error });
  }
  return error;
}
