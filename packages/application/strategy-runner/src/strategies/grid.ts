import {
  checkQuantity,
  Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  OrderType,
  PositionMode,
} from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import type { CandleEvent, Strategy, StrategyContext } from '../strategy.ts';
import { affordable } from './affordable.ts';
import type { GridDirection } from './grid-lines.ts';
import { type GridRules, SymbolGrid } from './grid-of-symbol.ts';
import { isCount, positive } from './option-checks.ts';

export interface GridOptions {
  /** Orders on each side, at most 100. Default 5. */
  readonly levels?: number | undefined;
  /** Share between one price and the next, above 0, at most 1. Default 0.001. */
  readonly spacing?: DecimalInput | undefined;
  /** Base asset of each order. Instead of `share`. */
  readonly quantity?: DecimalInput | undefined;
  /** Share of the equity at the start that each order is worth, above 0, rounded down to the lot. Default 0.02. */
  readonly share?: DecimalInput | undefined;
  /**
   * `neutral` holds a long position below its middle and a short one above it; `long` only sells what it has bought, `short`
   * only buys back what it has sold. Default neutral.
   */
  readonly direction?: GridDirection | undefined;
}

export type { GridDirection };

const MOST_LEVELS = 100;
const DIRECTIONS: readonly GridDirection[] = ['neutral', 'long', 'short'];
/** Client order ids of every grid begin so. */
const OWN = 'grid-';

/**
 * A grid: post-only limit orders at equal distances below and above the price, buys below, sells above; where one fills, one
 * of the other side is placed a level away. For accounts in ONE_WAY mode; each symbol of the run has a grid of its own.
 *
 * It is laid out around the close of the first candle, and anew around a close that is more than a spacing beyond its
 * outermost prices: its open orders are cancelled, **the position is kept**, and the new grid has its place in it, as
 * if the price had come from where the position was flat; so it is closed level by level as the price comes back, and never
 * grows beyond `levels` orders (and the part of one that was there before). In a trend it holds that much against the trend.
 *
 * It takes the position of its symbols for its own, and so the open orders whose client order ids begin with `grid-`: those of
 * an earlier run are cancelled at the first candle. It touches no other orders.
 *
 * @throws InvalidInputError for options that make no sense
 */
export function grid(options: GridOptions = {}): Strategy {
  const { levels = 5, direction = 'neutral' } = options;
  const spacing = positive(options.spacing ?? '0.001', 'grid: spacing');
  const quantity = options.quantity === undefined ? null : positive(options.quantity, 'grid: quantity');
  const share = positive(options.share ?? '0.02', 'grid: share');
  if (!isCount(levels) || levels > MOST_LEVELS) {
    throw new InvalidInputError(`grid: levels must be a whole number from 1 to ${MOST_LEVELS}, not ${levels}`);
  }
  if (spacing.gt(1)) throw new InvalidInputError(`grid: spacing must be a share such as 0.001, not ${spacing}`);
  if (!DIRECTIONS.includes(direction)) {
    throw new InvalidInputError(`grid: direction must be one of ${DIRECTIONS.join(', ')}, not '${direction}'`);
  }
  if (quantity !== null && options.share !== undefined) {
    throw new InvalidInputError('grid: give either quantity or share, not both');
  }
  const grids = new Map<string, SymbolGrid>();
  const lastOpenTimes = new Map<string, number>();

  async function onStart(context: StrategyContext): Promise<void> {
    const { execution, instrument, symbols, clock, log } = context;
    if ((await execution.settings?.getPositionMode()) === PositionMode.HEDGE) {
      throw new InvalidInputError('grid works in position mode ONE_WAY; this account is in HEDGE');
    }
    if (!execution.capabilities.orderTypes.includes(OrderType.POST_ONLY)) {
      throw new InvalidInputError(`grid needs POST_ONLY orders, which ${execution.venue} does not have`);
    }
    const run = `${OWN}${clock.nowMs().toString(36)}`;
    let count = 0;
    const rules: GridRules = {
      ...{ levels, spacing, direction, quantityAt },
      nextId: () => {
        count += 1;
        return `${run}-${count.toString(36)}`;
      },
      isOwn: (id) => id.startsWith(OWN),
    };
    grids.clear();
    lastOpenTimes.clear();
    for (const symbol of symbols) {
      const { makerFee } = instrument(symbol);
      const problem = quantity === null ? null : checkQuantity(instrument(symbol), quantity);
      if (problem !== null) throw new InvalidInputError(`grid: ${symbol}: ${problem.message}`);
      if (makerFee.mul(2).gte(spacing)) {
        log.warn({ symbol, makerFee, spacing }, `grid: ${symbol}: the fees of a buy and a sell eat a spacing whole`);
      }
      grids.set(symbol, new SymbolGrid(symbol, rules, context));
    }
  }

  function onCandle({ symbol, openTime, close }: CandleEvent): Promise<void> | undefined {
    if (openTime <= (lastOpenTimes.get(symbol) ?? Number.NEGATIVE_INFINITY)) return undefined; // told twice, or revised
    lastOpenTimes.set(symbol, openTime);
    return grids.get(symbol)?.candle(close);
  }

  function onExecution(event: ExecutionEvent): Promise<void> | undefined {
    if (event.kind === 'order') return grids.get(event.order.symbol)?.order(event.order);
    if (event.kind === 'fill' && !event.trade.clientOrderId.startsWith(OWN)) {
      grids.get(event.trade.symbol)?.foreignFill();
    } else if (event.kind === 'gap') for (const one of grids.values()) one.gap();
    return undefined;
  }

  async function quantityAt(symbol: string, price: number, context: StrategyContext): Promise<Decimal | null> {
    if (quantity !== null) return quantity;
    const { equity } = await context.execution.getBalance();
    const size = affordable(context.instrument(symbol), equity.mul(share), decimal(price));
    if (Decimal.isDecimal(size)) return size;
    context.log.warn({ symbol, equity, share }, `grid: ${symbol}: no grid: ${size.message}`);
    return null;
  }

  return { name: 'grid', onStart, onCandle, onExecution };
}
