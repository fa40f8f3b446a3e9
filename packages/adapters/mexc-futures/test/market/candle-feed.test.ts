import { type CandleColumns, toInterval } from '@prate/domain';
import { columnsFromDoubles } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { toInstrument } from '../../src/instruments/mexc-instrument.ts';
import { openCandleFeed } from '../../src/market/candle-feed.ts';
import type { WireKline } from '../../src/wire/market.ts';
import type { SocketItem } from '../../src/ws/topic.ts';
import { contract } from '../support/contracts.ts';
import { settle } from '../support/fake-transport.ts';

const T0 = 1_767_225_600_000;

/** A feed of minutes; times are seconds after T0. REST has the bars of `rest`, or is away. */
function setUp() {
  const clock = new ManualClock(T0);
  const told: string[] = [];
  const asked: string[] = [];
  const state = { rest: [] as number[], isAway: false };
  let push: (item: SocketItem<WireKline>) => void = () => {};
  const seconds = (ms: number): number => (ms - T0) / 1_000;
  const columns = (opens: readonly number[]): CandleColumns => {
    const one = Float64Array.from(opens, () => 1);
    const openTime = Float64Array.from(opens, (open) => T0 + open * 1_000);
    return columnsFromDoubles({ interval: '1m', openTime, open: one, high: one, low: one, close: one, volume: one });
  };
  const source = openCandleFeed(
    {
      clock,
      prices: 'real',
      market: {} as never,
      sockets: {
        subscribe: (_channel: unknown, _params: unknown, listener: unknown) => {
          push = listener as typeof push;
          return { ready: Promise.resolve(), done: new Promise<void>(() => {}), close() {} };
        },
      },
      history: {
        within: async (_instrument, _kind, { from, to }) => {
          asked.push(`${seconds(from)}-${seconds(to)}`);
          if (state.isAway) throw new Error('503');
          return [columns(state.rest.filter((open) => open >= seconds(from) && open + 60 <= seconds(to)))];
        },
      },
    },
    () => toInstrument(contract()),
    { interval: toInterval('1m'), wire: 'Min1' },
    {
      tell: (item: CandlesItem) => {
        if (item.kind === 'heartbeat') told.push(`heartbeat ${seconds(item.timeMs)}`);
        else if (item.kind === 'gap') told.push(`gap ${seconds(item.fromMs)}-${seconds(item.toMs)}`);
        else told.push(`${item.kind} ${seconds(item.candles.openTime[0] as number)} of ${item.candles.volume[0]}`);
      },
      forget() {},
      fail: (error) => {
        throw error;
      },
    },
  );
  const price = { open: '2', high: '2', low: '2', close: '2' };
  return {
    told,
    asked,
    state,
    source,
    bar: (open: number, vol: number, real: WireKline['real'] = price) => {
      const openSeconds = T0 / 1_000 + open;
      const data = {
        symbol: 'BTC_USDT',
        interval: 'Min1',
        openSeconds,
        ...price,
        vol: String(vol),
        amount: null,
        real,
      };
      push({ kind: 'data', data, timeMs: T0 + open * 1_000 + 1 });
    },
    heartbeat: (at: number) => push({ kind: 'heartbeat', timeMs: T0 + at * 1_000 }),
    lose: (from: number, to: number) => {
      push({ kind: 'interrupted', fromMs: T0 + from * 1_000 });
      push({ kind: 'gap', fromMs: T0 + from * 1_000, toMs: T0 + to * 1_000 });
    },
    /** REST is asked a second after a loss. */
    fetched: async () => {
      await settle();
      clock.advance(1_000);
      await settle();
    },
  };
}

describe('candles of one symbol', () => {
  it('a bar is told two seconds after its end, and no heartbeat passes it before', () => {
    const { told, bar, heartbeat } = setUp();
    bar(0, 5);
    bar(0, 7);
    heartbeat(61);
    heartbeat(62);
    expect(told).toEqual(['heartbeat 59', 'candles 0 of 7', 'heartbeat 60']);
  });

  it('the bar in which the stream began is fetched where no push of it came', async () => {
    const { told, asked, state, heartbeat, fetched } = setUp();
    state.rest = [60];
    heartbeat(70);
    heartbeat(122);
    await fetched();
    expect(asked).toEqual(['60-120']);
    expect(told).toEqual(['heartbeat 68', 'candles 60 of 1', 'heartbeat 120']);
  });

  it('it is not fetched where pushes of it came', () => {
    const { asked, bar, heartbeat } = setUp();
    heartbeat(70);
    bar(60, 3);
    heartbeat(122);
    expect(asked).toEqual([]);
  });

  it('bars that ended in a loss are fetched, and later the one in which the loss ended', async () => {
    const { told, asked, state, bar, heartbeat, lose, fetched } = setUp();
    state.rest = [0, 60, 120, 180];
    bar(0, 5);
    lose(30, 200);
    await fetched();
    expect([asked, told]).toEqual([['0-200'], ['candles 0 of 1', 'candles 60 of 1', 'candles 120 of 1']]);
    heartbeat(241);
    expect(asked).toHaveLength(1);
    heartbeat(242);
    await fetched();
    expect(asked.at(-1)).toBe('180-240');
    expect(told.slice(3)).toEqual(['heartbeat 239', 'candles 180 of 1', 'heartbeat 240']);
  });

  it('the bar in which a loss ended is not fetched where it is pushed again', async () => {
    const { told, asked, bar, heartbeat, lose, fetched } = setUp();
    bar(0, 5);
    lose(30, 40);
    await fetched();
    bar(0, 9);
    heartbeat(62);
    await fetched();
    expect(asked).toEqual(['0-40']);
    expect(told).toEqual(['candles 0 of 9', 'heartbeat 60']);
  });

  it('a bar without real prices is fetched', async () => {
    const { told, asked, state, bar, fetched } = setUp();
    state.rest = [0];
    bar(0, 5, null);
    bar(60, 1);
    await fetched();
    expect([asked, told]).toEqual([['0-60'], ['candles 0 of 1']]);
  });

  it('what REST does not give is a gap', async () => {
    const { told, state, bar, lose, fetched } = setUp();
    state.isAway = true;
    bar(0, 5);
    lose(30, 100);
    await fetched();
    expect(told).toEqual(['gap 0-100']);
  });

  it('nothing is told after close()', async () => {
    const { told, state, source, bar, lose, fetched } = setUp();
    state.rest = [0];
    bar(0, 5);
    lose(30, 100);
    source.close();
    await fetched();
    expect(told).toEqual([]);
  });
});
