import { setImmediate } from 'node:timers/promises';
import type { ExecutionHarnessCapability } from '@prate/execution-port/conformance';
import {
  type HttpReply,
  type HttpRequest,
  type HttpTransport,
  type LimitClass,
  MexcFuturesExecution,
  type MexcFuturesExecutionOptions,
  type Socket,
  type SocketEvents,
  type SocketTransport,
  UndiciSocketTransport,
  UndiciTransport,
  type WindowLimit,
} from '@prate/mexc-futures';
import { MexcSandbox, type SandboxBackend, ScriptedBackend, type ScriptedBackendOptions } from '@prate/mexc-sandbox';
import { type Logger, ManualClock, seededRandom } from '@prate/runtime';

/** Without amendPartlyFilled: MEXC edits no order that has traded (code 2052), and so the adapter does not. */
export const CAPABILITIES: readonly ExecutionHarnessCapability[] = [
  'ioc',
  'fok',
  'postOnly',
  'amend',
  'quoteQuantity',
  'hedge',
  'settings',
  'margin',
  'history',
  'triggers',
  'faults',
];
/** Planted in every test here: it must turn up nowhere. */
export const CANARY_KEY = 'mx0vCANARYKEY7f3a91';
export const CANARY_SECRET = 'canarysecret5d0c9b65f3d0d76b02e4';
export const START_MS = 1_767_225_600_000;

const PING = '{"method":"ping"}';

/** Sockets of undici that can tell when everything the server had sent has arrived: a pong comes after all of it. */
class SettlingSockets implements SocketTransport {
  readonly #inner = new UndiciSocketTransport();
  #socket: Socket | null = null;
  #pings = 0;
  #pongs = 0;
  #waiting: (() => void)[] = [];

  connect(url: string, events: SocketEvents): Socket {
    this.#pings = 0;
    this.#pongs = 0;
    const socket = this.#inner.connect(url, {
      ...events,
      onOpen: () => {
        this.#socket = counted;
        events.onOpen();
      },
      onText: (text) => {
        if (text.includes('"pong"')) this.#pongs += 1;
        events.onText(text);
        if (this.#pongs >= this.#pings) this.#wake();
      },
      onError: (cause) => events.onError(cause),
      onClose: (code, reason) => {
        this.#forget();
        events.onClose(code, reason);
      },
    });
    const counted: Socket = {
      send: (text) => {
        if (text === PING) this.#pings += 1;
        socket.send(text);
      },
      close: () => {
        this.#forget();
        socket.close();
      },
    };
    return counted;
  }

  async settle(): Promise<void> {
    if (this.#socket !== null) {
      const pong = new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#socket.send(PING);
      await pong;
    }
    await setImmediate();
    await setImmediate();
  }

  #forget(): void {
    this.#socket = null;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** HTTP of undici that knows what is under way, and where to. */
class CountingTransport implements HttpTransport {
  readonly #inner = new UndiciTransport();
  readonly sent: string[] = [];
  readonly underWay: string[] = [];

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const path = new URL(request.url).pathname;
    this.sent.push(path);
    this.underWay.push(path);
    try {
      return await this.#inner.send(request, signal);
    } finally {
      this.underWay.splice(this.underWay.indexOf(path), 1);
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

const STEP_MS = 500;

type Settled<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown };

const WIDE: WindowLimit = { calls: 10_000, windowMs: 2_000 };
/** Time stands still here, and a limit would wait for it. */
const LIMITS: Record<LimitClass, WindowLimit> = {
  read: WIDE,
  market: WIDE,
  cancel: WIDE,
  order: WIDE,
  stop: WIDE,
  leverage: WIDE,
};

export interface ExecutionRig<Backend extends SandboxBackend = ScriptedBackend> extends AsyncDisposable {
  readonly port: MexcFuturesExecution;
  readonly backend: Backend;
  readonly sandbox: MexcSandbox;
  readonly clock: ManualClock;
  /** Resolves when everything that the server had sent has arrived. */
  readonly sockets: { settle(): Promise<void> };
  readonly logged: unknown[];
  /** How often a request of a path was received. */
  seen(path: string): number;
  /** Waits for a call; time goes on whenever all of it waits for time, or for a path that hangs. */
  settle<T>(call: Promise<T>, hanging?: string): Promise<Settled<T>>;
}

/** The adapter, not connected, over real sockets to a sandbox with one account of 100,000 USDT; all on one manual clock. */
export async function executionRig(
  more: {
    readonly scripted?: Partial<ScriptedBackendOptions>;
    readonly options?: Partial<MexcFuturesExecutionOptions>;
  } = {},
): Promise<ExecutionRig> {
  const clock = new ManualClock(START_MS);
  const accounts = { [CANARY_KEY]: { USDT: '100000' } };
  return executionRigOn(new ScriptedBackend({ clock, accounts, ...more.scripted }), clock, more.options);
}

/** The same before any backend on this clock, with an account of `CANARY_KEY`. */
export async function executionRigOn<Backend extends SandboxBackend>(
  backend: Backend,
  clock: ManualClock,
  options: Partial<MexcFuturesExecutionOptions> = {},
): Promise<ExecutionRig<Backend>> {
  const sandbox = await MexcSandbox.start({
    backend,
    clock,
    accounts: [{ apiKey: CANARY_KEY, secretKey: CANARY_SECRET }],
  });
  const sockets = new SettlingSockets();
  const logged: unknown[] = [];
  const log = (fields: object, message: string): void => {
    logged.push([fields, message]);
  };
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const transport = new CountingTransport();
  const seen = (path: string): number => sandbox.requests.filter(({ url }) => url.split('?')[0] === path).length;
  const port = new MexcFuturesExecution({
    apiKey: CANARY_KEY,
    secretKey: CANARY_SECRET,
    restBaseUrl: sandbox.restUrl,
    wsUrl: sandbox.wsUrl,
    transport,
    socketTransport: sockets,
    limits: LIMITS,
    clock,
    random: seededRandom(1),
    logger,
    ...options,
  });
  return {
    port,
    backend,
    sandbox,
    clock,
    sockets,
    logged,
    seen,
    async settle<T>(call: Promise<T>, hanging?: string): Promise<Settled<T>> {
      let settled: Settled<T> | undefined;
      call.then(
        (value) => {
          settled = { value };
        },
        (error: unknown) => {
          settled = { error };
        },
      );
      while (settled === undefined) {
        await sockets.settle();
        const waitsOnly = transport.underWay.every((path) => path === hanging);
        const arrived =
          hanging === undefined || transport.sent.filter((path) => path === hanging).length <= seen(hanging);
        if (settled === undefined && waitsOnly && arrived) clock.advance(STEP_MS);
      }
      return settled;
    },
    async [Symbol.asyncDispose]() {
      await port.disconnect();
      await transport.close();
      await sandbox.close();
    },
  };
}
