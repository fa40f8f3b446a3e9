import { describe, expect, it } from 'vitest';
import { Fields } from '../../src/wire/fields.ts';
import { readKlinePush } from '../../src/wire/market.ts';
import { ClosedKlines } from '../../src/ws/closed-klines.ts';

/** Pushes of bars of a minute; the open and all times are seconds after midnight. */
function setUp(intervalMs: number | null = 60_000) {
  const told: string[] = [];
  const bars = new ClosedKlines({
    intervalMs,
    listener: (item) => {
      if (item.kind === 'data') told.push(item.data.map((bar) => `bar ${bar.openSeconds}: ${bar.vol}`).join());
      else if (item.kind === 'gap') told.push(`gap ${item.fromMs / 1_000}-${item.toMs / 1_000}`);
      else told.push(item.kind);
    },
  });
  const push = (t: number, q: number): void => {
    const data = readKlinePush(new Fields({ symbol: 'S', interval: 'Min1', t, o: 1, h: 1, l: 1, c: 1, q }, 'kline'));
    bars.take({ kind: 'data', data, timeMs: t * 1_000 });
  };
  const heartbeat = (seconds: number): void => bars.take({ kind: 'heartbeat', timeMs: seconds * 1_000 });
  const lose = (from: number, to: number): void => {
    bars.take({ kind: 'interrupted', fromMs: from * 1_000 });
    bars.take({ kind: 'gap', fromMs: from * 1_000, toMs: to * 1_000 });
    told.splice(told.indexOf('interrupted'), 1);
  };
  return { told, push, heartbeat, lose };
}

describe('a bar', () => {
  it('is told when a later one is pushed, as it was last', () => {
    const { told, push } = setUp();
    push(60, 1);
    push(60, 5);
    push(60, 3);
    expect(told).toEqual([]);
    push(120, 1);
    expect(told).toEqual(['bar 60: 5']);
  });

  it('is told when the feed has told all up to its end and a little more, and once', () => {
    const { told, push, heartbeat } = setUp();
    push(60, 5);
    heartbeat(121);
    heartbeat(122);
    push(60, 6);
    push(120, 1);
    expect(told).toEqual(['heartbeat', 'bar 60: 5', 'heartbeat']);
  });

  it('of a month is over with the next one alone', () => {
    const { told, push, heartbeat } = setUp(null);
    push(60, 5);
    heartbeat(9_999_999);
    push(10_000_000, 5);
    expect(told).toEqual(['heartbeat', 'bar 60: 5']);
  });
});

describe('a loss', () => {
  it('of a time in which the bar went on is no harm where the bar is pushed again', () => {
    const { told, push, lose } = setUp();
    push(60, 5);
    lose(70, 80);
    push(60, 9);
    push(120, 1);
    expect(told).toEqual(['gap 70-80', 'bar 60: 9']);
  });

  it('in which the bar ended reaches back to its open', () => {
    const { told, push, lose } = setUp();
    push(60, 5);
    lose(110, 130);
    push(120, 4);
    expect(told).toEqual(['gap 60-130']);
  });

  it('after which the bar was not pushed again makes the bar a gap of its own', () => {
    const { told, push, lose } = setUp();
    push(60, 5);
    lose(70, 80);
    push(120, 1);
    push(180, 1);
    expect(told).toEqual(['gap 70-80', 'gap 60-120', 'bar 120: 1']);
  });

  it('the same where no later bar is pushed', () => {
    const { told, push, lose, heartbeat } = setUp();
    push(60, 5);
    lose(70, 80);
    heartbeat(122);
    expect(told).toEqual(['gap 70-80', 'gap 60-120', 'heartbeat']);
  });
});
