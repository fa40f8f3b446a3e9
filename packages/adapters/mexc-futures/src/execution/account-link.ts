import { NotConnectedError } from '@prate/domain';
import type { Clock, Logger, Random } from '@prate/runtime';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WirePosition } from '../wire/account.ts';
import { AccountFeed, type AccountItem, type AccountSnapshot } from '../ws/account-feed.ts';
import type { LoginParam, SocketProblem } from '../ws/connection.ts';
import { SocketManager } from '../ws/socket-manager.ts';
import type { SocketTransport } from '../ws/socket-transport.ts';
import type { OrderHistory } from './order-history.ts';
import type { OrderLookup } from './order-lookup.ts';

export interface AccountLinkParts {
  readonly rest: MexcRest;
  readonly lookup: OrderLookup;
  readonly history: OrderHistory;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly wsUrl: string;
  readonly socketTransport: SocketTransport | undefined;
  readonly login: (timeMs: number) => LoginParam;
  readonly take: (item: AccountItem) => void;
  /** The private stream has ended for good. */
  readonly failed: (error: unknown) => void;
}

const OPEN_MS = 30_000;

/** The private stream of one connection, from `open` to `close`. */
export class AccountLink {
  readonly #parts: AccountLinkParts;
  readonly #sockets: SocketManager;
  readonly #feed: AccountFeed;

  constructor(parts: AccountLinkParts) {
    this.#parts = parts;
    const { clock, random, logger, rest, lookup, wsUrl, socketTransport, login } = parts;
    this.#sockets = new SocketManager({
      clock,
      random,
      url: wsUrl,
      transport: socketTransport,
      serverTimeMs: () => rest.serverNowMs(),
      login,
      onProblem: ({ kind, message }: SocketProblem) => logger.warn({ problem: kind }, message),
    });
    this.#feed = new AccountFeed({
      clock,
      random,
      listener: (item) => parts.take(item),
      onFailure: (error) => this.#fail(error),
      fetchAccount: (signal) => this.#fetchAccount(signal),
      fetchOrder: ({ symbol, orderId }, signal) => lookup.find({ symbol, orderId }, { signal }),
      fetchEnded: (fromMs, signal) => parts.history.endedSince(fromMs, { signal }),
      fetchFills: (fromMs, signal) => {
        const { openOrders, openPositions } = this.#feed.state;
        const symbols = [...openOrders, ...openPositions].map(({ symbol }) => symbol);
        return parts.history.fillsSince(fromMs, symbols, { signal });
      },
    });
  }

  get state(): AccountFeed['state'] {
    return this.#feed.state;
  }

  get positions(): readonly WirePosition[] {
    return this.#feed.state.openPositions;
  }

  /**
   * Logs in, and takes in the account as it is. What becomes of `signal` afterwards does not matter.
   *
   * @throws LoginRefusedError (`LOGIN_REFUSED`); NotConnectedError where nothing answers; what a read throws; `signal.reason`
   */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const subscription = this.#sockets.subscribePrivate((item) => this.#feed.take(item));
    try {
      await this.#within(
        OPEN_MS,
        subscription.ready.then(() => this.#feed.begin()),
        signal,
      );
    } catch (error) {
      this.close();
      signal?.throwIfAborted();
      throw error;
    }
    subscription.done.then(
      () => {},
      (error: unknown) => this.#fail(error),
    );
  }

  /** May be called twice. */
  close(): void {
    this.#feed.close();
    this.#sockets.close();
  }

  #fail(error: unknown): void {
    this.close();
    this.#parts.failed(error);
  }

  /** Sockets try for ever; who connects wants to know. */
  async #within(durationMs: number, work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController();
    const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
    const late = this.#parts.clock.sleep(durationMs, either).then(() => {
      throw new NotConnectedError(`the private stream of MEXC did not open within ${durationMs / 1000} s`);
    });
    work.catch(() => {});
    late.catch(() => {});
    try {
      await Promise.race([work, late]);
    } finally {
      over.abort();
    }
  }

  async #fetchAccount(signal: AbortSignal): Promise<AccountSnapshot> {
    const { rest, lookup } = this.#parts;
    const askedAtMs = rest.serverNowMs();
    const [openOrders, openPositions, assets] = await Promise.all([
      lookup.open(undefined, { signal }),
      rest.account.openPositions(undefined, { signal }),
      rest.account.assets({ signal }),
    ]);
    return { askedAtMs, openOrders, openPositions, assets };
  }
}
