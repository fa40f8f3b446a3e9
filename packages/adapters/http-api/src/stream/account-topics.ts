import type { Balance, Order, Position } from '@prate/domain';
import type { ExecutionEvent, ExecutionPort } from '@prate/execution-port';
import type { Clock, Logger } from '@prate/runtime';
import { EquityCurve } from '../account/equity-curve.ts';
import { balanceJson, fillJson, orderJson, positionJson } from '../account/to-json.ts';
import type { BalanceJson, FillJson, OrderJson, PositionJson } from '../wire/account.ts';
import { Topic } from './topic.ts';

const MOST_FILLS = 200;
/** Prices move what a position is worth without an event: it is asked for so often while somebody watches. */
const REFRESH_MS = 2000;
const EQUITY_MS = 6000;
const RETRY_MS = 1000;

export interface AccountTopicsParts {
  readonly execution: ExecutionPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newEpoch: () => string;
  /** Of the market, epoch ms: when a sample of the equity was taken. */
  readonly marketTime: () => number;
}

/** What happens to the account, as topics: its events, and between them what prices alone have changed. */
export class AccountTopics {
  readonly orders: Topic<'orders'>;
  readonly fills: Topic<'fills'>;
  readonly positions: Topic<'positions'>;
  readonly balances: Topic<'balances'>;
  readonly equity: Topic<'equity'>;
  readonly #parts: AccountTopicsParts;
  readonly #closing = new AbortController();
  readonly #orders = new Map<string, OrderJson>();
  #fills: FillJson[] = [];
  readonly #positions = new Map<string, PositionJson>();
  readonly #balances = new Map<string, BalanceJson>();
  #curve: EquityCurve | null = null;
  #isWell = true;

  constructor(parts: AccountTopicsParts) {
    this.#parts = parts;
    const { newEpoch } = parts;
    this.orders = new Topic(newEpoch(), () => ({ orders: [...this.#orders.values()] }));
    this.fills = new Topic(newEpoch(), () => ({ fills: this.#fills }));
    this.positions = new Topic(newEpoch(), () => ({ positions: [...this.#positions.values()] }));
    this.balances = new Topic(newEpoch(), () => ({ balances: [...this.#balances.values()] }));
    this.equity = new Topic(newEpoch(), () => this.#point());
  }

  /** Null before the account was first read. */
  get curve(): EquityCurve | null {
    return this.#curve;
  }

  get openOrders(): number {
    return this.#orders.size;
  }

  /** Resolves when the account has been read once, or could not be: then it is tried again until it can. */
  async start(): Promise<void> {
    const { signal } = this.#closing;
    let read = (): void => {};
    const first = new Promise<void>((resolve) => {
      read = resolve;
    });
    void this.#follow(read, signal);
    await first;
    void this.#sample(signal);
  }

  close(): void {
    this.#closing.abort();
  }

  /** Events from before the reads are told after them, so what they say is later in the end. */
  async #follow(onRead: () => void, signal: AbortSignal): Promise<void> {
    const { execution, clock, logger } = this.#parts;
    while (!signal.aborted) {
      try {
        const events = execution.events({ signal });
        await this.#readAll(signal);
        onRead();
        for await (const event of events) await this.#take(event, signal);
      } catch (error) {
        if (!signal.aborted) logger.warn({ error: codeOf(error) }, 'the account cannot be followed: trying again');
      }
      onRead();
      await clock.sleep(RETRY_MS, signal).catch(() => {});
    }
  }

  async #take(event: ExecutionEvent, signal: AbortSignal): Promise<void> {
    switch (event.kind) {
      case 'order':
        this.#putOrder(event.order);
        this.orders.change({ order: orderJson(event.order) });
        return;
      case 'fill': {
        const fill = fillJson(event.trade);
        if (this.#fills.some(({ id, symbol }) => id === fill.id && symbol === fill.symbol)) return; // read already
        this.#fills = [...this.#fills, fill].slice(-MOST_FILLS);
        this.fills.change({ fill });
        return;
      }
      case 'position':
        this.#tellPosition(event);
        return;
      case 'balance':
        this.#tellBalance(event.balance);
        return;
      case 'gap':
        await this.#readAll(signal);
    }
  }

  #putOrder(order: Order): void {
    if (order.isActive) this.#orders.set(order.id, orderJson(order));
    else this.#orders.delete(order.id);
  }

  /** Everything anew: at the start, and where events were missed. */
  async #readAll(signal: AbortSignal): Promise<void> {
    const { execution } = this.#parts;
    const [orders, trades, positions, balances, settled] = await Promise.all([
      execution.getOpenOrders(undefined, { signal }),
      execution.history?.getTrades({ limit: MOST_FILLS }, { signal }) ?? [],
      execution.getPositions({ signal }),
      execution.getBalances({ signal }),
      execution.getBalance(undefined, { signal }),
    ]);
    this.#orders.clear();
    for (const order of orders) this.#putOrder(order);
    this.#fills = trades.map(fillJson).reverse();
    this.#positions.clear();
    for (const position of positions) this.#positions.set(positionKey(position), positionJson(position));
    this.#balances.clear();
    for (const balance of balances) this.#balances.set(balance.asset, balanceJson(balance));
    this.#curve ??= new EquityCurve(settled.asset);
    this.#addSample(settled);
    for (const topic of [this.orders, this.fills, this.positions, this.balances]) topic.replace();
  }

  async #sample(signal: AbortSignal): Promise<void> {
    const { clock, execution, logger } = this.#parts;
    let sinceSampleMs = 0;
    for (;;) {
      const isAborted = await clock.sleep(REFRESH_MS, signal).then(
        () => false,
        () => true,
      );
      if (isAborted) return;
      sinceSampleMs += REFRESH_MS;
      try {
        if (this.positions.isHeard) await this.#refreshPositions(signal);
        if (this.balances.isHeard) {
          for (const balance of await execution.getBalances({ signal })) this.#tellBalance(balance);
        }
        if (sinceSampleMs >= EQUITY_MS || this.equity.isHeard) {
          sinceSampleMs = 0;
          this.#addSample(await execution.getBalance(undefined, { signal }));
        }
        this.#isWell = true;
      } catch (error) {
        if (this.#isWell && !signal.aborted) logger.warn({ error: codeOf(error) }, 'the account cannot be read');
        this.#isWell = false;
      }
    }
  }

  /** Without a side (ONE_WAY) it is all that there is of the symbol. */
  #tellPosition({ symbol, positionSide, position }: Extract<ExecutionEvent, { kind: 'position' }>): void {
    for (const [key, known] of [...this.#positions]) {
      const isMeant = known.symbol === symbol && (positionSide ?? known.positionSide) === known.positionSide;
      if (!isMeant || known.positionSide === position?.positionSide) continue;
      this.#positions.delete(key);
      this.positions.change({ symbol, positionSide: known.positionSide, position: null });
    }
    if (position !== null) this.#putPosition(position);
  }

  #putPosition(found: Position): void {
    const position = positionJson(found);
    if (same(position, this.#positions.get(positionKey(found)))) return;
    this.#positions.set(positionKey(found), position);
    this.positions.change({ symbol: found.symbol, positionSide: found.positionSide, position });
  }

  async #refreshPositions(signal: AbortSignal): Promise<void> {
    const now = new Map((await this.#parts.execution.getPositions({ signal })).map((p) => [positionKey(p), p]));
    for (const [key, { symbol, positionSide }] of [...this.#positions]) {
      if (now.has(key)) continue;
      this.#positions.delete(key);
      this.positions.change({ symbol, positionSide, position: null });
    }
    for (const position of now.values()) this.#putPosition(position);
  }

  #tellBalance(found: Balance): void {
    const balance = balanceJson(found);
    if (same(balance, this.#balances.get(balance.asset))) return;
    this.#balances.set(balance.asset, balance);
    this.balances.change({ balance });
  }

  #addSample({ asset, equity }: Balance): void {
    if (this.#curve?.asset !== asset) return;
    const time = this.#parts.marketTime();
    if (this.#curve.add(time, equity)) this.equity.change({ asset, time, equity: equity.toString() });
  }

  #point(): { asset: string; time: number; equity: string } | null {
    const latest = this.#curve?.latest ?? null;
    if (this.#curve === null || latest === null) return null;
    return { asset: this.#curve.asset, time: latest.time, equity: latest.equity.toString() };
  }
}

const positionKey = ({ symbol, positionSide }: Pick<Position, 'symbol' | 'positionSide'>): string =>
  `${symbol}/${positionSide}`;

const same = (a: object, b: object | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Of an error that may say more than a log should have. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.name : 'unknown';
