import { Decimal, MarginMode, OrderType, Side } from '@prate/domain';
import type { TradeColumns } from '@prate/domain/candles';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { Chance } from '../src/engine/chance.ts';
import { Engine } from '../src/engine/engine.ts';
import { saveEngine } from '../src/engine/save-engine.ts';
import { readRules } from '../src/options.ts';
import { ticketOf } from './engine-rig.ts';
import { instrumentOf } from './scripted-market.ts';

const SYMBOLS = ['A_USDT', 'B_USDT', 'C_USDT'];

type Step =
  | { readonly kind: 'order'; readonly of: number; readonly symbol: number; readonly lots: number }
  | { readonly kind: 'price'; readonly symbol: number; readonly move: number }
  | { readonly kind: 'mark'; readonly symbol: number; readonly move: number }
  | { readonly kind: 'deposit'; readonly of: number; readonly amount: number };

const riskTiers = [
  { maxNotional: new Decimal(1_500), maxLeverage: 50, maintenanceMarginRate: new Decimal('0.02') },
  { maxNotional: null, maxLeverage: 50, maintenanceMarginRate: new Decimal('0.05') },
];

const symbol = fc.nat(SYMBOLS.length - 1);
const of = fc.nat(1);
const move = fc.integer({ min: -50, max: 50 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('price' as const), symbol, move }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      of,
      symbol,
      lots: fc.integer({ min: -20_000, max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('deposit' as const), of, amount: fc.integer({ min: 1, max: 50 }) }),
  },
);
const withMarks = fc.oneof(
  { weight: 40, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('mark' as const), symbol, move: fc.integer({ min: -150, max: 150 }) }),
  },
);

const printAt = (ticks: number, time: number): TradeColumns => ({
  length: 1,
  time: Float64Array.of(time),
  priceDecimals: 1,
  price: Float64Array.of(ticks),
  quantityDecimals: 0,
  quantity: Float64Array.of(1_000_000),
  side: Uint8Array.of(0),
  ids: null,
});

/** @param everyPrice lets every print be looked at, whether it concerns somebody or not */
function play(
  steps: readonly Step[],
  everyPrice: boolean,
): { readonly state: string; readonly liquidations: number; readonly quiet: number } {
  const engine = new Engine(readRules({}), new Chance(7));
  const markets = SYMBOLS.map((name) => engine.addMarket(instrumentOf({ symbol: name, riskTiers }), 'trades'));
  const accounts = ['a', 'b'].map((name) => engine.open(name, null));
  for (const account of accounts) account.deposit('USDT', 300n * 10n ** 18n);
  const prices = markets.map(() => 1_000);
  let [liquidations, quiet, time] = [0, 0, 0];
  for (const account of accounts) {
    account.observe({
      order() {},
      fill: ({ order }) => {
        if (order.terms.category === 'LIQUIDATION') liquidations += 1;
      },
      position() {},
      asset() {},
      positionMode() {},
      trigger() {},
      attached() {},
    });
  }
  const tell = (at: number): void => {
    if (everyPrice) for (const market of markets) market.disturb();
    const market = markets[at] as (typeof markets)[number];
    const ticks = prices[at] as number;
    time += 1;
    if (ticks > market.low && ticks < market.high) quiet += 1;
    engine.trades(SYMBOLS[at] as string, printAt(ticks, time));
  };
  for (const at of prices.keys()) tell(at);
  for (const one of steps) {
    if (one.kind === 'deposit') {
      accounts[one.of]?.deposit('USDT', BigInt(one.amount) * 10n ** 18n);
      continue;
    }
    if (one.kind === 'order') {
      const account = accounts[one.of] as (typeof accounts)[number];
      const side = one.lots > 0 ? Side.BUY : Side.SELL;
      const asked = {
        side,
        type: OrderType.MARKET,
        lots: Math.abs(one.lots) || 1,
        marginMode: MarginMode.CROSS,
        leverage: 20,
      };
      const seat = account.seat(markets[one.symbol] as (typeof markets)[number]);
      try {
        engine.place(ticketOf(seat, asked, `order-${time}-${one.of}-${one.symbol}-${one.lots}`), time);
      } catch {
        continue; // it has not the money
      }
    }
    if (one.kind === 'mark') {
      if (everyPrice) for (const market of markets) market.disturb();
      const { instrument, grid, last } = markets[one.symbol] as (typeof markets)[number];
      const markPrice = grid.price(Math.max(last + one.move, 1));
      engine.tickers([{ symbol: instrument.symbol, markPrice, indexPrice: null, time } as never]);
      continue;
    }
    if (one.kind === 'price') prices[one.symbol] = Math.max((prices[one.symbol] as number) + one.move, 1);
    tell(one.symbol);
  }
  return { state: JSON.stringify(saveEngine(engine)), liquidations, quiet };
}

describe('cross positions of one account at several symbols', () => {
  it.each([
    ['by the last price alone', step],
    ['where tickers tell mark prices of some', withMarks],
  ])('are liquidated as if every price were looked at, %s', (_, steps) => {
    let [liquidations, quiet] = [0, 0];
    fc.assert(
      fc.property(fc.array(steps, { minLength: 30, maxLength: 100, size: 'max' }), (script) => {
        const watched = play(script, false);
        expect(watched.state).toBe(play(script, true).state);
        liquidations += watched.liquidations;
        quiet += watched.quiet;
      }),
      cases(150),
    );
    expect([liquidations > 50, quiet > 500]).toEqual([true, true]);
  });

  it('at one symbol are looked at again when the mark price of another is told', () => {
    const engine = new Engine(readRules({}), new Chance(7));
    const markets = ['A_USDT', 'B_USDT'].map((name) => engine.addMarket(instrumentOf({ symbol: name }), 'trades'));
    const account = engine.open('a', null);
    account.deposit('USDT', 300n * 10n ** 18n);
    for (const market of markets) {
      engine.trades(market.instrument.symbol, printAt(1_000, 1));
      const asked = { type: OrderType.MARKET, lots: 10_000, marginMode: MarginMode.CROSS, leverage: 20 };
      engine.place(ticketOf(account.seat(market), asked, market.instrument.symbol), 1);
      engine.trades(market.instrument.symbol, printAt(1_000, 1));
    }
    // each may lose some 150 of the 300; then one has lost 200, and the other 110
    engine.trades('A_USDT', printAt(1_000, 2));
    engine.tickers([{ symbol: 'B_USDT', markPrice: new Decimal(80), indexPrice: null, time: 3 } as never]);
    expect(account.positions.size).toBe(2);
    engine.trades('A_USDT', printAt(890, 4));
    expect(account.positions.size).toBe(0);
  });
});
