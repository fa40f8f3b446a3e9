import { iterate, type TradesItem } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { FileMarket } from '../../src/index.ts';
import { csv, errorOf } from '../files/file-text.ts';
import { ended, isSettled, Recorder } from './recorder.ts';

/** A market with a trade at each of these moments, priced by its number. */
async function marketOf(times: readonly number[], clock: ManualClock = new ManualClock()): Promise<FileMarket> {
  const rows = times.map((time, i) => `${time},${i + 1},1,buy`);
  return FileMarket.open({
    files: [{ symbol: 'A_USDT', source: csv(`time_ms,price,quantity,side\n${rows.join('\n')}\n`) }],
    clock,
  });
}

describe('play', () => {
  it('moves the clock to the time of each event before the listeners hear of it', async () => {
    const clock = new ManualClock();
    const market = await marketOf([100, 250, 1900], clock);
    const heard = new Recorder(() => clock.nowMs());
    market.trades(['A_USDT'], heard.take);
    await market.play();
    expect(heard.lines).toEqual(['A_USDT 100 1', 'A_USDT 250 2', 'beat 1000', 'A_USDT 1900 3', 'beat 2000']);
    expect(heard.times).toEqual([100, 250, 1000, 1900, 2000]);
  });

  it('nothing happens until it is played', async () => {
    const market = await marketOf([100]);
    const heard = new Recorder(() => 0);
    const subscription = market.trades(['A_USDT'], heard.take);
    await subscription.ready;
    expect(await ended(subscription)).toBe(false);
    expect(heard.lines).toEqual([]);
  });

  it('listeners are called in the order of their subscription', async () => {
    const market = await marketOf([100, 200]);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c'])
      market.trades(['A_USDT'], ({ kind }) => void (kind === 'trades' && order.push(name)));
    await market.play({ until: 200 });
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('a listener that is added by a listener hears from the next item on', async () => {
    const market = await marketOf([100, 200]);
    const late = new Recorder(() => 0);
    let added = false;
    market.trades(['A_USDT'], () => {
      if (!added) market.trades(['A_USDT'], late.take);
      added = true;
    });
    await market.play({ until: 200 });
    expect(late.lines).toEqual(['A_USDT 200 2']);
  });

  it('waits for what settled() returns before the next event', async () => {
    const market = await marketOf([100, 200, 300]);
    const log: string[] = [];
    market.trades(
      ['A_USDT'],
      (item) => void log.push(item.kind === 'trades' ? `trade ${item.trades.time[0]}` : item.kind),
    );
    const settled = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      log.push('settled');
    };
    await market.play({ settled });
    expect(log).toEqual([
      'trade 100',
      'settled',
      'trade 200',
      'settled',
      'trade 300',
      'settled',
      'heartbeat',
      'settled',
    ]);
  });

  it('an error of settled() ends the playing with it', async () => {
    const market = await marketOf([100, 200]);
    const failure = new Error('the strategy failed');
    expect(await errorOf(market.play({ settled: () => Promise.reject(failure) }))).toBe(failure);
  });

  it('until: includes its moment, leaves the clock there, keeps subscriptions, and goes on from there', async () => {
    const clock = new ManualClock();
    const market = await marketOf([100, 200, 300], clock);
    const heard = new Recorder(() => clock.nowMs());
    const subscription = market.trades(['A_USDT'], heard.take);
    await market.play({ until: 200 });
    expect(heard.lines).toEqual(['A_USDT 100 1', 'A_USDT 200 2']);
    await market.play({ until: 250 });
    expect(clock.nowMs()).toBe(250);
    expect(await ended(subscription)).toBe(false);
    await market.play();
    expect(heard.lines).toEqual(['A_USDT 100 1', 'A_USDT 200 2', 'A_USDT 300 3', 'beat 1000']);
    await subscription.done;
  });

  it('the end of the data ends every subscription', async () => {
    const market = await marketOf([100]);
    const subscription = market.trades(['A_USDT'], () => {});
    await market.play();
    expect(await ended(subscription)).toBe(true);
  });

  it('abort rejects with the reason; the market can be played on', async () => {
    const market = await marketOf([100, 200, 300]);
    const heard = new Recorder(() => 0);
    const controller = new AbortController();
    market.trades(['A_USDT'], (item) => {
      heard.take(item);
      if (heard.lines.length === 1) controller.abort(new Error('enough'));
    });
    await expect(market.play({ signal: controller.signal })).rejects.toThrow('enough');
    expect(heard.data).toEqual(['A_USDT 100 1']);
    await market.play();
    expect(heard.data).toEqual(['A_USDT 100 1', 'A_USDT 200 2', 'A_USDT 300 3']);
  });

  it('abort from outside is noticed, however long the data is', async () => {
    const market = await marketOf(Array.from({ length: 20_000 }, (_, i) => i * 10));
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(market.play({ signal: controller.signal })).rejects.toThrow('enough');
  });

  it('a for-await loop keeps up with it', async () => {
    const market = await marketOf(Array.from({ length: 5000 }, (_, i) => i * 10));
    const loop = iterate<TradesItem>((listener) => market.trades(['A_USDT'], listener));
    const playing = market.play();
    let trades = 0;
    for await (const item of loop) if (item.kind === 'trades') trades += item.trades.length;
    await playing;
    expect(trades).toBe(5000);
  });

  it('is not played twice at once', async () => {
    const market = await marketOf([100, 200]);
    const playing = market.play();
    await expect(market.play()).rejects.toThrow(TypeError);
    await playing;
  });

  describe('pace', () => {
    it('waits by its clock, times speed; the first event is due at once', async () => {
      const market = await marketOf([50_000, 50_600, 50_900]);
      const heard = new Recorder(() => 0);
      market.trades(['A_USDT'], heard.take);
      const real = new ManualClock();
      const playing = market.play({ pace: { clock: real, speed: 2 } });
      const itemsAfter = async (durationMs: number): Promise<number> => {
        real.advance(durationMs);
        await new Promise((resolve) => setImmediate(resolve));
        return heard.data.length;
      };
      expect(await itemsAfter(0)).toBe(1);
      expect(await itemsAfter(299)).toBe(1);
      expect(await itemsAfter(1)).toBe(2);
      expect(await itemsAfter(149)).toBe(2);
      expect(await itemsAfter(1)).toBe(3);
      expect(await isSettled(playing)).toBe(false);
      await itemsAfter(50);
      await playing;
    });

    it('abort ends the waiting', async () => {
      const market = await marketOf([0, 500_000]);
      const controller = new AbortController();
      const playing = market.play({ pace: { clock: new ManualClock(), speed: 1 }, signal: controller.signal });
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error('enough'));
      await expect(playing).rejects.toThrow('enough');
    });

    it('a speed of 0 is refused', async () => {
      const market = await marketOf([100]);
      await expect(market.play({ pace: { clock: new ManualClock(), speed: 0 } })).rejects.toThrow(
        'speed must be above 0',
      );
    });
  });
});
