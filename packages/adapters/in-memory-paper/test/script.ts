/** Random days at the exchange: commands, how they are played, and an oracle that knows nothing of positions. */
import { Decimal, MarginMode, OrderType, PositionMode, PositionSide, Side, type Trade } from '@prate/domain';
import type { ExecutionEvent, OrderRequest } from '@prate/execution-port';
import fc from 'fast-check';
import type { Rig } from './rig.ts';

export type Command =
  | { readonly kind: 'print'; readonly ticks: number; readonly lots: number; readonly side: Side }
  | { readonly kind: 'book'; readonly mid: number; readonly sizes: readonly number[] }
  | {
      readonly kind: 'order';
      readonly side: Side;
      readonly type: OrderType;
      readonly ticks: number;
      readonly lots: number;
      readonly reduceOnly: boolean;
      readonly leverage: number;
    }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'amend'; readonly which: number; readonly ticks: number; readonly lots: number }
  | { readonly kind: 'close' };

const ticks = fc.integer({ min: 960, max: 1040 });
const lots = fc.integer({ min: 2, max: 4000 });
const side = fc.constantFrom<Side>(Side.BUY, Side.SELL);
const which = fc.nat(20);
const orderLots = fc.integer({ min: 2, max: 500 });

const order: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('order' as const),
  side,
  type: fc.constantFrom<OrderType>(...Object.values(OrderType)),
  ticks,
  lots: orderLots,
  reduceOnly: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  // prices stay within 10 %: none of these is ever liquidated, and the oracle need not know how that goes
  leverage: fc.constantFrom(1, 3, 7, 10),
});

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('print' as const), ticks, lots, side }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('book' as const),
        mid: ticks,
        sizes: fc.array(lots, { minLength: 2, maxLength: 6 }),
      }),
    },
    { weight: 6, arbitrary: order },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('amend' as const), which, ticks, lots: orderLots }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
  ),
  { minLength: 30, maxLength: 60 },
);

const TICK = new Decimal('0.1');
const LOT = new Decimal('0.001');
const priceOf = (n: number): Decimal => TICK.mul(n);
const quantityOf = (n: number): Decimal => LOT.mul(n);
/** What a market shows need not be whole lots. */
const shownOf = (n: number): Decimal => LOT.mul(n % 3 === 0 ? n + 0.4 : n);
const symbol = 'BTC_USDT';

/** Plays one command; refusals are part of the game. A print in candle mode is a candle around its price. */
export async function play(rig: Rig, mode: string, command: Command): Promise<void> {
  const hedge = (await rig.port.settings.getPositionMode()) === PositionMode.HEDGE;
  switch (command.kind) {
    case 'print': {
      const price = priceOf(command.ticks);
      if (mode === 'candles') {
        const [low, high] = [price.minus(1).toNumber(), price.plus(1).toNumber()];
        rig.candle(price.toNumber(), high, low, command.side === Side.BUY ? high : low, command.lots);
      } else {
        rig.clock.advance(7);
        rig.print(price.toString(), shownOf(command.lots).toString(), command.side);
      }
      return;
    }
    case 'book': {
      const level = (size: number, i: number, sign: number) =>
        [priceOf(command.mid + sign * (i + 1)).toString(), shownOf(size).toString()] as const;
      const { sizes } = command;
      rig.market.setBook(
        sizes.map((size, i) => level(size, i, -1)),
        sizes.map((size, i) => level(size, i, 1)),
      );
      return;
    }
    case 'order': {
      const { type, reduceOnly } = command;
      const price = type === OrderType.MARKET ? undefined : priceOf(command.ticks);
      const engaged = (await rig.port.getOpenOrders()).length + (await rig.port.getPositions()).length > 0;
      const terms = engaged ? {} : { leverage: command.leverage, marginMode: MarginMode.ISOLATED };
      const request = {
        symbol,
        side: command.side,
        type,
        price,
        quantity: quantityOf(command.lots),
        reduceOnly,
        // in HEDGE mode every order is for one side; its size decides for which
        positionSide: hedge ? (command.lots % 2 === 0 ? PositionSide.LONG : PositionSide.SHORT) : undefined,
        ...terms,
      };
      await rig.port.createOrder(request as OrderRequest);
      return;
    }
    case 'cancel':
    case 'amend': {
      const open = await rig.port.getOpenOrders();
      const target = open[command.which % Math.max(1, open.length)];
      if (target === undefined) return;
      const ref = { symbol, orderId: target.id };
      if (command.kind === 'cancel') await rig.port.cancelOrder(ref);
      else if (target.price !== null) {
        const [price, quantity] = [priceOf(command.ticks), quantityOf(command.lots)];
        await rig.port.amendOrder(ref, [{ price, quantity }, { price }, { quantity }][command.which % 3] ?? {});
      }
      return;
    }
    case 'close':
      for (const positionSide of hedge ? Object.values(PositionSide) : [undefined]) {
        await rig.port.closePosition({ symbol, positionSide });
      }
  }
}

/**
 * The account's equity by cash flow alone: what sales brought, less what purchases and fees cost, and what is held at the
 * last price. Whole numbers of 10^-12 of the quote asset; no averages, no margins, no positions.
 */
export function equityByCashFlow(initial: number, trades: readonly Trade[], last: Decimal | null): bigint {
  const whole = (value: Decimal): bigint => BigInt(value.mul('1e12').toFixed());
  let cash = BigInt(initial) * 10n ** 12n;
  let heldLots = 0n;
  for (const trade of trades) {
    const value = whole(trade.price.mul(trade.quantity));
    const tradedLots = BigInt(trade.quantity.div(LOT).toFixed());
    const rate = trade.liquidity === 'MAKER' ? 2n : 6n;
    cash += trade.side === Side.SELL ? value : -value;
    cash -= (value * rate) / 10_000n;
    heldLots += trade.side === Side.BUY ? tradedLots : -tradedLots;
  }
  return last === null ? cash : cash + (heldLots * whole(last)) / 1000n;
}

export const tradesOf = (log: readonly ExecutionEvent[]): readonly Trade[] =>
  log.flatMap((event) => (event.kind === 'fill' ? [event.trade] : []));
