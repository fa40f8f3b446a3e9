/** Sessions on paper that are recorded as they happen, on tapes that follow from a seed. */
import { Readable } from 'node:stream';
import { Decimal, OrderType, Side } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import { InMemoryPaperExecution } from '@prate/in-memory-paper';
import type { Recording } from '@prate/parity';
import { ManualClock, seededRandom } from '@prate/runtime';
import { FileMarket, type MarketFile } from '@prate/simulated-market';
import type { Draw } from '../../../tooling/test-support/draw.ts';

export const START = Date.UTC(2026, 10, 1);
export const SYMBOL = 'BTC_USDT';
const TICK = new Decimal('0.1');
const LOT = new Decimal('0.001');

export interface Print {
  readonly time: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly side: Side;
}

/** Trades some ms apart, several at one moment now and then, whose price wanders by a tick or two. */
export function tapeOf(draw: Draw, trades: number): Print[] {
  let [time, ticks] = [START, 650_000];
  return Array.from({ length: trades }, () => {
    time += draw.once(3) ? 0 : draw.below(900);
    ticks += draw.below(7) - 3;
    const side = draw.once(2) ? Side.BUY : Side.SELL;
    return { time, price: TICK.mul(ticks), quantity: LOT.mul(1 + draw.below(draw.once(4) ? 3000 : 60)), side };
  });
}

/** @param missing rows that are left out, by number */
export function csvOf(tape: readonly Print[], missing: readonly number[] = []): string {
  const rows = tape.map(({ time, price, quantity, side }, i) =>
    [time, price.toFixed(1), quantity.toFixed(3), side.toLowerCase(), 1000 + i].join(','),
  );
  const kept = rows.filter((_row, i) => !missing.includes(i));
  return `time_ms,price,quantity,side,id\n${kept.join('\n')}\n`;
}

export const fileOf = (csv: string, symbol = SYMBOL): MarketFile => ({
  symbol,
  source: { name: 'tape.csv', stream: Readable.from([csv]) },
});

export interface Act {
  readonly kind: 'create' | 'amend' | 'cancel' | 'close';
  readonly side: Side;
  readonly type: OrderType;
  /** Ticks above the last price. */
  readonly ticks: number;
  readonly lots: number;
  readonly reduceOnly: boolean;
  readonly which: number;
  /** Whether it acts before what the market does in this millisecond. */
  readonly early: boolean;
}

function actOf(draw: Draw): Act {
  const kind = draw.of(['create', 'create', 'create', 'create', 'amend', 'cancel', 'cancel', 'close'] as const);
  const reduceOnly = draw.once(6);
  return {
    kind,
    side: draw.of([Side.BUY, Side.SELL]),
    type: draw.of(Object.values(OrderType)),
    ticks: draw.below(13) - 6,
    lots: 1 + draw.below(200),
    reduceOnly,
    which: draw.below(1000),
    // what a recording cannot tell apart: whether an order was changed, or found a position, before or after the very same trades
    early: draw.once(3) && (kind === 'cancel' || (kind === 'create' && !reduceOnly)),
  };
}

export interface SessionSettings {
  readonly csv: string;
  readonly moments: readonly { readonly time: number; readonly act: Act }[];
  readonly fees?: { readonly maker: string; readonly taker: string };
  readonly leverage?: number;
  /** Before the recording: at these moments, with these acts. */
  readonly warmUp?: readonly { readonly time: number; readonly act: Act }[];
}

export const FEES = { maker: '0.0001', taker: '0.0004' };

/** Plays a session and records it. */
export async function recordSession(
  settings: SessionSettings,
): Promise<{ readonly recording: Recording; readonly orders: number }> {
  const { csv, moments, warmUp = [], fees = FEES, leverage } = settings;
  const clock = new ManualClock();
  const market = await FileMarket.open({ files: [fileOf(csv)], clock });
  const [instrument] = await market.getInstruments();
  if (instrument === undefined) throw new Error('a tape has an instrument');
  const port = new InMemoryPaperExecution({ market, clock, random: seededRandom(7), balance: '1000000', fees });
  await port.connect();
  if (leverage !== undefined) await port.settings.setLeverage(SYMBOL, leverage);
  let last: Decimal | null = null;
  market.trades([SYMBOL], () => {});
  let orders = 0;
  const play = async (time: number, act: Act): Promise<void> => {
    await market.play({ until: act.early ? time - 1 : time });
    if (clock.nowMs() < time) clock.advanceTo(time);
    last = await market.getTicker(SYMBOL).then(
      ({ lastPrice }) => lastPrice,
      () => null,
    );
    const open = await port.getOpenOrders();
    // what ends an IOC, FOK or market order is the venue
    const resting = open.filter(({ type }) => type === OrderType.LIMIT || type === OrderType.POST_ONLY);
    const target = resting[act.which % Math.max(resting.length, 1)];
    const price = (last ?? TICK.mul(650_000)).plus(TICK.mul(act.ticks));
    const quantity = LOT.mul(act.lots);
    if (act.kind === 'create') {
      const request = { symbol: SYMBOL, side: act.side, type: act.type, quantity, reduceOnly: act.reduceOnly };
      const outcome = await port.createOrder(act.type === OrderType.MARKET ? request : { ...request, price });
      if (outcome.kind === 'accepted') orders += 1;
    } else if (act.kind === 'close') {
      if ((await port.closePosition({ symbol: SYMBOL })).kind === 'accepted') orders += 1;
    } else if (target !== undefined) {
      const ref = { symbol: SYMBOL, orderId: target.id };
      if (act.kind === 'cancel') await port.cancelOrder(ref);
      // an order that is what it was tells nothing of its amend
      else if (!(target.price?.eq(price) === true && target.quantity.eq(quantity)))
        await port.amendOrder(ref, { price, quantity });
    }
  };
  for (const { time, act } of warmUp) await play(time, act);
  const from = clock.nowMs();
  const seen: ExecutionEvent[] = [];
  const standing: ExecutionEvent[] =
    warmUp.length === 0
      ? []
      : [
          { kind: 'balance', balance: await port.getBalance() },
          ...(await port.getPositions()).map((position) => ({
            ...{ kind: 'position' as const, symbol: SYMBOL, positionSide: null, position },
          })),
          ...(await port.getOpenOrders()).map((order) => ({ kind: 'order' as const, order })),
        ];
  const events = port.events();
  const reading = (async () => {
    for await (const event of events) seen.push(event);
  })();
  for (const { time, act } of moments) await play(time, act);
  await market.play();
  const to = clock.nowMs();
  await port.disconnect();
  await reading;
  market.close();
  return {
    recording: {
      ...(warmUp.length === 0 ? { from: null } : { from }),
      to,
      events: [...standing, ...seen].map((event) => ({ time: timeOf(event, from), event })),
    },
    orders,
  };
}

function timeOf(event: ExecutionEvent, otherwise: number): number {
  if (event.kind === 'fill') return event.trade.time;
  if (event.kind === 'order') return event.order.updatedAt;
  return otherwise;
}

export interface Moment {
  readonly time: number;
  readonly act: Act;
}

/** Moments over the time of a tape, some of them exactly those of its trades. */
export function momentsOf(draw: Draw, tape: readonly Print[], count: number): Moment[] {
  const [from, to] = [tape[0] as Print, tape.at(-1) as Print].map(({ time }) => time) as [number, number];
  return Array.from({ length: count }, () => (draw.once(2) ? draw.of(tape).time : from + draw.below(to - from + 1)))
    .sort((a, b) => a - b)
    .map((time) => ({ time, act: actOf(draw) }));
}

/** Those that have their millisecond for themselves. */
export function apart(moments: readonly Moment[], tape: readonly Print[]): Moment[] {
  const taken = new Set(tape.map(({ time }) => time));
  return moments.filter(({ time }) => {
    const isFree = !taken.has(time);
    taken.add(time);
    return isFree;
  });
}
