import { Decimal, type Instrument, InvalidInputError, type Order, OrderType, type Position, Side } from '@prate/domain';
import type { CreateOutcome, ExecutionPort, OrderRef, Rejected } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { Action } from './actions.ts';
import { fillOf, grouped, type SessionFill } from './recording.ts';
import { type SessionStart, signedPosition } from './start.ts';

/** A recorded market that is played to an account, and the time that it moves. */
export interface Tape {
  /** Plays what happened up to and including this moment. */
  playTo(timeMs: number): Promise<void>;
  /** Plays on to the end of the data. */
  playOut(): Promise<void>;
  /** Moves time without playing what happened at this moment. */
  standAt(timeMs: number): void;
  /** A trade that nobody recorded: it gives the account a position that was there before. */
  print(symbol: string, price: Decimal, quantity: Decimal, taker: Side): void;
  /** The price of the last trade so far; null before the first. */
  last(symbol: string): Decimal | null;
}

/** What became of a recorded order on paper. */
export interface PaperOrder {
  /** Null where paper refused it. */
  readonly order: Order | null;
  readonly refusal: Pick<Rejected, 'reason' | 'message'> | null;
  readonly fills: readonly SessionFill[];
}

export interface PaperSession {
  /** By the recorded order's id. */
  readonly orders: ReadonlyMap<string, PaperOrder>;
  /** What could not be done as it was. */
  readonly notes: readonly string[];
}

export interface ReplayOptions extends CallOptions {
  readonly actions: readonly Action[];
  readonly start: SessionStart;
  readonly execution: ExecutionPort;
  readonly tape: Tape;
  /** Of the symbols that the tape has; actions on others are left out. */
  readonly instruments: readonly Instrument[];
  /** How much later every action reaches the market. Default 0. */
  readonly latencyMs?: number | undefined;
}

/** Does again on another account, while a market is played to it, what somebody did. The account is connected and has done nothing. */
export async function replayActions(options: ReplayOptions): Promise<PaperSession> {
  const { execution, tape, instruments, latencyMs = 0, signal } = options;
  const symbols = new Set(instruments.map(({ symbol }) => symbol));
  const actions = options.actions.filter(({ symbol }) => symbols.has(symbol));
  const notes: string[] = [];
  const [first] = actions;
  if (first !== undefined) {
    await tape.playTo(first.time + latencyMs - 1);
    notes.push(...(await begin(options, actions)));
  }
  const outcomes = new Map<string, CreateOutcome>();
  for (const action of actions) {
    signal?.throwIfAborted();
    const time = action.time + latencyMs;
    await tape.playTo(action.beforeMarket && latencyMs === 0 ? time - 1 : time);
    tape.standAt(time);
    const problem = await act(execution, action, outcomes, signal);
    if (problem !== null) notes.push(`order ${action.orderId}: paper refused to ${action.kind} it: ${problem}`);
  }
  await tape.playOut();
  return { orders: await whatBecame(execution, outcomes, signal), notes };
}

async function act(
  execution: ExecutionPort,
  action: Action,
  outcomes: Map<string, CreateOutcome>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (action.kind === 'create') {
    outcomes.set(action.orderId, await execution.createOrder(action.request, { signal }));
    return null;
  }
  const outcome = outcomes.get(action.orderId);
  if (outcome?.kind !== 'accepted') return null;
  const ref: OrderRef = { symbol: action.symbol, orderId: outcome.order.id };
  if (action.kind === 'cancel') {
    await execution.cancelOrder(ref, { signal });
    return null;
  }
  const { price, quantity } = action;
  const amended = await execution.amendOrder(ref, { price, quantity }, { signal });
  return amended.kind === 'rejected' ? amended.message : null;
}

async function whatBecame(
  execution: ExecutionPort,
  outcomes: ReadonlyMap<string, CreateOutcome>,
  signal: AbortSignal | undefined,
): Promise<Map<string, PaperOrder>> {
  const trades = (await execution.history?.getTrades({ limit: Number.MAX_SAFE_INTEGER }, { signal })) ?? [];
  const fills = grouped(trades.toReversed(), (trade) => trade.orderId);
  const result = new Map<string, PaperOrder>();
  for (const [id, outcome] of outcomes) {
    if (outcome.kind === 'accepted') {
      const { symbol, id: orderId } = outcome.order;
      const order = await execution.getOrder({ symbol, orderId }, { signal });
      result.set(id, { order, refusal: null, fills: (fills.get(orderId) ?? []).map(fillOf) });
    } else {
      const refusal =
        outcome.kind === 'rejected' ? outcome : { reason: 'OTHER' as const, message: outcome.cause.message };
      result.set(id, { order: null, refusal, fills: [] });
    }
  }
  return result;
}

/** Position mode, leverage and positions as they were; returns what could not be. */
async function begin({ execution, instruments, start, tape, signal }: ReplayOptions, actions: readonly Action[]) {
  const notes: string[] = [];
  const hedge = actions.some((action) => action.kind === 'create' && action.request.positionSide !== undefined);
  if (hedge) await execution.settings?.setPositionMode('HEDGE', { signal });
  for (const { symbol } of instruments) {
    const terms = start.terms.get(symbol);
    if (terms === undefined) continue;
    try {
      await execution.settings?.setLeverage(symbol, terms.leverage, { signal });
      await execution.settings?.setMarginMode(symbol, terms.marginMode, { signal });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      notes.push(`${symbol}: ${error.message}`);
    }
  }
  for (const position of start.positions) {
    const instrument = instruments.find(({ symbol }) => symbol === position.symbol);
    if (instrument === undefined) continue;
    const before = tape.last(position.symbol);
    for (const part of partsOf(position, instrument)) {
      const problem = await open(execution, tape, position, part, hedge, signal);
      if (problem !== null) notes.push(`${position.symbol}: paper could not start from its position: ${problem}`);
    }
    // the price that the market really had
    if (before !== null) tape.print(position.symbol, before, instrument.lotSize, Side.BUY);
  }
  return notes;
}

interface Part {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

/** The position at the two ticks about its average price, so that its cost comes out exactly wherever its fills lay on ticks. */
function partsOf(position: Position, { tickSize, lotSize }: Instrument): Part[] {
  const { entryPrice, quantity } = position;
  const below = entryPrice.div(tickSize).floor().mul(tickSize);
  const lots = entryPrice.minus(below).mul(quantity).div(tickSize).div(lotSize);
  const above = lots.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).mul(lotSize);
  return [
    { price: below, quantity: quantity.minus(above) },
    { price: below.plus(tickSize), quantity: above },
  ].filter((part) => part.quantity.gt(0));
}

async function open(
  execution: ExecutionPort,
  tape: Tape,
  position: Position,
  { price, quantity }: Part,
  hedge: boolean,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { symbol, positionSide } = position;
  const side = signedPosition(position).gt(0) ? Side.BUY : Side.SELL;
  tape.print(symbol, price, quantity, side);
  const outcome = await execution.createOrder(
    { symbol, side, type: OrderType.MARKET, quantity, ...(hedge ? { positionSide } : {}) },
    { signal },
  );
  if (outcome.kind !== 'accepted') return outcome.kind === 'rejected' ? outcome.message : outcome.cause.message;
  tape.print(symbol, price, quantity, side);
  return null;
}
