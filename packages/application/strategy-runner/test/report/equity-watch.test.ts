import { Decimal, type Position, PositionSide } from '@prate/domain';
import { describe, expect, test } from 'vitest';
import type { Strategy } from '../../src/index.ts';
import { EquityWatch } from '../../src/report/equity-watch.ts';
import { rig } from '../support/rig.ts';
import { candlesOfCloses } from '../support/scripted-market.ts';
import { AtOnceAccount } from '../support/test-accounts.ts';

const SYMBOL = 'BTC_USDT';
const SYMBOLS = [SYMBOL, 'ETH_USDT'];

const held = (symbol: string): Position =>
  ({
    ...{ symbol, positionSide: PositionSide.LONG, quantity: new Decimal(1), markPrice: new Decimal(2) },
  }) as unknown as Position;

function watching(marksAtClose: boolean, positions: readonly Position[]): EquityWatch {
  const watch = new EquityWatch(marksAtClose, () => ({ tickSize: new Decimal('0.1') }));
  watch.takeChange();
  watch.hold(positions, SYMBOLS);
  return watch;
}

describe('equity at closes', () => {
  test('it is read after a change, and not while the account is flat', () => {
    const watch = new EquityWatch(true, () => ({ tickSize: new Decimal('0.1') }));
    expect(watch.needs(SYMBOL, 1)).toBe('read');
    expect(watch.takeChange()).toBe(true);
    watch.hold([], SYMBOLS);
    expect([watch.needs(SYMBOL, 2), watch.needs(SYMBOL, 3)]).toEqual(['nothing', 'nothing']);
    watch.change();
    expect(watch.needs(SYMBOL, 3)).toBe('read');
  });

  test('a position of one symbol: its closes are marked, and stand at the candles of others', () => {
    const watch = watching(true, [held(SYMBOL)]);
    expect([watch.needs('ETH_USDT', 7), watch.close]).toEqual(['mark', 2]);
    expect([watch.needs(SYMBOL, 3.3), watch.close]).toEqual(['mark', 3.3]);
    expect([watch.needs('ETH_USDT', 8), watch.close]).toEqual(['mark', 3.3]);
  });

  test('a close off the tick, which an account may round, is read, with the positions', () => {
    const watch = watching(true, [held(SYMBOL)]);
    expect(watch.needs(SYMBOL, 3.25)).toBe('read');
    expect(watch.takeChange()).toBe(true);
  });

  test('it is read at every close where something else counts too', () => {
    const several = watching(true, [held(SYMBOL), held('ETH_USDT')]);
    expect([several.needs(SYMBOL, 3), several.needs(SYMBOL, 3)]).toEqual(['read', 'read']);
    expect(several.takeChange()).toBe(false);
    expect(watching(false, [held(SYMBOL)]).needs(SYMBOL, 3)).toBe('read');
    expect(watching(true, [held('OTHER_USDT')]).needs(SYMBOL, 3)).toBe('read');
  });

  /** How often the account is read in a run over closes. */
  async function readsOf(strategy: Strategy, closes: readonly number[], marksAtClose = false): Promise<number[]> {
    const { runner, market, account } = await rig(strategy, { marksAtClose }, (m) => new AtOnceAccount(m));
    const reads: number[] = [];
    const { getBalance } = account;
    account.getBalance = () => {
      reads.push(market.clock.nowMs() / 60_000);
      return getBalance.call(account);
    };
    await runner.start();
    await market.play(candlesOfCloses(closes), () => runner.idle());
    await runner.done;
    return reads;
  }

  const once: Strategy = {
    name: 'once',
    async onCandle({ openTime }, { execution }) {
      if (openTime === 60_000)
        await execution.createOrder({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '1' });
    },
  };

  test('it is read at the candle at which the account was used, though what it tells comes later', async () => {
    // at the start, after it, at the order, while it is held, at the end
    expect(await readsOf(once, [1, 2, 3, 4])).toEqual([0, 1, 2, 3, 4, 4]);
  });

  test('where closes are enough, nothing is read while a position is held', async () => {
    const closes = Array.from({ length: 50 }, (_, i) => i + 1);
    // at 3 it is known what the order came to
    expect(await readsOf(once, closes, true)).toEqual([0, 1, 2, 3, 50]);
  });

  test('a flat account that tells nothing is read once', async () => {
    const closes = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(await readsOf({ name: 'idle', onCandle() {} }, closes)).toEqual([0, 1, 50]);
  });
});
