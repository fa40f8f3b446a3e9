import { Decimal, type Instrument, OrderType, PositionMode } from '@prate/domain';
import type { Logger } from '@prate/runtime';
import { describe, expect, test } from 'vitest';
import { type GridOptions, grid, type StrategyRunner } from '../src/index.ts';
import { LimitVenue, NoReplyError } from './support/limit-venue.ts';
import { rig } from './support/rig.ts';
import { candleItem, type ScriptedMarket } from './support/scripted-market.ts';

const STEP = 10_000;
const WHOLE = 'buy 99.01 98.03 | sell 101 102.01';

interface Desk {
  readonly runner: StrategyRunner;
  readonly market: ScriptedMarket;
  readonly venue: LimitVenue;
  readonly told: string[];
  /** The next candle, of 10 s, closes at this price; resolves when the strategy is done with it. */
  close(price: number, symbol?: string): Promise<string>;
  /** Resolves when the strategy has handled what the account told. */
  settle(): Promise<string>;
}

async function desk(options: GridOptions = {}): Promise<Desk> {
  const told: string[] = [];
  const write = (_: object, message: string): void => void told.push(message);
  const log: Logger = { debug() {}, info: write, warn: write, error: write };
  const strategy = grid({
    levels: 2,
    spacing: '0.01',
    ...(options.share === undefined ? { quantity: 1 } : {}),
    ...options,
  });
  const made = await rig(strategy, { log, interval: '10s' }, (market) => new LimitVenue(market) as never);
  const { runner, market } = made;
  const venue = made.account as unknown as LimitVenue;
  let openTime = 0;
  const settle = async (): Promise<string> => {
    await runner.idle();
    return venue.book;
  };
  const close = (price: number, symbol?: string): Promise<string> => {
    market.clock.advanceTo(openTime + STEP);
    market.emit(candleItem(openTime, price, price, symbol, '10s'));
    openTime += STEP;
    return settle();
  };
  return { runner, market, venue, told, close, settle };
}

/** One that has laid its grid out around 100. */
async function laidOut(options: GridOptions = {}): Promise<Desk> {
  const made = await desk(options);
  await made.runner.start();
  expect(await made.close(100)).toBe(WHOLE);
  return made;
}

describe('fills', () => {
  test('a part of an order is not answered, its last part is', async () => {
    const { venue, close, settle } = await laidOut();
    venue.fillAt('99.01', '0.4');
    expect(await close(99)).toBe(WHOLE);
    venue.fillAt('99.01');
    expect(await settle()).toBe('buy 98.03 | sell 100 101');
  });

  test('two that come at once are answered one by one', async () => {
    const { venue, close, settle } = await laidOut();
    await close(99.5);
    venue.fillAt('99.01');
    venue.fillAt('98.03');
    expect(await settle()).toBe('buy | sell 99.01 100');
  });

  test('what was filled of an order that the venue cancelled counts, and the level is filled again', async () => {
    const { venue, close, settle } = await laidOut();
    venue.fillAt('99.01', '0.4');
    venue.cancelAt('99.01');
    await settle();
    expect(await close(99.5)).toBe(WHOLE);
    venue.fillAt('99.01');
    expect(await settle()).toBe('buy 98.03 | sell 100 101'); // 1.4 are one whole order
    venue.fillAt('98.03', '0.6');
    venue.cancelAt('98.03');
    expect(await close(98)).toBe('buy | sell 99.01 100'); // 2.0 are two
  });

  test('a fill that the account feed missed is found at the next candle after the gap', async () => {
    const { venue, close, settle, market } = await laidOut();
    await close(99.5);
    venue.isDeaf = true;
    venue.fillAt('99.01');
    venue.isDeaf = false;
    expect(await settle()).toBe('buy 98.03 | sell 101 102.01');
    venue.emit({ kind: 'gap', fromMs: 0, toMs: market.clock.nowMs() });
    const sent = venue.requests.length;
    expect(await close(99.5)).toBe('buy 98.03 | sell 100 101');
    expect(venue.requests.length).toBe(sent + 1);
  });

  test('a trade of another hand that the account feed missed has the grid laid out anew', async () => {
    const { venue, close, market } = await laidOut();
    venue.isDeaf = true;
    await venue.createOrder({ symbol: 'BTC_USDT', side: 'BUY', type: OrderType.LIMIT, price: '60', quantity: '1' });
    venue.fillAt('60');
    venue.isDeaf = false;
    venue.emit({ kind: 'gap', fromMs: 0, toMs: market.clock.nowMs() });
    expect(await close(100)).toBe('buy 99.01 | sell 101 102.01');
  });
});

describe('creates', () => {
  test('one whose reply was lost is found on the book, and not sent again', async () => {
    const { runner, venue, close } = await desk();
    venue.createFaults = ['reply lost', 'reply lost'];
    await runner.start();
    expect(await close(100)).toBe(WHOLE);
    expect(await close(100)).toBe(WHOLE);
    venue.fillAt('99.01'); // one of the two
    expect(await close(99.5)).toBe('buy 98.03 | sell 100 101');
    expect(venue.requests.length).toBe(5);
  });

  test('one that never arrived keeps its level for a minute, then another takes it', async () => {
    const { runner, venue, close, told } = await desk();
    venue.createFaults = ['request lost'];
    await runner.start();
    for (let i = 0; i < 6; i += 1) expect(await close(100)).toBe('buy 98.03 | sell 101 102.01');
    expect(venue.requests.length).toBe(4);
    expect(await close(100)).toBe(WHOLE);
    expect(new Set(venue.requests.map(({ clientOrderId }) => clientOrderId)).size).toBe(5);
    expect(told.join()).toContain('the venue does not know order grid-0-1');
  });

  test('one that turns up after it was given up has the grid laid out anew: nothing is there twice', async () => {
    const { runner, venue, close, settle } = await desk();
    venue.createFaults = ['request lost'];
    await runner.start();
    for (let i = 0; i < 7; i += 1) await close(100);
    const [late] = venue.requests;
    await venue.createOrder(late as NonNullable<typeof late>);
    expect(await settle()).toBe('buy 99.01 99.01 98.03 | sell 101 102.01');
    expect(await close(100)).toBe(WHOLE);
  });

  test('one that would have taken is tried at the next candle', async () => {
    const { runner, venue, close } = await desk();
    venue.createFaults = ['POST_ONLY_WOULD_TAKE'];
    await runner.start();
    expect(await close(100)).toBe('buy 98.03 | sell 101 102.01');
    expect(await close(100)).toBe(WHOLE);
  });

  test('one that is accepted and cancelled at once is tried at the next candle', async () => {
    const { venue, close, settle } = await laidOut();
    venue.cancelAt('101');
    expect(await settle()).toBe('buy 99.01 98.03 | sell 102.01');
    expect(await close(100)).toBe(WHOLE);
  });

  test('one that is refused for good is not tried again before the next fill', async () => {
    const { runner, venue, close } = await desk();
    venue.createFaults = ['INSUFFICIENT_BALANCE', 'POST_ONLY_WOULD_TAKE'];
    await runner.start();
    await close(100);
    for (let i = 0; i < 3; i += 1) expect(await close(100)).toBe('buy 98.03 | sell 101 102.01');
    expect(venue.requests.length).toBe(5);
    venue.fillAt('101');
    expect(await close(101.5)).toBe('buy 100 99.01 | sell 102.01');
  });
});

describe('cancels', () => {
  test('while it is not known whether an order is cancelled, no other takes its place on that side', async () => {
    const { venue, close, settle } = await laidOut();
    await close(99.5);
    venue.cancelFaults = ['request lost', 'request lost'];
    venue.fillAt('99.01');
    expect(await settle()).toBe('buy 98.03 | sell 101 102.01');
    expect(await close(99.5)).toBe('buy 98.03 | sell 101 102.01');
    expect(await close(99.5)).toBe('buy 98.03 | sell 100 101');
  });

  test('nor does one where together they could sell more than the grid may hold', async () => {
    const { venue, close, settle } = await laidOut();
    await close(99.5);
    venue.fillAt('99.01');
    expect(await settle()).toBe('buy 98.03 | sell 100 101');
    venue.cancelFaults = Array(4).fill('request lost');
    venue.fillAt('101'); // flat: 100 should be gone
    expect(await settle()).toBe('buy 99.01 98.03 | sell 100 102.01');
    venue.fillAt('102.01'); // one is sold, and one more may be: 100 is there still
    expect(await settle()).toBe('buy 99.01 98.03 | sell 100');
    expect(await close(101.5)).toBe('buy 99.01 98.03 | sell 100');
    expect(await close(101.5)).toBe('buy 100 99.01 | sell 102.01');
  });

  test('an order that filled before its cancel counts as filled', async () => {
    const { venue, close, settle } = await laidOut();
    await close(99.5);
    venue.isDeaf = true;
    venue.fillAt('102.01');
    venue.isDeaf = false;
    venue.fillAt('99.01'); // has 102.01 cancelled
    expect(await settle()).toBe('buy 99.01 98.03 | sell 101'); // the market was last seen at 102.01
    expect(await close(99.5)).toBe(WHOLE);
  });

  test('a grid is laid out anew only when every order of the old one is proven gone', async () => {
    const { venue, close } = await laidOut();
    venue.cancelFaults = ['reply lost', 'request lost'];
    expect(await close(105)).toBe('buy | sell 101'); // one is still there
    expect(await close(105)).toBe('buy 103.96 102.93 | sell 106.05 107.11');
  });
});

describe('reads', () => {
  test('one that fails and may go well the next time is tried at the next candle', async () => {
    const { runner, venue, close, told } = await desk();
    venue.readFault = new NoReplyError('too slow');
    await runner.start();
    expect(await close(100)).toBe('buy | sell');
    expect(told).toEqual(['grid: BTC_USDT: trying again at the next candle: too slow']);
    expect(await close(100)).toBe(WHOLE);
  });

  test('any other error ends the run', async () => {
    const { runner, venue, close } = await desk();
    const done = expect(runner.done).rejects.toThrow('no such thing');
    venue.readFault = new Error('no such thing');
    await runner.start();
    await close(100);
    await done;
  });
});

test('a candle that is told twice, or is older, does nothing', async () => {
  const { market, venue, settle } = await laidOut();
  market.emit(candleItem(0, 200, 200, undefined, '10s'));
  expect(await settle()).toBe(WHOLE);
  expect(venue.requests.length).toBe(4);
});

test('two symbols have a grid each', async () => {
  const strategy = grid({ levels: 1, spacing: '0.01', quantity: 1 });
  const symbols = ['BTC_USDT', 'ETH_USDT'];
  const { runner, market, account } = await rig(strategy, { symbols }, (m) => new LimitVenue(m) as never);
  const venue = account as unknown as LimitVenue;
  await runner.start();
  market.emit(candleItem(0, 100, 100));
  market.emit(candleItem(0, 10, 10, 'ETH_USDT'));
  await runner.idle();
  expect(venue.book).toBe('buy 99.01 9.9 | sell 10.1 101');
  venue.fillAt('9.9');
  market.emit(candleItem(60_000, 9.8, 9.8, 'ETH_USDT'));
  await runner.idle();
  expect(venue.book).toBe('buy 99.01 | sell 10 101');
});

describe('options', () => {
  for (const [what, options, message] of [
    ['no level', { levels: 0 }, 'levels must be a whole number from 1 to 100, not 0'],
    ['a fraction of a level', { levels: 1.5 }, 'not 1.5'],
    ['too many levels', { levels: 101 }, 'not 101'],
    ['no spacing', { spacing: 0 }, 'spacing must be above 0, not 0'],
    ['a spacing in per cent', { spacing: 2 }, 'a share such as 0.001, not 2'],
    ['a direction that is none', { direction: 'up' as 'long' }, "one of neutral, long, short, not 'up'"],
    ['both sizes', { quantity: 1, share: 1 }, 'give either quantity or share, not both'],
    ['a quantity of 0', { quantity: 0 }, 'quantity must be above 0, not 0'],
  ] as const) {
    test(`${what}: refused`, () => {
      expect(() => grid(options)).toThrow(message);
    });
  }

  test('a quantity off the lot is refused at the start, with both neighbours', async () => {
    const { runner } = await desk({ quantity: '0.0015' });
    await expect(runner.start()).rejects.toThrow('0.001 and 0.002 are');
  });

  test('a spacing of less than a tick ends the run, and says so', async () => {
    const { runner, close } = await desk({ spacing: '0.00001' });
    const done = expect(runner.done).rejects.toThrow('a spacing of 0.00001 is less than a tick of 0.01 at 100');
    await runner.start();
    await close(100);
    await done;
  });

  test('a share too small for an order is told once, and makes no grid', async () => {
    const { runner, close, told } = await desk({ share: '0.000001' });
    await runner.start();
    for (let i = 0; i < 3; i += 1) expect(await close(100)).toBe('buy | sell');
    expect(told).toEqual(['grid: BTC_USDT: no grid: quantity 0 is below the minimum 0.001']);
  });

  test('a spacing that the fees eat is a warning', async () => {
    const { runner, told } = await desk({ spacing: '0.002' });
    await runner.start();
    expect(told).toEqual(['grid: BTC_USDT: the fees of a buy and a sell eat a spacing whole']);
  });

  test('an account in HEDGE mode is refused at the start', async () => {
    const { runner, venue } = await desk();
    const settings = { getPositionMode: () => Promise.resolve(PositionMode.HEDGE) };
    Object.defineProperty(venue, 'settings', { value: settings });
    await expect(runner.start()).rejects.toThrow('works in position mode ONE_WAY');
  });

  test('a venue without post-only orders is refused at the start', async () => {
    const { runner, venue } = await desk();
    const capabilities = { ...venue.capabilities, orderTypes: [OrderType.LIMIT] };
    Object.defineProperty(venue, 'capabilities', { value: capabilities });
    await expect(runner.start()).rejects.toThrow('grid needs POST_ONLY orders, which test does not have');
  });

  test('a share that is worth more than one order may be is cut to the most that it may', async () => {
    const { runner, market, venue, close } = await desk({ share: '0.1' });
    const [instrument] = await market.getInstruments();
    market.getInstruments = () => Promise.resolve([{ ...(instrument as Instrument), maxQuantity: new Decimal('1.5') }]);
    await runner.start();
    await close(100);
    expect(venue.requests.map(({ quantity }) => String(quantity))).toEqual(['1.5', '1.5', '1.5', '1.5']);
  });
});
