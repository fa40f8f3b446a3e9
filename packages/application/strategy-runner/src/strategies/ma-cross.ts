import {
  checkQuantity,
  Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  OrderType,
  PositionMode,
  Side,
} from '@prate/domain';
import type { CloseOutcome } from '@prate/execution-port';
import type { CandleEvent, Strategy, StrategyContext } from '../strategy.ts';
import { affordable } from './affordable.ts';
import { CrossDetector } from './cross-detector.ts';
import { isCount, positive } from './option-checks.ts';

export interface MaCrossOptions {
  /** Candles in the fast average. Default 10. */
  readonly fast?: number | undefined;
  /** Candles in the slow average, more than in the fast one. Default 30. */
  readonly slow?: number | undefined;
  /** What to buy each time, in the base asset. Instead of `share`. */
  readonly quantity?: DecimalInput | undefined;
  /** Share of the equity to buy for each time, above 0, rounded down to the lot. Default 0.1. */
  readonly share?: DecimalInput | undefined;
}

const DEFAULT_SHARE = '0.1';

/** What it remembers of one symbol. */
interface SymbolState {
  readonly detector: CrossDetector;
  lastOpenTime: number;
  /** Whether it has looked at the trend that it found. */
  hasJoined: boolean;
  /** The client order id of its last entry. */
  entryId: string | null;
}

/**
 * Simple moving averages: buys at the market when the fast one crosses above the slow one, and closes when it crosses
 * below. Long only, one position a symbol at a time, for accounts in ONE_WAY mode.
 *
 * Before a symbol's first candle it warms up from the stored candles just before it, as many as there are. Where those tell
 * the trend, it is joined: bought where the fast average is above, and what is held from before is closed where it is below.
 * An order that is refused is logged and not tried again before the next cross.
 *
 * @throws InvalidInputError for options that make no sense
 */
export function maCross(options: MaCrossOptions = {}): Strategy {
  const { fast = 10, slow = 30 } = options;
  const quantity = options.quantity === undefined ? null : positive(options.quantity, 'ma-cross: quantity');
  const share = positive(options.share ?? DEFAULT_SHARE, 'ma-cross: share');
  if (!isCount(fast) || !isCount(slow) || fast >= slow) {
    throw new InvalidInputError(
      `ma-cross: fast and slow must be whole numbers with 0 < fast < slow, such as 10 and 30, not ${fast} and ${slow}`,
    );
  }
  if (quantity !== null && options.share !== undefined) {
    throw new InvalidInputError('ma-cross: give either quantity or share, not both');
  }
  const states = new Map<string, SymbolState>();

  async function onStart({ execution, instrument, symbols }: StrategyContext): Promise<void> {
    states.clear();
    if ((await execution.settings?.getPositionMode()) === PositionMode.HEDGE) {
      throw new InvalidInputError('ma-cross works in position mode ONE_WAY; this account is in HEDGE');
    }
    for (const symbol of symbols) {
      const problem = quantity === null ? null : checkQuantity(instrument(symbol), quantity);
      if (problem !== null) throw new InvalidInputError(`ma-cross: ${symbol}: ${problem.message}`);
    }
  }

  function onCandle(candle: CandleEvent, context: StrategyContext): Promise<void> | undefined {
    const state = states.get(candle.symbol);
    return state === undefined ? onFirst(candle, context) : act(candle, state, context);
  }

  async function onFirst(candle: CandleEvent, context: StrategyContext): Promise<void> {
    const state = await warmUp(candle, context);
    states.set(candle.symbol, state);
    await act(candle, state, context);
  }

  /** Most candles ask for nothing, and cost no promise. */
  function act(candle: CandleEvent, state: SymbolState, context: StrategyContext): Promise<void> | undefined {
    const { symbol } = candle;
    if (candle.openTime <= state.lastOpenTime) return undefined; // a candle that was revised, or told twice
    state.lastOpenTime = candle.openTime;
    const close = decimal(candle.close);
    const before = state.detector.trend;
    const crossed = state.detector.push(close);
    const cross = crossed ?? (state.hasJoined || before === null ? null : state.detector.trend);
    state.hasJoined = true;
    if (cross === 'up') return enter(symbol, close, state, context);
    return cross === 'down' ? leave(symbol, state, context) : undefined;
  }

  async function warmUp(
    { symbol, openTime }: CandleEvent,
    { candles, interval }: StrategyContext,
  ): Promise<SymbolState> {
    const detector = new CrossDetector(fast, slow);
    const widthMs = (interval.seconds ?? 31 * 86_400) * 1000;
    // the last of them may be missing, where a feed has just begun
    const start = Math.max(0, openTime - 2 * slow * widthMs);
    for (const { close } of await candles.getAggregatedCandles(symbol, start, openTime, interval.text)) {
      detector.push(decimal(close));
    }
    return { detector, lastOpenTime: Number.NEGATIVE_INFINITY, hasJoined: false, entryId: null };
  }

  async function enter(symbol: string, price: Decimal, state: SymbolState, context: StrategyContext): Promise<void> {
    const { execution, log } = context;
    if ((await execution.getPosition(symbol)) !== null) return;
    const size = quantity ?? (await shareOfEquity(symbol, price, context));
    if (size === null) return;
    const outcome = await execution.createOrder({ symbol, side: Side.BUY, type: OrderType.MARKET, quantity: size });
    state.entryId = outcome.kind === 'accepted' ? outcome.order.clientOrderId : outcome.clientOrderId;
    warnOfTrouble(outcome, `ma-cross: buying ${size} ${symbol}`, log);
  }

  async function leave(symbol: string, state: SymbolState, { execution, log }: StrategyContext): Promise<void> {
    if (state.entryId !== null) {
      // the entry may not have filled yet; once it is cancelled, the position tells how much did
      await execution.cancelOrder({ symbol, clientOrderId: state.entryId });
      state.entryId = null;
    }
    if ((await execution.getPosition(symbol)) === null) return;
    warnOfTrouble(await execution.closePosition({ symbol }), `ma-cross: closing ${symbol}`, log);
  }

  async function shareOfEquity(symbol: string, price: Decimal, context: StrategyContext): Promise<Decimal | null> {
    const { equity } = await context.execution.getBalance();
    const size = affordable(context.instrument(symbol), equity.mul(share), price);
    if (Decimal.isDecimal(size)) return size;
    context.log.debug({ symbol, equity, share }, `ma-cross: no entry: ${size.message}`);
    return null;
  }

  return { name: 'ma-cross', onStart, onCandle };
}

function warnOfTrouble(outcome: CloseOutcome, what: string, log: StrategyContext['log']): void {
  if (outcome.kind === 'unknown') log.warn({ outcome }, `${what}: not known what became of it`);
}
