import type { TimeRange } from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  EXCHANGE_CODE,
  observedSeconds,
  type SumArray,
  TRADES_CODE,
  UNKNOWN,
} from '@prate/domain/candles';
import { ByteReader } from './bytes.ts';
import { expectedTurnover } from './encode.ts';
import { slotsPerBlock } from './grid.ts';
import { Form, type Head, Known, readHead, turnoverFactor } from './head.ts';
import { type Prices, readNumbers, undoDifferences, unzigzag } from './numbers.ts';
import { hasBit, openTimes, readActives, readSlots, readWatched, spansOf } from './presence.ts';
import type { BlockKey } from './seal.ts';

/** All of a block but its numbers. */
export interface Opened {
  readonly head: Head;
  /** The slot of the first row where all follow without a hole, or the slot of each. */
  readonly slots: number | Uint32Array;
  /** One bit per row, set for the active ones; null: all are. */
  readonly actives: Uint8Array | null;
  /** Null: the rows' own spans. */
  readonly watched: readonly TimeRange[] | null;
  /** One bit per row, set for TRADES; null: the head tells for all. */
  readonly sources: Uint8Array | null;
  /** Where the columns of numbers begin. */
  readonly at: number;
}

/** @throws RangeError for what breaks the format */
export function openBlock(key: BlockKey, body: Uint8Array): Opened {
  const input = new ByteReader(body);
  const head = readHead(input, slotsPerBlock(key.step));
  return {
    head,
    slots: readSlots(input, key, head.slots, head.rows),
    actives: readActives(input, head.actives, head.rows, head.active),
    watched: readWatched(input, key, head.watched),
    sources: head.source === null ? input.bytes(Math.ceil(head.rows / 8)) : null,
    at: input.at,
  };
}

/** The whole block, every form, in the plainest way. @throws RangeError for what breaks the format */
export function decodePlain(key: BlockKey, body: Uint8Array): CandleBase {
  const opened = openBlock(key, body);
  const { head } = opened;
  const input = new ByteReader(body);
  input.at = opened.at;
  const prices = readPrices(input, head);
  const volume = readNumbers(input, head.active, head.volume);
  const turnover = readTurnover(input, head, prices, volume);
  const trades = readKnown(input, head.active, head.trades, head.tradesKnown);
  if (input.remaining !== 0) throw new RangeError(`${input.remaining} bytes too many`);
  return spread(key, opened, { prices, volume, turnover, trades: trades as Float64Array });
}

function readPrices(input: ByteReader, { active, prices, base }: Head): Prices {
  const read = (): Float64Array => readNumbers(input, active, prices) as Float64Array;
  const [open, close, high, low] = [read(), read(), read(), read()];
  if (prices === Form.DOUBLES) return { open, high, low, close };
  return undoDifferences({ open, high, low, close }, base);
}

function readTurnover(input: ByteReader, head: Head, prices: Prices, volume: SumArray): SumArray {
  const kept = readKnown(input, head.active, head.turnover, head.turnoverKnown);
  if (head.turnover < Form.DIFFERENCE) return kept;
  const factor = turnoverFactor(head);
  if (factor === null || !(volume instanceof Float64Array)) throw new RangeError('turnover without a grid');
  return Float64Array.from(kept as Float64Array, (value, i) => {
    const four =
      (prices.open[i] as number) + (prices.high[i] as number) + (prices.low[i] as number) + (prices.close[i] as number);
    return expectedTurnover(volume[i] as number, four, factor) + unzigzag(value);
  });
}

function readKnown(input: ByteReader, count: number, form: Form, known: Known): SumArray {
  if (known === Known.NONE) return new Float64Array(count).fill(UNKNOWN);
  const values = readNumbers(input, count, form);
  const shifted = known === Known.SOME && form <= Form.WIDE;
  return shifted ? (values as Float64Array).map((value) => value - 1) : values;
}

/** The active rows among the flat ones. */
function spread(
  key: BlockKey,
  { head, slots, actives, watched, sources }: Opened,
  numbers: {
    readonly prices: Prices;
    readonly volume: SumArray;
    readonly turnover: SumArray;
    readonly trades: Float64Array;
  },
): CandleBase {
  const { rows: length } = head;
  const { prices } = numbers;
  const openTime = openTimes(key, slots, length);
  const step = (key.step.seconds as number) * 1000;
  const observed = watched ?? spansOf(openTime, step);
  const like = <A extends SumArray>(values: A): A =>
    (values instanceof BigInt64Array ? new BigInt64Array(length) : new Float64Array(length)) as A;
  const rows = {
    interval: key.step,
    length,
    openTime,
    priceDecimals: head.priceDecimals,
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volumeDecimals: head.volumeDecimals,
    volume: like(numbers.volume),
    turnoverDecimals: head.turnoverDecimals,
    turnover: like(numbers.turnover),
    trades: new Float64Array(length),
    source: new Uint8Array(length),
    coverage: observedSeconds(observed, openTime, (open) => open + step),
  } satisfies CandleColumns;
  if (head.turnoverKnown === Known.NONE) (rows.turnover as Float64Array).fill(UNKNOWN);
  if (head.tradesKnown === Known.NONE) rows.trades.fill(UNKNOWN);
  let before = head.base;
  let at = 0;
  for (let i = 0; i < length; i += 1) {
    rows.source[i] = sources === null ? (head.source as number) : hasBit(sources, i) ? TRADES_CODE : EXCHANGE_CODE;
    if (actives !== null && !hasBit(actives, i)) {
      for (const column of [rows.open, rows.high, rows.low, rows.close]) column[i] = before;
      continue;
    }
    rows.open[i] = prices.open[at] as number;
    rows.high[i] = prices.high[at] as number;
    rows.low[i] = prices.low[at] as number;
    rows.close[i] = prices.close[at] as number;
    rows.volume[i] = numbers.volume[at] as never;
    rows.turnover[i] = numbers.turnover[at] as never;
    rows.trades[i] = numbers.trades[at] as number;
    before = prices.close[at] as number;
    at += 1;
  }
  return { rows, observed };
}
