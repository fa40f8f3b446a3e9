import { Decimal, makeBalance, type Position, PositionSide, Side, type Trade, toInterval, ZERO } from '@prate/domain';
import { describe, expect, test } from 'vitest';
import type { Strategy } from '../../src/index.ts';
import { RoundTrips } from '../../src/report/round-trips.ts';
import { RunRecord } from '../../src/report/run-record.ts';
import { rig } from '../support/rig.ts';
import { candlesOfCloses, MINUTE } from '../support/scripted-market.ts';

const balance = (cash: string, unrealized = '0') =>
  makeBalance({
    asset: 'USDT',
    available: new Decimal(cash),
    frozen: ZERO,
    positionMargin: ZERO,
    unrealizedPnl: new Decimal(unrealized),
  });

const record = (positions: readonly Position[] = [], cash = '1000', unrealized = '0') =>
  new RunRecord({
    strategy: 's',
    symbols: ['BTC_USDT', 'ETH_USDT'],
    interval: toInterval('1m'),
    balance: balance(cash, unrealized),
    positions,
  });

let count = 0;
function trade(side: Side, quantity: string, realizedPnl: string, fee: string, asset = 'USDT'): Trade {
  count += 1;
  return {
    id: String(count),
    orderId: `o${count}`,
    clientOrderId: `c${count}`,
    symbol: 'BTC_USDT',
    side,
    positionSide: null,
    price: new Decimal(10),
    quantity: new Decimal(quantity),
    fee: { asset, amount: new Decimal(fee) },
    liquidity: 'TAKER',
    realizedPnl: new Decimal(realizedPnl),
    time: 0,
  };
}

const candle = (openTime: number, close: number, symbol = 'BTC_USDT') => ({
  symbol,
  openTime,
  closeTime: openTime + MINUTE,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1,
  turnover: null,
  trades: null,
  source: 'EXCHANGE' as const,
  coverage: 1,
});

test('a run worked out by hand', async () => {
  // buys 1 at the opens of candles 1 and 4 (100 and 90), sells 1 at that of candle 3 (120); the fee is 0.1 %
  const plan: Record<number, Side> = { 0: Side.BUY, 2: Side.SELL, 3: Side.BUY };
  const strategy: Strategy = {
    name: 'planned',
    async onCandle({ openTime, symbol }, { execution }) {
      const side = plan[openTime / MINUTE];
      if (side !== undefined) await execution.createOrder({ symbol, side, type: 'MARKET', quantity: 1 });
    },
  };
  const { runner, market } = await rig(strategy);
  await runner.start();
  await market.play(candlesOfCloses([100, 110, 120, 90, 80]), () => runner.idle());
  expect(JSON.parse(JSON.stringify(await runner.done))).toEqual({
    strategy: 'planned',
    symbols: ['BTC_USDT'],
    interval: '1m',
    asset: 'USDT',
    from: 0,
    to: 5 * MINUTE,
    candles: 5,
    orders: 3,
    fills: 3,
    rejected: {},
    volume: '310',
    fees: '0.31',
    otherFees: [],
    realizedPnl: '20',
    unrealizedPnl: '-10',
    netPnl: '9.69',
    funding: null, // the account has no history
    startEquity: '10000',
    endEquity: '10009.69',
    // the equity at the closes: 10000, 10009.9, 10019.9, 10019.78, 10009.69
    maxDrawdown: 1021 / 1_001_990,
    deepestFall: {
      peak: { time: 3 * MINUTE, value: '10019.9' },
      low: { time: 5 * MINUTE, value: '10009.69' },
      recoveredAt: null,
    },
    risk: { per: null, samples: 0, sharpe: null, sortino: null },
    // the account fills at the opens, but calls their time that of the close: held from 2 to 4 of 5 minutes
    exposure: { time: 0.4, average: (110 / 10009.9 + 120 / 10019.9 + 80 / 10009.69) / 3, greatest: 120 / 10019.9 },
    wins: 1,
    losses: 0,
    trips: {
      ...{ count: 1, winRate: 1, profitFactor: null, averageWin: '19.78', averageLoss: null },
      longestMs: 2 * MINUTE,
    },
    holdReturn: -0.2,
    hold: { return: -0.2, maxDrawdown: 1 - 80 / 100 / (120 / 100) },
    data: { trades: 0, exchange: 5, interpolated: 0, partial: 0, coverage: 1 },
    gaps: 0,
    errors: [],
    reason: 'the candle feed ended',
  });
});

describe('drawdown', () => {
  test('is the deepest fall from an earlier peak, also when the equity recovers', () => {
    const run = record();
    for (const [i, equity] of ['1200', '900', '1300', '1100'].entries()) run.balance(i, balance(equity));
    expect(run.report(null).maxDrawdown).toBe(0.25);
  });

  test('starts at the equity of the start', () => {
    const run = record();
    run.balance(0, balance('800'));
    expect(run.report(null).maxDrawdown).toBe(0.2);
  });

  test('candles of several symbols at one close are one sample, the last', () => {
    const run = record();
    run.balance(0, balance('500'));
    run.balance(0, balance('900'));
    run.balance(1, balance('950'));
    expect(run.report(null).maxDrawdown).toBe(0.1);
  });
});

describe('sums', () => {
  test('are exact', () => {
    const run = record();
    for (let i = 0; i < 10; i += 1) run.fill(trade(Side.BUY, '0.1', '0.1', '0.01'));
    const { volume, fees, realizedPnl, netPnl } = run.report(null);
    expect([volume, fees, realizedPnl, netPnl].map(String)).toEqual(['10', '0.1', '1', '0.9']);
  });

  test('fees in another asset stand apart', () => {
    const run = record();
    run.fill(trade(Side.BUY, '1', '0', '2', 'MX'));
    run.fill(trade(Side.SELL, '1', '5', '3', 'MX'));
    const { fees, otherFees, netPnl } = run.report(null);
    expect(fees.toString()).toBe('0');
    expect(otherFees.map(({ asset, amount }) => `${asset} ${amount}`)).toEqual(['MX 5']);
    expect(netPnl.toString()).toBe('5');
  });

  test('unrealised profit from before the run is not its own', () => {
    const run = record([], '1000', '40');
    run.balance(0, balance('1000', '50'));
    expect(run.report(null)).toMatchObject({ unrealizedPnl: new Decimal(10), startEquity: new Decimal(1040) });
  });

  test('buying and holding several symbols is their average', () => {
    const run = record();
    run.candle(candle(0, 100));
    run.candle(candle(0, 10, 'ETH_USDT'));
    run.candle(candle(MINUTE, 110));
    run.candle(candle(MINUTE, 13, 'ETH_USDT'));
    expect(run.report(null)).toMatchObject({ holdReturn: 0.2, from: 0, to: 2 * MINUTE, candles: 4 });
    expect(record().report(null)).toMatchObject({ holdReturn: null, from: null, to: null });
  });
});

describe('round trips', () => {
  const play = (trips: RoundTrips, fills: readonly [Side, string, string, string][]): string => {
    for (const [side, quantity, pnl, fee] of fills) trips.fill(trade(side, quantity, pnl, fee), new Decimal(fee));
    return `${trips.wins} won, ${trips.losses} lost`;
  };

  test('several fills in and out are one trip', () => {
    const fills: [Side, string, string, string][] = [
      [Side.BUY, '1', '0', '0'],
      [Side.BUY, '2', '0', '0'],
      [Side.SELL, '1', '5', '0'],
      [Side.SELL, '2', '-1', '0'],
    ];
    expect(play(new RoundTrips(), fills)).toBe('1 won, 0 lost');
  });

  test('a profit that the fees eat is a loss, and nothing at all is neither', () => {
    const fills: [Side, string, string, string][] = [
      [Side.BUY, '1', '0', '1'],
      [Side.SELL, '1', '1', '1'],
      [Side.SELL, '1', '0', '1'],
      [Side.BUY, '1', '2', '1'],
    ];
    expect(play(new RoundTrips(), fills)).toBe('0 won, 1 lost');
  });

  test('a fill that turns the position round ends one trip and begins the next', () => {
    const fills: [Side, string, string, string][] = [
      [Side.BUY, '1', '0', '0'],
      [Side.SELL, '4', '2', '4'], // a quarter of its fee closed the long: 2 − 1
      [Side.BUY, '3', '2', '0'], // the rest opened the short: 2 − 3
    ];
    expect(play(new RoundTrips(), fills)).toBe('1 won, 1 lost');
  });

  test('a position from before the run ends as a trip of the run', () => {
    const position = {
      ...{
        symbol: 'BTC_USDT',
        positionSide: PositionSide.SHORT,
        quantity: new Decimal(2),
        entryPrice: new Decimal(12),
      },
    } as Position;
    const run = record([position]);
    run.fill(trade(Side.BUY, '2', '7', '1'));
    expect(run.report(null)).toMatchObject({ wins: 1, losses: 0 });
  });
});
