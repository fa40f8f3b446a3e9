import { describe, it } from 'vitest';
import { type Draw, holds, same } from '../../../../../tooling/test-support/draw.ts';
import { composeCandles, IdGapTracker } from '../../../src/candles/index.ts';
import { toInterval } from '../../../src/index.ts';
import { fold, type Row, rangesOf, someRow, someWatched, textOf, toColumns, toRows } from './support.ts';

interface Told {
  readonly time: number;
  readonly id: string;
  readonly kept: boolean;
}

/** Trades of a file: ids mostly one by one, some left out, some lower or twice, some no numbers. */
function someTrades(draw: Draw): Told[] {
  let time = draw.below(5000);
  let id = draw.of([1n, 1n, 90_071_992_547_409_920n]);
  return Array.from({ length: draw.size }, () => {
    time += draw.of([0, 1, 300, 999, 1000, 2500, 9000]);
    const kind = draw.below(12);
    if (kind < 8) id += 1n;
    else if (kind === 8) id += BigInt(2 + draw.below(3));
    const shown = kind === 9 ? id - 1n : id; // lower than the highest; 10: comes twice
    return { time, id: kind === 11 ? draw.of(['', 'x7', '1.5']) : String(shown), kept: !draw.once(8) };
  });
}

describe('law 4, honest gaps', () => {
  it('a file of trades was watched from the second of its first to that of its last, but not where ids jump', () => {
    holds((draw) => {
      const trades = someTrades(draw);
      const idsCount = !draw.once(5);
      const tracker = new IdGapTracker(idsCount);
      for (const { time, id, kept } of trades) tracker.see(time, id, kept);

      const kept = trades.filter((trade) => trade.kept);
      const second = (trade: Told | undefined): number => Math.floor((trade?.time ?? 0) / 1000);
      const expected: number[] = [];
      for (let s = second(kept[0]); kept.length > 0 && s <= second(kept.at(-1)); s += 1) {
        const jumped = trades.some((trade, i) => {
          const before = trades[i - 1];
          return before !== undefined && leaps(trades, i) && s >= second(before) && s <= second(trade);
        });
        if (!(idsCount && jumped)) expected.push(s);
      }
      const found = tracker.observed();
      same(
        found.map(({ from, to }) => `${from} ${to}`),
        rangesOf(expected).map(({ from, to }) => `${from} ${to}`),
      );
    }, 12);
  });

  it('watched time without a trade is filled flat at the price that stands, and only on request; other time never has a row', () => {
    holds((draw) => {
      const span = 4 + draw.size * 4;
      const watched = someWatched(draw, span);
      const rows: Row[] = [];
      for (let s = 0; s < span; s += 1) {
        if (!draw.once(5) || !(watched.has(s) || draw.once(6))) continue;
        const row = someRow(draw, s * 1000);
        rows.push({ ...row, source: 1 + draw.below(2), coverage: watched.has(s) ? 1 : 0 });
      }
      const width = draw.of([1, 1, 2, 3, 4]);
      const to = Math.ceil(span / width) * width;
      for (const fillFlat of [true, false]) {
        const base = { rows: toColumns(toInterval(1), rows), observed: rangesOf([...watched]) };
        const window = { interval: toInterval(width), from: 0, to: to * 1000, observedOnly: false };
        const { columns } = composeCandles([base], { ...window, fillFlat, carry: null });
        same(toRows(columns).map(textOf), buckets(rows, watched, width, to, fillFlat).map(textOf), `flat: ${fillFlat}`);
        same(
          toRows(columns)
            .filter(({ time }) => !touched(rows, watched, time / 1000, width))
            .map(textOf),
          [],
        );
      }
    });
  });
});

/** Whether trades are missing before one of these: its id is more than one above the highest since ids were numbers. */
function leaps(trades: readonly Told[], i: number): boolean {
  const isNumber = ({ id }: Told): boolean => /^\d+$/.test(id);
  if (!isNumber(trades[i] as Told)) return false;
  let first = i;
  while (first > 0 && isNumber(trades[first - 1] as Told)) first -= 1;
  const ids = trades.slice(first, i).map(({ id }) => BigInt(id));
  return ids.length > 0 && ids.every((id) => BigInt((trades[i] as Told).id) > id + 1n);
}

/** Second by second, from the words of the law. */
function buckets(
  rows: readonly Row[],
  watched: ReadonlySet<number>,
  width: number,
  to: number,
  fillFlat: boolean,
): Row[] {
  const found: Row[] = [];
  let standing: Row | null = null;
  for (let open = 0; open < to; open += width) {
    const traded: Row[] = [];
    let quiet = 0;
    let flat: Row | null = null;
    for (let s = open; s < open + width; s += 1) {
      const row = rows.find(({ time }) => time === s * 1000);
      if (row !== undefined) {
        traded.push(row);
        standing = row;
      } else if (watched.has(s)) {
        quiet += 1;
        flat ??= standing;
      } else standing = null; // nobody knows what it did meanwhile
    }
    if (traded.length > 0) {
      const row = fold(open * 1000, traded);
      found.push({ ...row, coverage: row.coverage + quiet });
    } else if (fillFlat && flat !== null) {
      const { close, source } = flat;
      const still = { open: close, high: close, low: close, close, volume: 0n, turnover: 0n, trades: 0 };
      found.push({ ...still, time: open * 1000, source, coverage: quiet });
    }
  }
  return found;
}

const touched = (rows: readonly Row[], watched: ReadonlySet<number>, open: number, width: number): boolean =>
  Array.from({ length: width }, (_, i) => open + i).some(
    (s) => watched.has(s) || rows.some(({ time }) => time === s * 1000),
  );
