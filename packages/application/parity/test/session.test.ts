import { makeBalance, type Position } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { feesPaid } from '../src/fee-rates.ts';
import { recordingOfHistory } from '../src/recording.ts';
import { liveSession } from '../src/session.ts';
import { startOf } from '../src/start.ts';
import { d, fill, filled, order, recorded, seen, trade } from './support.ts';

describe('a recorded session', () => {
  it('a fill that is told twice counts once, one whose order was never seen is a stray', () => {
    const [own, foreign] = [trade('1'), trade('9')];
    const session = liveSession(recorded([seen(order('1')), fill(own), fill(own), fill(foreign), seen(filled('1'))]));
    expect(session.orders.get('1')?.fills).toHaveLength(1);
    expect(session.strays).toEqual([foreign]);
  });

  it('what an order traded without a fill that tells of it is one fill at the price and the fee that are left', () => {
    const told = trade('1', { quantity: d('0.5'), price: d(98), fee: { asset: 'USDT', amount: d('0.02') } });
    const done = filled('1', { averagePrice: d('99.5'), fee: { asset: 'USDT', amount: d('0.08') }, updatedAt: 1900 });
    const [first, second] = liveSession(recordingOfHistory([done], [told])).orders.get('1')?.fills ?? [];
    expect(first?.price.toString()).toBe('98');
    expect(second).toMatchObject({ time: 1900, liquidity: null, realizedPnl: null });
    // (2 × 99.5 − 0.5 × 98) ÷ 1.5
    expect([second?.price, second?.quantity, second?.fee?.amount].map(String)).toEqual(['100', '1.5', '0.06']);
  });

  it('an order that ended does not come back with a state that is told late', () => {
    const events = [order('1'), order('1', { status: 'CANCELLED', updatedAt: 2000 }), order('1', { updatedAt: 2000 })];
    expect(liveSession(recorded(events.map(seen))).orders.get('1')?.last.status).toBe('CANCELLED');
  });

  it('gaps are kept, and the end is the last thing that was seen where nobody tells it', () => {
    const session = liveSession(recorded([seen(order('1')), { kind: 'gap', fromMs: 2000, toMs: 2500 }]));
    expect(session).toMatchObject({ gaps: [{ fromMs: 2000, toMs: 2500 }], to: 2500 });
  });
});

describe('fees that fills paid', () => {
  const paid = (price: string, quantity: string, fee: string, liquidity: 'MAKER' | 'TAKER' = 'TAKER') =>
    trade('1', { price: d(price), quantity: d(quantity), fee: { asset: 'USDT', amount: d(fee) }, liquidity });

  it('the rate is found however the venue rounds', () => {
    // 65001.3 × 0.017 × 0.0004 = 0.44200884
    for (const fee of ['0.44200884', '0.442009', '0.442008', '0.4421', '0.442']) {
      expect(feesPaid('BTC_USDT', [paid('65001.3', '0.017', fee)]).taker?.rate.toString()).toBe('0.0004');
    }
    expect(feesPaid('BTC_USDT', [paid('100', '1', '-0.01', 'MAKER')]).maker?.rate.toString()).toBe('-0.0001');
    expect(feesPaid('BTC_USDT', [paid('100', '1', '0', 'MAKER')])).toMatchObject({ maker: { fills: 1 }, taker: null });
  });

  it('of several rates the one by which most was traded, and how many paid it', () => {
    const found = feesPaid('BTC_USDT', [paid('100', '9', '0.36'), paid('100', '1', '0.06'), paid('100', '1', '0.06')]);
    expect(found.taker).toMatchObject({ fills: 1, of: 3 });
    expect(found.taker?.rate.toString()).toBe('0.0004');
    expect(feesPaid('ETH_USDT', [paid('100', '9', '0.36')])).toMatchObject({ maker: null, taker: null });
  });
});

describe('what an account had when its recording began', () => {
  const held = (quantity: string, updatedAt: number): Position => ({
    ...{ symbol: 'BTC_USDT', positionSide: 'LONG', quantity: d(quantity), entryPrice: d(90), markPrice: d(100) },
    ...{ liquidationPrice: null, leverage: 20, marginMode: 'CROSS', margin: d(1), maintenanceMargin: d(0) },
    ...{ unrealizedPnl: d(0), realizedPnl: d(0), marginRatio: null, updatedAt },
  });
  const position = (one: Position) => ({
    ...{ kind: 'position' as const, symbol: 'BTC_USDT', positionSide: null },
    position: one,
  });
  const zero = { frozen: d(0), positionMargin: d(0), unrealizedPnl: d(0) };
  const balance = (available: string) => ({
    kind: 'balance' as const,
    balance: makeBalance({ asset: 'USDT', available: d(available), ...zero }),
  });

  it('the first position that no fill explains, the first balance, and the leverage', () => {
    const start = startOf(recorded([balance('500'), position(held('2', 900)), balance('400')]));
    expect(start.positions.map(({ quantity }) => quantity.toString())).toEqual(['2']);
    expect(start.balance?.total.toString()).toBe('500');
    expect(start.terms.get('BTC_USDT')).toMatchObject({ leverage: 20, marginMode: 'CROSS' });
    expect(start.notes).toEqual([]);
  });

  it('a position that the fills before it made was not there, whichever was told first', () => {
    const [made, traded] = [position(held('2', 1500)), fill(trade('1', { time: 1500 }))];
    for (const events of [
      [traded, made],
      [made, traded],
    ]) {
      expect(startOf(recorded(events))).toMatchObject({ positions: [], notes: [] });
    }
  });

  it('one that fills only added to has no price of its own: it is told', () => {
    const start = startOf(recorded([fill(trade('1', { time: 1500 })), position(held('5', 1500))]));
    expect(start.positions).toEqual([]);
    expect(start.notes).toEqual([expect.stringContaining('BTC_USDT held 3 long before the recording')]);
  });
});
