import type { ExecutionEvent } from '@prate/execution-port';
import type { Listener, MarketDataPort, TradesItem } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { AccountFeedWatch, TradeFeedWatch } from '../../src/session/feed-watch.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function watched(): { clock: ManualClock; watch: TradeFeedWatch; tell: Listener<TradesItem>; heard: TradesItem[] } {
  const clock = new ManualClock(NOW);
  let tell: Listener<TradesItem> = () => {};
  const market = {
    venue: 'scripted',
    trades: (_symbols: readonly string[], listener: Listener<TradesItem>) => {
      tell = listener;
      return { ready: Promise.resolve(), done: new Promise(() => {}), close() {} };
    },
  } as unknown as MarketDataPort;
  const watch = new TradeFeedWatch(market, clock);
  const heard: TradesItem[] = [];
  watch.trades(['S'], (item) => heard.push(item));
  return { clock, watch, tell: (item) => tell(item), heard };
}

const tradesAt = (...times: number[]): TradesItem =>
  ({ kind: 'trades', symbol: 'S', trades: { length: times.length, time: Float64Array.from(times) } }) as TradesItem;
const heartbeat = (timeMs: number): TradesItem => ({ kind: 'heartbeat', timeMs });
const gap = (fromMs: number, toMs: number): TradesItem => ({ kind: 'gap', fromMs, toMs }) as TradesItem;

describe('the watch over the trade feed', () => {
  it('before anything was heard: not connected, nothing known', () => {
    const { watch } = watched();
    expect(watch.health()).toEqual({ stream: 'trades', connected: false, lastItemAt: null, gaps: 0, latencyMs: null });
  });

  it('hands everything on as it is, in order', () => {
    const { tell, heard } = watched();
    const items = [heartbeat(NOW), tradesAt(NOW), gap(NOW, NOW + 5)];
    for (const item of items) tell(item);
    expect(heard).toEqual(items);
  });

  it('latency is that of the newest trade of the last word; a clock that is behind gives 0', () => {
    const { watch, tell } = watched();
    tell(tradesAt(NOW - 900, NOW - 120));
    expect(watch.health()).toMatchObject({ connected: true, lastItemAt: NOW, latencyMs: 120 });
    tell(tradesAt(NOW + 50));
    expect(watch.health().latencyMs).toBe(0);
  });

  it('a heartbeat keeps it connected, ten seconds of silence do not', () => {
    const { clock, watch, tell } = watched();
    tell(heartbeat(NOW));
    clock.advance(9999);
    expect(watch.health()).toMatchObject({ connected: true, lastItemAt: null });
    clock.advance(1);
    expect(watch.health().connected).toBe(false);
    tell(heartbeat(NOW + 10_000));
    expect(watch.health().connected).toBe(true);
  });

  it('gaps are counted and told as they come', () => {
    const { watch, tell } = watched();
    const told: number[][] = [];
    watch.onGap = ({ fromMs, toMs }) => told.push([fromMs, toMs]);
    tell(gap(NOW, NOW + 10));
    tell(gap(NOW + 20, NOW + 30));
    expect([watch.health().gaps, told]).toEqual([
      2,
      [
        [NOW, NOW + 10],
        [NOW + 20, NOW + 30],
      ],
    ]);
  });
});

describe('the watch over the account', () => {
  it('is connected as the account is; counts gaps, and knows when it heard last', () => {
    const clock = new ManualClock(NOW);
    let isConnected = true;
    const watch = new AccountFeedWatch(clock, () => isConnected);
    expect(watch.health()).toEqual({ stream: 'account', connected: true, lastItemAt: null, gaps: 0, latencyMs: null });
    watch.note({ kind: 'order' } as ExecutionEvent);
    clock.advance(7);
    watch.note({ kind: 'gap', fromMs: 1, toMs: 2 } as ExecutionEvent);
    isConnected = false;
    expect(watch.health()).toMatchObject({ connected: false, lastItemAt: NOW + 7, gaps: 1 });
  });
});
