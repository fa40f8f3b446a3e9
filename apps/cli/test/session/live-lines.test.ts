import { Decimal, toInterval } from '@prate/domain';
import { type CandleColumns, columnsFromCandles } from '@prate/domain/candles';
import type { ExecutionEvent } from '@prate/execution-port';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveLines } from '../../src/session/live-lines.ts';
import type { Source } from '../../src/sources.ts';
import { catching } from '../support/desk.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const INTERVAL = toInterval('5s');

function candles(count: number): CandleColumns {
  const [open, close] = ['100', '101'];
  return columnsFromCandles(
    Array.from({ length: count }, (_, i) => ({
      ...{ openTime: NOON + i * 5000, open, close, high: '102', low: '99', volume: '3', turnover: '300', trades: 2 },
    })),
    INTERVAL,
  );
}

const fill = (symbol: string): ExecutionEvent =>
  ({
    kind: 'fill',
    trade: {
      ...{ symbol, time: NOON, side: 'BUY', quantity: new Decimal('0.5'), price: new Decimal('100.5') },
      fee: { amount: new Decimal('0.0402000001'), asset: 'USDT' },
    },
  }) as unknown as ExecutionEvent;

function linesOf(count: number): { lines: LiveLines; stdout: string[]; symbols: string[] } {
  const symbols = Array.from({ length: count }, (_, i) => `S${i}_USDT`);
  const { io, stdout } = catching();
  return { lines: new LiveLines(io, { pace: 'live', symbols } as unknown as Source, false), stdout, symbols };
}

describe('the lines of a live session', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('of five symbols: a line for each candle and each fill', () => {
    const { lines, stdout, symbols } = linesOf(5);
    for (const symbol of symbols) lines.candles(symbol, candles(1));
    lines.execution(fill('S0_USDT'));
    lines.execution({ kind: 'order' } as ExecutionEvent);
    expect(stdout).toHaveLength(6);
    expect(stdout[0]).toMatch(/^2026-01-15 12:00:00 {2}S0_USDT 5s {2}open 100 {2}high 102 {2}low 99 {2}close 101 /);
    expect(stdout[5]).toBe('2026-01-15 12:00:00  paper BUY 0.5 S0_USDT at 100.5, fee 0.0402 USDT\n');
  });

  it('of hundreds: a line every ten seconds, which counts what was since the last', () => {
    const { lines, stdout, symbols } = linesOf(300);
    const tellAll = (): void => {
      for (const symbol of symbols) lines.candles(symbol, candles(2));
    };
    tellAll();
    lines.execution(fill('S7_USDT'));
    expect(stdout).toEqual([]);
    vi.advanceTimersByTime(10_000);
    tellAll();
    expect(stdout).toEqual(['2026-01-15 12:00:05  602 candles of 5s of 300 symbols, 1 fill on paper\n']);
    vi.advanceTimersByTime(9_999);
    tellAll();
    vi.advanceTimersByTime(1);
    lines.candles('S0_USDT', candles(1));
    expect(stdout.slice(1)).toEqual(['2026-01-15 12:00:00  1,199 candles of 5s of 300 symbols, 0 fills on paper\n']);
  });

  it('what was played before the market is live is not told', () => {
    const { io, stdout } = catching();
    let now = NOON;
    const source = { pace: 'played', symbols: ['S'], liveFrom: NOON, clock: { nowMs: () => now } };
    const lines = new LiveLines(io, source as unknown as Source, false);
    lines.candles('S', candles(1));
    lines.execution(fill('S'));
    expect(stdout).toEqual([]);
    now += 1;
    lines.candles('S', candles(1));
    expect(stdout).toHaveLength(1);
  });
});
