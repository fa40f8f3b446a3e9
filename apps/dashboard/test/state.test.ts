import type { FillJson, OrderJson, PositionJson } from '@prate/http-api/wire';
import { expect, it } from 'vitest';
import { changedTail } from '../src/chart/changed-tail.ts';
import { decimal, money, profit, span } from '../src/format.ts';
import {
  MOST_FILLS,
  MOST_POINTS,
  withBalance,
  withFills,
  withOrder,
  withPoint,
  withPosition,
} from '../src/state/account.ts';
import { tokenOfFragment } from '../src/state/token-of-fragment.ts';
import { intervalOf, searchOf, viewOf } from '../src/state/view.ts';

const order = (id: string, more: Partial<OrderJson> = {}): OrderJson => ({ id, isActive: true, ...more }) as OrderJson;
const fill = (id: string, time: number): FillJson => ({ id, time }) as FillJson;

it('orders: a new one comes last, a changed one keeps its place, a final one goes', () => {
  const open = [order('a'), order('b')];
  expect(withOrder(open, order('c')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  const changed = withOrder(open, order('a', { filledQuantity: '1' }));
  expect(changed.map(({ id, filledQuantity }) => [id, filledQuantity])).toEqual([
    ['a', '1'],
    ['b', undefined],
  ]);
  expect(withOrder(open, order('a', { isActive: false }))).toEqual([order('b')]);
  expect(withOrder(open, order('x', { isActive: false }))).toEqual(open);
});

it('fills: each once, in the order of time, the latest ones', () => {
  expect(withFills([fill('b', 2)], [fill('a', 1), fill('b', 2)]).map(({ id }) => id)).toEqual(['a', 'b']);
  const many = Array.from({ length: MOST_FILLS + 5 }, (_, i) => fill(String(i), i));
  expect(withFills(many, [])[0]?.id).toBe('5');
});

it('positions: by symbol and side; null closes', () => {
  const long = { symbol: 'A', positionSide: 'LONG', quantity: '1' } as PositionJson;
  const short = { symbol: 'A', positionSide: 'SHORT', quantity: '2' } as PositionJson;
  const more = { ...long, quantity: '3' };
  expect(withPosition([long, short], { symbol: 'A', positionSide: 'LONG', position: more })).toEqual([more, short]);
  expect(withPosition([long, short], { symbol: 'A', positionSide: 'LONG', position: null })).toEqual([short]);
  expect(withPosition([], { symbol: 'A', positionSide: 'SHORT', position: short })).toEqual([short]);
});

it('balances: by asset', () => {
  const usdt = { asset: 'USDT', equity: '1' } as never;
  const later = { asset: 'USDT', equity: '2' } as never;
  expect(withBalance([usdt], later)).toEqual([later]);
  expect(withBalance([], usdt)).toEqual([usdt]);
});

it('curve: a later point is added, one that is not takes the place of the last, and it stays bounded', () => {
  const point = (time: number, equity: string): Parameters<typeof withPoint>[1] => ({ asset: 'USDT', time, equity });
  const two = withPoint(withPoint(null, point(1, '10')), point(2, '11'));
  expect(two).toEqual({ asset: 'USDT', time: [1, 2], equity: ['10', '11'] });
  expect(withPoint(two, point(2, '12'))).toEqual({ asset: 'USDT', time: [1, 2], equity: ['10', '12'] });
  const full = { asset: 'USDT', time: Array.from({ length: MOST_POINTS }, (_, i) => i), equity: [] as string[] };
  expect(withPoint(full, point(MOST_POINTS, '1')).time.length).toBe(MOST_POINTS / 2 + 1);
});

it('address: says what is in sight, and what it says wrongly is as if it were not there', () => {
  const view = { symbol: 'BTC_USDT', interval: '90s', to: 1_700_000_000_000, bars: 300, theme: 'dark' } as const;
  expect(viewOf(searchOf(view))).toEqual(view);
  const plain = { symbol: null, interval: '5s', to: null, bars: null, theme: 'auto' } as const;
  expect(searchOf(plain)).toBe('?interval=5s');
  expect(viewOf('?interval=2w&to=-1&bars=1e9&theme=pink&symbol=<b>')).toEqual(plain);
});

it('intervals: any whole number of seconds up to a day, in canonical form', () => {
  expect(['90', '60s', '7M', ' 4h ', '1d', '86400'].map(intervalOf)).toEqual(['90s', '1m', '7m', '4h', '1d', '1d']);
  expect(['', '0', '2d', '1w', '1.5m', '-5', 'x', '86401'].map(intervalOf)).toEqual(Array(8).fill(null));
});

it('token: comes from the fragment alone, and only one that can be one', () => {
  expect(tokenOfFragment('#token=abc_DEF-9')).toBe('abc_DEF-9');
  expect(['', '#', '#token=', '#token=a b', '#other=1'].map(tokenOfFragment)).toEqual(Array(5).fill(null));
});

it('amounts: no digit is lost on the way to the screen', () => {
  expect(decimal('12345678901234567890.123456789012345678').replace(/[^\d]/g, '')).toBe(
    '12345678901234567890123456789012345678',
  );
  expect(money('0.005')).toMatch(/^0.01$/);
  expect([profit('1.5').slice(0, 1), profit('-1.5').slice(0, 1), profit('0')[0]]).toEqual(['+', '-', '0']);
});

it('spans: two units at most', () => {
  expect([0, 850, 2500, 60_000, 200_000, 7_500_000, 273_600_000].map(span)).toEqual([
    '0 ms',
    '850 ms',
    '2.5 s',
    '1 min',
    '3 min 20 s',
    '2 h 5 min',
    '3 d 4 h',
  ]);
});

it('changed tail: found from the end, and not taken for one where the beginning moved', () => {
  const bars = Array.from({ length: 100 }, (_, i) => ({ openTime: i }) as never);
  const one = { openTime: 99 } as never;
  expect(changedTail(bars, [...bars.slice(0, 99), one])).toBe(99);
  const revised = { openTime: 97 } as never;
  expect(changedTail(bars, [...bars.slice(0, 97), revised, ...bars.slice(98)])).toBe(97);
  expect(changedTail(bars, [...bars, one])).toBe(100);
  expect(changedTail(bars, bars.slice(1))).toBeNull();
  expect(changedTail(bars, [one, ...bars])).toBeNull();
  expect(changedTail([], [one])).toBeNull();
  expect(
    changedTail(
      bars,
      bars.map((bar) => ({ ...(bar as object) }) as never),
    ),
  ).toBeNull();
});
