import { Decimal, Side } from '@prate/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { ledgerSums, type Mode, Rig } from './rig.ts';
import { commands, play } from './script.ts';

const THIRDS = new Decimal(1).div(1500);
const TOO_FINE = `0.${'7'.repeat(19)}`;

describe('the ledger stays exact', () => {
  it('a fee with endless decimals is cut to 18 of them', async () => {
    const rig = await Rig.open('book', { fees: { maker: 0, taker: THIRDS } });
    rig.market.setBook([['99.9', 500]], [['100.7', 500]]);
    for (const quantity of ['0.007', '0.02', '0.033']) await rig.accepted({ quantity });
    expect(await rig.port.getOpenOrders()).toEqual([]);
    const [, , first] = await rig.port.history.getTrades({});
    expect(first?.fee.amount.toString()).toBe('0.000469933333333333');
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it('a price with endless decimals too: what is booked has 18', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[new Decimal(200).div(7), 5]], [[new Decimal(200).div(3), 5]]);
    await rig.accepted({ quantity: '0.007' });
    await rig.accepted({ side: Side.SELL, quantity: '0.004', reduceOnly: true });
    await rig.port.closePosition({ symbol: 'BTC_USDT' });
    expect(rig.exchange.ledgerBalances().every(({ amount }) => amount.decimalPlaces() <= 18)).toBe(true);
    expect(ledgerSums(rig.exchange)).toEqual({ USDT: '0' });
  });

  it.each(['book', 'trades', 'candles'] as const satisfies Mode[])('at any fee rate, on %s', async (mode) => {
    await fc.assert(
      fc.asyncProperty(commands, fc.integer({ min: -999, max: 999 }), async (script, share) => {
        const rate = new Decimal(share).div(700_001);
        const rig = await Rig.open(mode, { balance: { USDT: 300 }, fees: { maker: rate.neg(), taker: rate } });
        for (const command of script) {
          await play(rig, mode, command);
          expect(Object.values(ledgerSums(rig.exchange)).every((total) => total === '0')).toBe(true);
        }
      }),
      cases(15),
    );
  });

  it('margin moved with more than 18 decimals is refused, and nothing moves', async () => {
    const rig = await Rig.open('book');
    rig.market.setBook([[99, 5]], [[100, 5]]);
    await rig.accepted({ quantity: 1 });
    const { settings } = rig.port;
    const before = await rig.port.getBalance();
    for (const move of [settings.addMargin('BTC_USDT', TOO_FINE), settings.removeMargin('BTC_USDT', TOO_FINE)]) {
      await expect(move).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('18 decimals'),
      });
    }
    expect(await rig.port.getBalance()).toEqual(before);
  });
});

describe('options are checked where the exchange is made', () => {
  it.each([
    ['with more than 18 decimals', TOO_FINE, '18 decimals'],
    ['below 0', '-5', 'at or above 0'],
    ['that is too large to be exact', '1e30', 'below'],
    ['that is no number', null, 'decimal number'],
  ])('balance: one %s is refused, bare or by asset', (_, amount, message) => {
    for (const balance of [amount, { USDT: amount }]) {
      expect(() => new Rig('trades', { balance: balance as string })).toThrow(message);
    }
  });

  it('fees: a rate that is no share of the traded value is refused', () => {
    for (const taker of ['1', '-1', '6', 'low']) {
      expect(() => new Rig('trades', { fees: { maker: 0, taker } })).toThrow('fees.taker');
    }
  });

  it('balance: a bare one at a market without instruments fails each connect, and leaves no subscription', async () => {
    const rig = new Rig('trades', { balance: 500 }, []);
    for (let i = 0; i < 2; i += 1) await expect(rig.port.connect()).rejects.toThrow('needs an asset');
    expect([rig.port.isConnected(), rig.market.subscriptions]).toEqual([false, 0]);
  });
});
