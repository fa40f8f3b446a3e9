/** Random days with trigger orders: what may fire is told by a rule that looks at one trigger and one price at a time. */
import { Decimal, OrderType, Side } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import {
  type DeskEvent,
  type DeskPlan,
  DeskRefusal,
  type DeskStop,
  type DeskStopPrice,
  type DeskTrailing,
  type PaperDesk,
  PaperExchange,
} from '../src/index.ts';
import { ledgerSums, MINUTE, type Mode } from './rig.ts';
import { ALL, plan, TriggerRig, ticket } from './trigger-rig.ts';

const TICK = new Decimal('0.1');
const price = (n: number): Decimal => TICK.mul(n);
const ticks = fc.integer({ min: 940, max: 1060 });
const lots = fc.integer({ min: 2, max: 2000 });
const side = fc.constantFrom<Side>(Side.BUY, Side.SELL);
const distance = fc.integer({ min: 1, max: 40 });
const which = fc.nat(50);
const kind = <K extends string>(name: K) => fc.constant(name);

const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kind('price'), ticks, high: distance, low: distance, lots, side }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('order'),
      side,
      ticks: fc.option(ticks),
      lots,
      loss: fc.option(distance),
      profit: fc.option(distance),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('plan'),
      side,
      ticks,
      rises: fc.boolean(),
      limit: fc.option(ticks),
      closes: fc.boolean(),
      lots,
      hours: fc.constantFrom(1, 24),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('stop'),
      loss: fc.option(distance),
      profit: fc.option(distance),
      lots: fc.option(lots),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('trailing'),
      side,
      lots,
      activation: fc.option(ticks),
      share: fc.boolean(),
      back: distance,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('change'), which, ticks, cancels: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancelOrder'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('close') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('pass'), minutes: fc.integer({ min: 1, max: 90 }) }) },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
const script = fc.array(command, { minLength: 30, maxLength: 80 });

const stopsBeyond = (from: Decimal, isLong: boolean, loss: number | null, profit: number | null) => {
  const at = (n: number | null, up: boolean): DeskStopPrice | null =>
    n === null ? null : { price: from.plus(price(up ? n : -n)), source: n % 2 === 0 ? 'LAST' : 'MARK' };
  return { stopLoss: at(loss, !isLong), takeProfit: at(profit, isLong) };
};

/** Plays one command at a desk, which may refuse it; refusals are part of the game. */
function play(desk: PaperDesk, one: Command, last: Decimal): void {
  const quantity = (n: number): Decimal => new Decimal('0.001').mul(n);
  const { triggers } = desk;
  switch (one.kind) {
    case 'price':
    case 'pass':
      return;
    case 'order': {
      const at = one.ticks === null ? null : price(one.ticks);
      const stops = stopsBeyond(at ?? last, one.side === Side.BUY, one.loss, one.profit);
      desk.placeOrder(ticket({ side: one.side, price: at, quantity: quantity(one.lots), ...stops }));
      return;
    }
    case 'plan': {
      const { side: towards, closes, lots: n } = one;
      const limit = one.limit === null ? null : price(one.limit);
      const sent = { side: towards, effect: closes ? 'CLOSE' : 'OPEN', quantity: quantity(n), price: limit } as const;
      triggers.placePlan(
        plan(price(one.ticks).toString(), one.rises ? 'RISES_TO' : 'FALLS_TO', {
          ticket: { ...sent, type: limit === null ? OrderType.MARKET : OrderType.LIMIT },
          cycleHours: one.hours,
        }),
      );
      return;
    }
    case 'stop': {
      const [position] = desk.positions();
      if (position === undefined) return;
      const prices = stopsBeyond(last, position.side === 'LONG', one.loss, one.profit);
      triggers.placeStop({
        positionId: position.id,
        quantity: one.lots === null ? null : quantity(one.lots),
        ...prices,
      });
      return;
    }
    case 'trailing':
      triggers.placeTrailing({
        ticket: ticket({ side: one.side, quantity: quantity(one.lots) }),
        source: 'LAST',
        activationPrice: one.activation === null ? null : price(one.activation),
        callback: one.share
          ? { kind: 'SHARE', value: new Decimal(one.back).div(1000) }
          : { kind: 'DISTANCE', value: price(one.back) },
      });
      return;
    case 'change': {
      const all = [...triggers.plans(ALL), ...triggers.stops(ALL), ...triggers.trailings(ALL)];
      const target = all[one.which % Math.max(all.length, 1)];
      if (target === undefined) return;
      if ('triggerPrice' in target && 'direction' in target) {
        if (one.cancels) triggers.cancelPlan(target.id);
        else triggers.changePlan(target.id, { triggerPrice: price(one.ticks) });
      } else if ('callback' in target) {
        if (one.cancels) triggers.cancelTrailing(target.id);
        else triggers.changeTrailing(target.id, { callback: { kind: 'DISTANCE', value: price((one.which % 40) + 1) } });
      } else if (one.cancels) triggers.cancelStop(target.id);
      else triggers.changeStop(target.id, stopsBeyond(last, target.side === 'LONG', (one.which % 30) + 1, null));
      return;
    }
    case 'cancelOrder': {
      const open = desk.openOrders(null);
      const target = open[one.which % Math.max(open.length, 1)];
      if (target !== undefined) desk.cancelOrder(target.id);
      return;
    }
    case 'close':
      desk.closeAllPositions();
  }
}

interface Range {
  readonly open: Decimal;
  readonly low: Decimal;
  readonly high: Decimal;
}

/** The market's part of a command: a candle, or a print whose range is its price. */
function move(rig: TriggerRig, mode: Mode, one: Command): Range | null {
  if (one.kind === 'pass') rig.clock.advance(one.minutes * MINUTE);
  if (one.kind !== 'price') return null;
  const now = price(one.ticks);
  if (mode === 'candles') {
    const [low, high] = [now.minus(price(one.low)), now.plus(price(one.high))];
    const close = one.side === Side.BUY ? high : low;
    rig.candle(now.toNumber(), high.toNumber(), low.toNumber(), close.toNumber());
    return { open: now, low, high };
  }
  rig.clock.advance(7);
  const size = new Decimal('0.001').mul(one.lots).toString();
  if (mode === 'book') {
    rig.market.setBook([[now.minus(TICK).toString(), size]], [[now.plus(TICK).toString(), size]]);
  }
  rig.print(now.toString(), size, one.side);
  return { open: now, low: now, high: now };
}

function attempt(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof DeskRefusal)) throw error;
  }
}

const reached = (at: Decimal, direction: 'RISES_TO' | 'FALLS_TO', { low, high }: Range) =>
  direction === 'RISES_TO' ? high.gte(at) : low.lte(at);
const waits = ({ status }: { readonly status: string }): boolean => status === 'WAITING' || status === 'INACTIVE';
const partsOf = (stop: DeskStop) => {
  const long = stop.side === 'LONG';
  return {
    loss: [stop.stopLoss, long ? 'FALLS_TO' : 'RISES_TO'] as const,
    profit: [stop.takeProfit, long ? 'RISES_TO' : 'FALLS_TO'] as const,
  };
};

interface Seen {
  readonly plans: readonly DeskPlan[];
  readonly stops: readonly DeskStop[];
  readonly trailings: readonly DeskTrailing[];
}
const see = ({ triggers }: PaperDesk): Seen => ({
  plans: triggers.plans(ALL).filter(waits),
  stops: triggers.stops(ALL).filter(waits),
  trailings: triggers.trailings(ALL).filter(waits),
});

/** Each trigger that waited has done what this price alone says. */
function checkFired(desk: PaperDesk, before: Seen, range: Range, nowMs: number): void {
  const { triggers } = desk;
  for (const { id, triggerPrice, direction, createdAt, cycleHours } of before.plans) {
    const now = triggers.plan(id);
    if (createdAt + cycleHours * 60 * MINUTE <= nowMs) continue;
    const fires = reached(triggerPrice, direction, range);
    expect(['EXECUTED', 'FAILED'].includes(String(now?.status))).toBe(fires);
  }
  for (const stop of before.stops) {
    const now = triggers.stop(stop.id) as DeskStop;
    const isReached = ([at, direction]: readonly [DeskStopPrice | null, 'RISES_TO' | 'FALLS_TO']): boolean =>
      at !== null && reached(at.price, direction, range);
    const { loss, profit } = partsOf(stop);
    // the open comes before both ends
    const opensAt = { open: range.open, low: range.open, high: range.open };
    const profitsAtOpen = profit[0] !== null && reached(profit[0].price, profit[1], opensAt);
    if (now.status === 'EXECUTED' || now.status === 'FAILED') {
      expect(isReached(now.triggered === 'STOP_LOSS' ? loss : profit)).toBe(true);
      if (!profitsAtOpen) expect(isReached(loss) && now.triggered === 'TAKE_PROFIT').toBe(false);
    } else if (isReached(loss)) expect(now.status).toBe('CANCELLED');
  }
}

/** What a trailing order does at one price. */
function followed(one: DeskTrailing, now: Decimal): { readonly fires: boolean; readonly best: string } {
  const sells = one.ticket.side === Side.SELL;
  const isBetter = (a: Decimal, b: Decimal): boolean => (sells ? a.gte(b) : a.lte(b));
  if (one.bestPrice === null || one.triggerPrice === null) {
    const begins = one.activationPrice === null || isBetter(now, one.activationPrice);
    return { fires: false, best: begins ? now.toString() : 'null' };
  }
  const fires = isBetter(one.triggerPrice, now) && one.triggerPrice.gt(0);
  return { fires, best: (!fires && isBetter(now, one.bestPrice) ? now : one.bestPrice).toString() };
}

describe.each<Mode>(['trades', 'book', 'candles'])('laws of triggers on %s', (mode) => {
  it('each fires at the first price at or beyond its own and at no other, and none outlives its position', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (commands) => {
        const rig = await TriggerRig.start(mode);
        let last = price(1000);
        for (const one of [
          { kind: 'price', ticks: 1000, high: 1, low: 1, lots: 5, side: Side.BUY },
          ...commands,
        ] as Command[]) {
          const before = see(rig.desk);
          const range = move(rig, mode, one);
          if (range !== null) {
            checkFired(rig.desk, before, range, rig.clock.nowMs());
            last = one.kind === 'price' && one.side === Side.SELL ? range.low : range.high;
            if (mode !== 'candles') {
              for (const trailing of before.trailings) {
                const now = rig.desk.triggers.trailing(trailing.id);
                const { fires, best } = followed(trailing, last);
                expect([now?.status === 'EXECUTED' || now?.status === 'FAILED', String(now?.bestPrice)]).toEqual([
                  fires,
                  best,
                ]);
              }
            }
          }
          attempt(() => play(rig.desk, one, last));
          const open = new Set(rig.desk.positions().map(({ id }) => id));
          for (const { positionId } of see(rig.desk).stops) expect(open.has(positionId)).toBe(true);
          expect(Object.values(ledgerSums(rig.exchange)).every((total) => total === '0')).toBe(true);
        }
        checkOnce(rig.log);
      }),
      cases(60),
    );
  });

  it('an exchange that is saved and restored anywhere tells what it would have told', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), async (commands, cut) => {
        const whole = await logOf(mode, commands, null);
        expect(await logOf(mode, commands, cut % commands.length)).toEqual(whole);
        expect(await logOf(mode, commands, null)).toEqual(whole);
      }),
      cases(20),
    );
  });
});

/** What has ended is never told again, and no two triggers have sent one order. */
function checkOnce(log: readonly DeskEvent[]): void {
  const ended = new Set<string>();
  const orders = new Set<string>();
  for (const event of log) {
    if (event.kind !== 'plan' && event.kind !== 'stop' && event.kind !== 'trailing') continue;
    const trigger = event.kind === 'plan' ? event.plan : event.kind === 'stop' ? event.stop : event.trailing;
    const name = `${event.kind} ${trigger.id}`;
    expect(ended.has(name)).toBe(false);
    if (waits(trigger)) continue;
    ended.add(name);
    const sent = 'placedOrderId' in trigger ? trigger.placedOrderId : trigger.orderId;
    if (sent === null) continue;
    expect(orders.has(sent)).toBe(false);
    orders.add(sent);
  }
}

async function logOf(mode: Mode, commands: readonly Command[], cut: number | null): Promise<readonly string[]> {
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  const rig = await TriggerRig.start(mode, { log, slippage: { from: 0, to: 2 } });
  let { exchange, desk } = rig as { exchange: PaperExchange; desk: PaperDesk };
  let last = price(1000);
  for (const [i, one] of commands.entries()) {
    if (i === cut) {
      const state = JSON.parse(JSON.stringify(exchange.save()));
      await exchange.disconnect();
      exchange = PaperExchange.restore(state, { ...rig.options, log });
      await exchange.connect();
      desk = exchange.desk('a');
    }
    const range = move(rig, mode, one);
    if (range !== null) last = range.high;
    attempt(() => play(desk, one, last));
  }
  return lines;
}
