import { bucketEnd, toInterval } from '@prate/domain';
import { type CandleColumns, candlesFromTrades, concatColumns, foldRows, observedSeconds } from '@prate/domain/candles';
import type { CandlesItem } from '@prate/market-data-port';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { LiveSubscription } from '../src/live-subscription.ts';
import { SymbolCandles } from '../src/symbol-candles.ts';
import { decimals, type Tape, tapes } from './support/tapes.ts';
import { T0, textRows, tradeColumns } from './support/values.ts';

const INTERVALS = ['1s', '2s', '5s', '10s', '7s', '1m'];
const END = 130_000;

const textOf = (interval: string, columns: CandleColumns): string => `${interval}: ${textRows(columns).join('; ')}`;

/** What a feed of the tape comes to, at every interval: everything is over at its end. */
function streamed({ latenessMs, items }: Tape): string {
  const symbol = new SymbolCandles('A', latenessMs, false);
  const told = new Map<string, CandleColumns[]>();
  for (const interval of INTERVALS) {
    const parts: CandleColumns[] = [];
    told.set(interval, parts);
    const take = (item: CandlesItem): void => void (item.kind === 'candles' && parts.push(item.candles));
    symbol.level(toInterval(interval)).level.listeners.add(new LiveSubscription(take, undefined, () => {}));
  }
  const close = (): void => {
    const closed = symbol.seconds.close();
    if (closed !== null) symbol.close(closed);
  };
  symbol.seconds.heartbeat(T0);
  for (const rows of items) {
    const late = symbol.seconds.add(symbol.seen.fresh(tradeColumns(rows)));
    if (late !== null) throw new Error('the tape has no late trade');
    close();
  }
  symbol.seconds.heartbeat(T0 + END);
  close();
  return [...told].map(([name, parts]) => textOf(name, concatColumns(parts, toInterval(name)))).join('\n');
}

function batch({ ordered }: Tape): string {
  const seconds = candlesFromTrades(tradeColumns(ordered), toInterval('1s'));
  return INTERVALS.map((name) => {
    const interval = toInterval(name);
    const columns = name === '1s' ? seconds : foldRows(seconds, interval);
    const coverage = observedSeconds([{ from: T0, to: T0 + END }], columns.openTime, (at) => bucketEnd(interval, at));
    return textOf(name, { ...columns, coverage });
  }).join('\n');
}

// asynchronous, since a million subscriptions made without a pause would keep their promises' callbacks
test('any cutting into items, any order within the window, any trade told again: the candles of a batch, at all intervals', async () => {
  const tape = tapes({ maxTrades: 12, maxMs: 15_000, price: decimals(300), quantity: decimals(99) });
  await fc.assert(
    fc.asyncProperty(tape, async (given) => {
      expect(streamed(given)).toBe(batch(given));
    }),
    cases(10_000),
  );
});

test('the same for many trades', async () => {
  const tape = tapes({ maxTrades: 400, maxMs: 59_000, price: decimals(300), quantity: decimals(99) });
  await fc.assert(
    fc.asyncProperty(tape, async (given) => {
      expect(streamed(given)).toBe(batch(given));
    }),
    cases(200),
  );
});

test('the same for sums beyond 2^53, and prices beyond 2^30 ticks', async () => {
  const tape = tapes({
    maxTrades: 8,
    maxMs: 9000,
    price: fc.constantFrom(1, 2, 3),
    quantity: fc.constantFrom('1', '0.000000001', '300000000.000000001', '100000000.5'),
  });
  const large = tapes({
    maxTrades: 8,
    maxMs: 9000,
    price: fc.constantFrom('1073741823', '1073741824', '1073741825', '4000000000', '1.5'),
    quantity: fc.constantFrom('1', '0.5', '2097152'),
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(tape, large), async (given) => {
      expect(streamed(given)).toBe(batch(given));
    }),
    cases(2000),
  );
});
