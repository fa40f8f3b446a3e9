/** One block of candles as bytes: docs/block-format.md describes them for other languages. */
import { bucketEnd, bucketOpen, type Interval, type TimeRange } from '@prate/domain';
import {
  type CandleBase,
  type CandleColumns,
  type ColumnsWriter,
  foldRows,
  observedSeconds,
  sliceColumns,
  UNKNOWN,
} from '@prate/domain/candles';
import { BlockKernel, type Buckets } from '../kernel/block-kernel.ts';
import { decodePlain, type Opened, openBlock } from './decode.ts';
import { encodePlain } from './encode.ts';
import { blockEnd, blockStart } from './grid.ts';
import { Known, VERSION, Watched } from './head.ts';
import { openTimes, spansOf } from './presence.ts';
import { type BlockKey, ensureSealed, reading, seal } from './seal.ts';

const stepMs = ({ step }: BlockKey): number => (step.seconds as number) * 1000;

export interface Packed {
  readonly body: Uint8Array;
  /** What fold() would make of it; null where only that can tell. */
  readonly folded: CandleBase | null;
}

/** Which rows a block has, and which time of it was watched: all but its numbers. */
export interface Outline {
  readonly length: number;
  openTimes(): Float64Array;
  readonly observed: readonly TimeRange[];
}

/** Where rows go that are folded while they are packed: blocks on the same scales share its memory. */
export interface Folds {
  readonly interval: Interval;
  readonly out: ColumnsWriter;
}

/**
 * Reads and writes blocks: by the kernel what the kernel can, the rest, and everything where there is none, in plain
 * TypeScript, to the same bytes.
 */
export class BlockCodec {
  readonly #kernel: BlockKernel | null;

  constructor(kernel: BlockKernel | null) {
    this.#kernel = kernel;
  }

  encode(key: BlockKey, base: CandleBase): Uint8Array {
    return this.encodeNew(key, base, null, () => undefined).body;
  }

  /**
   * The same of rows whose numbers nobody has checked: the kernel sees while it packs them that they are legal.
   * @param folds where to fold the rows to, as long as the kernel has them; null: they are not folded
   * @param ensureLegal called where the kernel does not see it: throws when a row is not legal
   */
  encodeNew(key: BlockKey, base: CandleBase, folds: Folds | null, ensureLegal: () => void): Packed {
    const packed = this.#kernel?.encode(key, base) ?? null;
    if (packed === null) ensureLegal();
    const body = packed ?? encodePlain(key, base);
    seal(key, body);
    return { body, folded: packed === null || folds === null ? null : this.#foldEncoded(key, body, folds) };
  }

  #foldEncoded(key: BlockKey, body: Uint8Array, { interval, out }: Folds): CandleBase | null {
    const opened = openBlock(key, body);
    const buckets = bucketsOf(key, interval);
    const length = this.#kernel?.foldEncoded(opened, buckets) ?? null;
    if (length === null) return null;
    const from = out.length;
    out.append(this.#folded(key, opened, interval, buckets, length), 0, length);
    return { rows: sliceColumns(out.finish(interval), from, out.length), observed: observedOf(key, opened) };
  }

  /** @throws BadBlockError for anything that `encode` did not write under this key */
  decode(key: BlockKey, body: Uint8Array): CandleBase {
    ensureSealed(key, body, VERSION);
    return reading(() => {
      const opened = openBlock(key, body);
      const rows = this.#fold(key, opened, body, key.step);
      if (rows === null) return decodePlain(key, body);
      return { rows: copyOf(rows), observed: observedOf(key, opened) };
    });
  }

  /** What it costs does not grow with the numbers. @throws BadBlockError as `decode`, but for what is wrong with these under a right checksum */
  outline(key: BlockKey, body: Uint8Array): Outline {
    ensureSealed(key, body, VERSION);
    return reading(() => {
      const opened = openBlock(key, body);
      const { rows } = opened.head;
      return {
        length: rows,
        openTimes: () => openTimes(key, opened.slots, rows),
        observed: observedOf(key, opened),
      };
    });
  }

  /**
   * The candles of a coarser interval that the block's rows add up to, those at its ends of the part within the block, and
   * the time that was watched. The arrays may be longer than the rows, and the next call overwrites them.
   * @throws BadBlockError as `decode`
   */
  fold(key: BlockKey, body: Uint8Array, interval: Interval): CandleBase {
    ensureSealed(key, body, VERSION);
    return reading(() => {
      const opened = openBlock(key, body);
      const rows = this.#fold(key, opened, body, interval);
      if (rows !== null) return { rows, observed: observedOf(key, opened) };
      const { rows: all, observed } = decodePlain(key, body);
      const folded = foldRows(all, interval);
      const coverage = observedSeconds(observed, folded.openTime, (open) => bucketEnd(interval, open));
      return { rows: { ...folded, coverage }, observed };
    });
  }

  #fold(key: BlockKey, opened: Opened, body: Uint8Array, interval: Interval): CandleColumns | null {
    const kernel = this.#kernel;
    if (kernel === null || !kernel.load(opened, body)) return null;
    const buckets = bucketsOf(key, interval);
    const length = kernel.fold(buckets);
    return length === null ? null : this.#folded(key, opened, interval, buckets, length);
  }

  /** What the kernel has folded. */
  #folded(key: BlockKey, opened: Opened, interval: Interval, buckets: Buckets, length: number): CandleColumns {
    const { head } = opened;
    const folded = (this.#kernel as BlockKernel).folded(length);
    const { openTime, open, high, low, close, volume, turnover, trades, rows } = folded;
    return {
      interval,
      length,
      openTime,
      priceDecimals: head.priceDecimals,
      open,
      high,
      low,
      close,
      volumeDecimals: head.volumeDecimals,
      volume,
      turnoverDecimals: head.turnoverDecimals,
      turnover: head.turnoverKnown === Known.NONE ? UNKNOWNS : turnover,
      trades: head.tradesKnown === Known.NONE ? UNKNOWNS : trades,
      source: filled(head.source as number),
      coverage: coverageOf(key, opened, buckets, rows, openTime),
    };
  }
}

/** The process's own: the kernel's memory holds nothing from one call to the next. */
export const blockCodec: BlockCodec = new BlockCodec(BlockKernel.make());

function bucketsOf(key: BlockKey, interval: Interval): Buckets {
  const start = blockStart(key.step, key.block);
  const firstOpen = bucketOpen(interval, start);
  const widthMs = (interval.seconds as number) * 1000;
  return { width: widthMs / stepMs(key), offset: (start - firstOpen) / stepMs(key), firstOpen, widthMs };
}

function observedOf(key: BlockKey, { head, slots, watched }: Opened): readonly TimeRange[] {
  if (watched !== null) return watched;
  if (typeof slots !== 'number') return spansOf(openTimes(key, slots, head.rows), stepMs(key));
  const from = blockStart(key.step, key.block) + slots * stepMs(key);
  return head.rows === 0 ? [] : [{ from, to: from + head.rows * stepMs(key) }];
}

/** One source for as many rows as a block can have. */
const SOURCE_COLUMNS: readonly Uint8Array[] = [0, 1, 2].map((code) => new Uint8Array(4096).fill(code));
const UNKNOWNS: Float64Array = new Float64Array(4096).fill(UNKNOWN);
const filled = (code: number): Uint8Array => SOURCE_COLUMNS[code] as Uint8Array;
const coverages = new Uint32Array(4096);

/** The watched seconds of each bucket, within the block. */
function coverageOf(
  key: BlockKey,
  { head, watched }: Opened,
  { widthMs }: Buckets,
  rows: Uint32Array,
  opens: Float64Array,
): Uint32Array {
  const step = stepMs(key) / 1000;
  if (watched === null) {
    for (let i = 0; i < opens.length; i += 1) coverages[i] = (rows[i] as number) * step;
    return coverages;
  }
  if (head.watched !== Watched.ALL) return observedSeconds(watched, opens, (open) => open + widthMs);
  coverages.fill(widthMs / 1000, 0, opens.length);
  const [start, end] = [blockStart(key.step, key.block), blockEnd(key.step, key.block)];
  // the buckets at the ends may reach beyond the block
  for (const i of [0, opens.length - 1]) {
    const open = opens[i];
    if (open !== undefined) coverages[i] = (Math.min(open + widthMs, end) - Math.max(open, start)) / 1000;
  }
  return coverages;
}

export function copyOf(rows: CandleColumns): CandleColumns {
  const { length } = rows;
  return {
    ...rows,
    openTime: rows.openTime.slice(0, length),
    open: rows.open.slice(0, length),
    high: rows.high.slice(0, length),
    low: rows.low.slice(0, length),
    close: rows.close.slice(0, length),
    volume: rows.volume.slice(0, length),
    turnover: rows.turnover.slice(0, length),
    trades: rows.trades.slice(0, length),
    source: rows.source.slice(0, length),
    coverage: rows.coverage.slice(0, length),
  };
}
