import {
  Decimal,
  type DecimalInput,
  type Instrument,
  MarginMode,
  PositionMode,
  PositionSide,
  Side,
} from '@prate/domain';
import type { MarketDataCapability } from '@prate/market-data-port';
import { describe, expect, it } from 'vitest';
import type { PaperRules } from '../src/index.ts';
import { ledgerSums, Rig } from './rig.ts';
import { instrumentOf } from './scripted-market.ts';

const d = (value: DecimalInput): Decimal => new Decimal(value);
const tierOf = (rate: DecimalInput, more = {}) => ({
  maxNotional: null,
  maxLeverage: 500,
  maintenanceMarginRate: d(rate),
  ...more,
});
const contract = (more: Partial<Instrument> = {}): Instrument =>
  instrumentOf({
    lotSize: d('0.0001'),
    contractSize: d('0.0001'),
    minQuantity: d('0.0001'),
    maxLeverage: 500,
    riskTiers: [tierOf('0.001')],
    ...more,
  });
const WITH_TICKERS: readonly MarketDataCapability[] = ['tradeStream', 'tickerStream', 'fundingStream'];
const FREE = { fees: { maker: 0, taker: 0 } };

async function rigOf(rules: Partial<PaperRules> = {}, instrument = contract()): Promise<Rig> {
  return Rig.open('trades', { ...FREE, ...rules }, [instrument], WITH_TICKERS);
}

/** Trades a market order whole at a price. */
async function take(rig: Rig, side: Side, price: DecimalInput, quantity: DecimalInput, more = {}): Promise<void> {
  rig.print(String(price), 1000);
  await rig.accepted({ side, quantity, ...more });
  rig.print(String(price), 1000);
}

const balances = (rig: Rig): Record<string, string> =>
  Object.fromEntries(rig.exchange.ledgerBalances().map(({ account, amount }) => [account, amount.toString()]));

const available = async (rig: Rig): Promise<string> => (await rig.port.getBalance()).available.toString();

describe('worked numbers', () => {
  it('margin 4 and fee 0.064; closed at 81,000 it has realised 0.8712', async () => {
    const rig = await rigOf({ balance: { USDT: 100 }, fees: { maker: 0, taker: '0.0008' } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    const position = await rig.port.getPosition('BTC_USDT');
    expect(String(position?.margin)).toBe('4');
    expect(await available(rig)).toBe('95.936');
    await take(rig, Side.SELL, 81_000, '0.001');
    const [close] = await rig.port.history.getTrades({});
    expect([close?.realizedPnl, close?.fee.amount].map(String)).toEqual(['1', '0.0648']);
    expect(await available(rig)).toBe('100.8712');
  });

  it('funding at a fair price of 80,500 and a rate of 0.0001: a long pays 0.00805', async () => {
    const rig = await rigOf({ balance: { USDT: 100 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.market.ticker(80_500);
    const settleTime = rig.clock.nowMs() + 1000;
    rig.market.fund('0.0001', settleTime);
    rig.clock.advance(1500);
    rig.market.heartbeat();
    const [payment] = await rig.port.history.getFundingPayments({});
    expect(payment).toMatchObject({ symbol: 'BTC_USDT', asset: 'USDT', time: settleTime });
    expect([payment?.amount, payment?.rate].map(String)).toEqual(['-0.00805', '0.0001']);
    expect(await available(rig)).toBe('95.99195');
  });

  it('order margin: 10 contracts at 80,000, leverage 1, fee 0.0002', async () => {
    const rig = await rigOf({ fees: { maker: '0.0002', taker: '0.0002' } });
    rig.print(90_000, 1);
    await rig.accepted({ price: 80_000, quantity: '0.001', leverage: 1 });
    expect(String((await rig.port.getBalance()).frozen)).toBe('80.016');
  });

  it.each([
    ['BUY', 80_000, 20, '0.001', '0.0004', 0, '76110.4', '76110.4'],
    ['SELL', 80_000, 20, '0.001', '0.0004', 0, '83886.4', '83886.4'],
    ['BUY', '109777.5', 2, '0.001', '0.0004', 0, '55020.483', '55020.5'],
    ['BUY', '112449.5', 2, '0.001', '0.0004', '0.0004', '56314.7096', '56314.7'],
    ['BUY', '118272.2', 20, '0.001', '0.0004', '0.0004', '112474.4968', '112474.5'],
    ['BUY', '1217.3', 100, '0.005', '0.0006', '0.0006', '1211.2062', '1211.2'],
  ] as const)('liquidation price: %s at %s, leverage %i', async (side, price, leverage, mmr, lfr, r, exact, shown) => {
    const rules = { balance: { USDT: 1e6 }, liquidationFeeRate: lfr, feeReserveRate: r };
    const rig = await rigOf(rules, contract({ riskTiers: [tierOf(mmr)] }));
    await take(rig, side, price, '0.001', { leverage });
    const position = await rig.port.getPosition('BTC_USDT');
    expect(position?.liquidationPrice?.toDecimalPlaces(4).toString()).toBe(exact);
    expect(String(rig.exchange.desk('a').positions()[0]?.liquidationPrice)).toBe(shown);
  });

  it('the reserve is part of the initial margin', async () => {
    const rig = await rigOf({ feeReserveRate: '0.0006' });
    await take(rig, Side.BUY, '1217.3', '0.01', { leverage: 100 });
    expect(String((await rig.port.getPosition('BTC_USDT'))?.margin)).toBe('0.1290338');
  });
});

describe('isolated liquidation', () => {
  it.each([
    [Side.BUY, '76110.5', '76110.4'],
    [Side.SELL, '83886.3', '83886.4'],
  ] as const)('%s: not a tick early, and for the margin alone', async (side, safe, reached) => {
    const rig = await rigOf({ balance: { USDT: 100 } });
    await take(rig, side, 80_000, '0.001', { leverage: 20 });
    rig.print(safe, 1);
    expect(await rig.port.getPositions()).toHaveLength(1);
    rig.print(reached, 1);
    expect(await rig.port.getPositions()).toEqual([]);
    expect(await available(rig)).toBe('96');
    // long: cost 80, worth 76.1104 at the mark price: of the margin of 4 0.1104 are left, for the insurance fund
    expect(balances(rig)).toMatchObject({ insurance: side === Side.BUY ? '0.1104' : '0.1136' });
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('is told as a fill of the exchange at the bankruptcy price, and its reducing orders go', async () => {
    const rig = await rigOf();
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    const reducing = await rig.accepted({ side: Side.SELL, price: 90_000, quantity: '0.001', reduceOnly: true });
    const plain = await rig.accepted({ price: 60_000, quantity: '0.001', leverage: 20 });
    rig.print(70_000, 1);
    const [trade] = await rig.port.history.getTrades({});
    expect([trade?.price, trade?.quantity, trade?.realizedPnl, trade?.fee.amount].map(String)).toEqual([
      '76000',
      '0.001',
      '-4',
      '0',
    ]);
    const [order] = rig.exchange.desk('a').orderHistory({ symbol: null, from: 0, to: 1e15 });
    expect(order).toMatchObject({ category: 'LIQUIDATION', status: 'FILLED', side: 'SELL' });
    expect([(await rig.now(reducing)).status, (await rig.now(plain)).status]).toEqual(['CANCELLED', 'NEW']);
  });

  it('what the insurance fund lacks is borne by the market', async () => {
    const rig = await rigOf({ balance: { USDT: 100 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.print(70_000, 1);
    // the market price is 6 worse than the bankruptcy price, and the fund is empty: the market gets the 4 of the margin alone
    expect(balances(rig)).toMatchObject({ insurance: '0', market: '4', 'user/a/available': '96' });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.print('76110.4', 1);
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.print('75950', 1);
    // the fund had 0.1104, and 0.05 were lacking
    expect(balances(rig)).toMatchObject({ insurance: '0.0604', 'user/a/available': '88' });
  });

  it('steps down the tiers first: a part goes, the rest lives', async () => {
    const riskTiers = [tierOf('0.001', { maxNotional: d(100), maxLeverage: 20 }), tierOf('0.03', { maxLeverage: 20 })];
    const rig = await rigOf({}, contract({ riskTiers }));
    await take(rig, Side.BUY, 80_000, '0.0020', { leverage: 20 });
    // in the second tier it goes at a loss of 2 %, in the first near 5 %
    rig.print(78_000, 1);
    const position = await rig.port.getPosition('BTC_USDT');
    expect([position?.quantity, position?.margin, position?.maintenanceMargin].map(String)).toEqual([
      '0.0012',
      '4.8',
      '0.096',
    ]);
    expect(String((await rig.port.history.getTrades({}))[0]?.realizedPnl)).toBe('-3.2');
  });

  it('auto-add-margin takes from what is available, until nothing is', async () => {
    const rig = await rigOf({ balance: { USDT: 10 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.exchange.desk('a').setAutoAddMargin(1, true);
    rig.print(76_000, 1);
    expect(String((await rig.port.getPosition('BTC_USDT'))?.margin)).toBe('8');
    expect(await available(rig)).toBe('2');
    rig.print(70_000, 1);
    expect(await rig.port.getPositions()).toEqual([]);
    expect(await available(rig)).toBe('0');
  });

  it('follows the mark price of tickers, and no longer the last price', async () => {
    const rig = await rigOf();
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.market.ticker(80_000);
    rig.print(70_000, 1);
    expect(String((await rig.port.getPosition('BTC_USDT'))?.unrealizedPnl)).toBe('0');
    rig.market.ticker('76110.4');
    expect(await rig.port.getPositions()).toEqual([]);
  });

  it('on candles the extremes count, after the fills of the range', async () => {
    const rig = await Rig.open('candles', FREE, [contract()]);
    rig.candle(80_000, 80_000, 80_000, 80_000);
    await rig.accepted({ quantity: '0.001', leverage: 20 });
    rig.candle(80_000, 80_000, 76_200, 79_000);
    expect(await rig.port.getPositions()).toHaveLength(1);
    rig.candle(79_000, 79_000, 76_100, 79_000);
    expect(await rig.port.getPositions()).toEqual([]);
  });
});

describe('cross liquidation', () => {
  const two = [contract(), contract({ symbol: 'ETH_USDT', baseAsset: 'ETH' })];

  it('one position: all that is available stands behind it, and all of it goes', async () => {
    const rig = await rigOf({ balance: { USDT: 10 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20, marginMode: MarginMode.CROSS });
    await rig.accepted({ price: 60_000, quantity: '0.001' });
    rig.print(76_000, 1);
    expect((await rig.port.getPosition('BTC_USDT'))?.liquidationPrice).toBeNull();
    // 10 less 9.9 is below 0.08 + 0.0304; the order's margin had been given back before
    rig.print('70110.4', 1);
    expect(await rig.port.getPositions()).toEqual([]);
    expect(await rig.port.getOpenOrders()).toEqual([]);
    const balance = await rig.port.getBalance();
    expect([balance.total, balance.equity].map(String)).toEqual(['0', '0']);
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('cancelling its orders may be enough', async () => {
    const rig = await rigOf({ balance: { USDT: 10 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20, marginMode: MarginMode.CROSS });
    const order = await rig.accepted({ price: 60_000, quantity: '0.001' });
    rig.print(73_000, 1);
    expect((await rig.now(order)).status).toBe('CANCELLED');
    expect(await rig.port.getPositions()).toHaveLength(1);
  });

  it('a profit elsewhere holds a loss up, and all go when the sum is too small', async () => {
    const rig = await Rig.open('trades', { ...FREE, balance: { USDT: 10 } }, two);
    const cross = { leverage: 20, marginMode: MarginMode.CROSS };
    const at = (symbol: string, price: number) => rig.market.print({ symbol, price, quantity: 100, side: Side.BUY });
    for (const symbol of ['BTC_USDT', 'ETH_USDT']) {
      at(symbol, 80_000);
      await rig.accepted({ symbol, quantity: '0.001', ...cross });
      at(symbol, 80_000);
    }
    at('ETH_USDT', 90_000);
    at('BTC_USDT', 62_000);
    expect(await rig.port.getPositions()).toHaveLength(2);
    at('ETH_USDT', 88_000);
    expect(await rig.port.getPositions()).toEqual([]);
    expect(String((await rig.port.getBalance()).total)).toBe('0');
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('hedged positions of one symbol end each other first', async () => {
    const rig = await rigOf({ balance: { USDT: 12 } });
    await rig.port.settings.setPositionMode(PositionMode.HEDGE);
    const cross = { leverage: 20, marginMode: MarginMode.CROSS };
    await take(rig, Side.BUY, 80_000, '0.002', { ...cross, positionSide: PositionSide.LONG });
    await take(rig, Side.SELL, 80_000, '0.0010', { ...cross, positionSide: PositionSide.SHORT });
    rig.print('68200', 1);
    const categories = rig.exchange
      .desk('a')
      .orderHistory({ symbol: null, from: 0, to: 1e15 })
      .map(({ category }) => category);
    expect(categories.slice(0, 2)).toEqual(['NETTING', 'NETTING']);
    expect((await rig.port.getPositions()).map(({ positionSide, quantity }) => `${positionSide} ${quantity}`)).toEqual([
      'LONG 0.001',
    ]);
  });

  it('a loss of cross positions is not there for new orders', async () => {
    const rig = await rigOf({ balance: { USDT: 10 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20, marginMode: MarginMode.CROSS });
    rig.print(76_000, 1);
    expect(await rig.create({ price: 60_000, quantity: '0.001' })).toMatchObject({ reason: 'INSUFFICIENT_BALANCE' });
    expect(await rig.create({ price: 40_000, quantity: '0.001' })).toMatchObject({ kind: 'accepted' });
  });
});

describe('funding', () => {
  it('longs pay shorts, at the rate told last, once', async () => {
    const rig = await rigOf({ balance: { USDT: 100 } });
    const settleTime = rig.clock.nowMs() + 1000;
    rig.market.fund('0.5', settleTime);
    rig.market.fund('0.001', settleTime);
    await take(rig, Side.SELL, 80_000, '0.001', { leverage: 20 });
    rig.clock.advance(1000);
    rig.print(80_000, 1);
    rig.market.fund('0.001', settleTime);
    rig.print(80_000, 1);
    const payments = await rig.port.history.getFundingPayments({ symbol: 'BTC_USDT' });
    expect(payments.map(({ amount }) => String(amount))).toEqual(['0.08']);
    expect(balances(rig)).toMatchObject({ funding: '-0.08', 'user/a/available': '96.08' });
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('who has too little available pays from the margin, and may be liquidated by it', async () => {
    const rig = await rigOf({ balance: { USDT: 5 } });
    await take(rig, Side.BUY, 80_000, '0.001', { leverage: 20 });
    rig.market.fund('0.025', rig.clock.nowMs() + 1);
    rig.clock.advance(1);
    rig.market.heartbeat();
    expect(await available(rig)).toBe('0');
    expect(String((await rig.port.getPosition('BTC_USDT'))?.margin)).toBe('3');
    rig.market.fund('0.1', rig.clock.nowMs() + 1);
    rig.clock.advance(1);
    rig.market.heartbeat();
    expect(await rig.port.getPositions()).toEqual([]);
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('comes from the history where a replay has no stream of it, also on candles', async () => {
    const rig = new Rig('candles', FREE, [contract()], ['candleStream', 'funding']);
    const settleTime = rig.clock.nowMs() + 3 * 60_000;
    rig.market.settlements.push({ symbol: 'BTC_USDT', rate: d('0.001'), settleTime });
    await rig.port.connect();
    rig.candle(80_000, 80_000, 80_000, 80_000);
    await rig.accepted({ quantity: '0.001' });
    rig.candle(80_000, 80_000, 80_000, 80_000);
    expect(await rig.port.history.getFundingPayments({})).toEqual([]);
    rig.candle(80_000, 80_500, 80_000, 80_500);
    const [payment] = await rig.port.history.getFundingPayments({});
    expect([String(payment?.amount), payment?.time]).toEqual(['-0.0805', settleTime]);
  });
});
