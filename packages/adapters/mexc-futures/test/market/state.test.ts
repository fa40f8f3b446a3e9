import type { FundingItem } from '@prate/market-data-port';
import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { toInstrument } from '../../src/instruments/mexc-instrument.ts';
import { readFundingHistory } from '../../src/market/funding-history.ts';
import { openFundingFeed } from '../../src/market/state-feeds.ts';
import type { WireFundingRate } from '../../src/wire/market.ts';
import type { SocketItem } from '../../src/ws/topic.ts';
import { contract } from '../support/contracts.ts';
import { settle } from '../support/fake-transport.ts';

describe('the history of funding', () => {
  /** Settlements every eight hours, newest first, as pages; one more comes between two pages. */
  const marketOf = (count: number) => {
    const pages: number[] = [];
    const rows = Array.from({ length: count }, (_, i) => ({
      symbol: 'BTC_USDT',
      fundingRate: '0.0001',
      settleTime: i,
      collectCycle: 8,
    })).reverse();
    const fundingHistory = async (_symbol: string, { pageNum, pageSize }: { pageNum: number; pageSize: number }) => {
      pages.push(pageNum);
      if (pageNum === 2)
        rows.unshift({ symbol: 'BTC_USDT', fundingRate: '0.0002', settleTime: count, collectCycle: 8 });
      const start = (pageNum - 1) * pageSize;
      const totalPage = Math.ceil(rows.length / pageSize);
      return { currentPage: pageNum, totalPage, totalCount: rows.length, rows: rows.slice(start, start + pageSize) };
    };
    const read = async (from: number, to: number) =>
      (await readFundingHistory({ fundingHistory }, { symbol: 'BTC_USDT', from, to }, {})).map(
        (rate) => rate.settleTime,
      );
    return { pages, read };
  };

  it('ascends within [from, to), each settlement once though rows move between two pages', async () => {
    const { pages, read } = marketOf(250);
    expect(await read(20, 240)).toEqual(Array.from({ length: 220 }, (_, i) => 20 + i));
    expect(pages).toEqual([1, 2, 3]);
  });

  it('reads no further than it has to', async () => {
    const { pages, read } = marketOf(250);
    expect(await read(200, 205)).toEqual([200, 201, 202, 203, 204]);
    expect(await read(7, 7)).toEqual([]);
    expect(pages).toEqual([1]);
  });
});

describe('a feed of which the latest matters', () => {
  const SETTLE = 1_767_254_400_000;
  const rate = (fundingRate: string, nextSettleTime: number | null = SETTLE): WireFundingRate => ({
    symbol: 'BTC_USDT',
    fundingRate,
    collectCycle: 8,
    nextSettleTime,
    timestamp: null,
  });
  function setUp() {
    const told: string[] = [];
    let push: (item: SocketItem<WireFundingRate>) => void = () => {};
    let answer: (rate: WireFundingRate) => void = () => {};
    openFundingFeed(
      {
        clock: new ManualClock(0),
        market: {
          fundingRate: () =>
            new Promise<WireFundingRate>((resolve) => {
              answer = resolve;
            }),
        } as never,
        sockets: {
          subscribe: (_channel: unknown, _params: unknown, listener: unknown) => {
            push = listener as typeof push;
            return { ready: Promise.resolve(), done: new Promise<void>(() => {}), close() {} };
          },
        },
      },
      toInstrument(contract()),
      {
        tell: (item: FundingItem) => {
          if (item.kind === 'gap') told.push(`gap of ${item.symbols?.join()}`);
          else told.push(item.kind === 'funding' ? String(item.rates[0]?.rate) : item.kind);
        },
        forget() {},
        fail() {},
      },
    );
    return {
      told,
      push: (item: SocketItem<WireFundingRate>) => push(item),
      answer: (of: WireFundingRate) => answer(of),
    };
  }

  it('after a gap it is what REST says', async () => {
    const { told, push, answer } = setUp();
    push({ kind: 'gap', fromMs: 1, toMs: 2 });
    answer(rate('0.0003'));
    await settle();
    expect(told).toEqual(['gap of BTC_USDT', '0.0003']);
  });

  it('what was pushed meanwhile is newer', async () => {
    const { told, push, answer } = setUp();
    push({ kind: 'gap', fromMs: 1, toMs: 2 });
    push({ kind: 'data', data: rate('0.0004'), timeMs: 3 });
    answer(rate('0.0003'));
    await settle();
    expect(told).toEqual(['gap of BTC_USDT', '0.0004']);
  });

  it('a push that does not say which settlement it means is asked for', async () => {
    const { told, push, answer } = setUp();
    push({ kind: 'data', data: rate('0.0004', null), timeMs: 3 });
    answer(rate('0.0005'));
    await settle();
    expect(told).toEqual(['0.0005']);
  });
});
