/**
 * The hot loops of a block of candles, for WebAssembly with SIMD: docs/block-format.md says what they read and write, and
 * src/block has the same in plain TypeScript, which is what this is tested against.
 *
 * AssemblyScript: reads like TypeScript; load and store take addresses in the one memory, laid out in src/kernel/layout.ts.
 * Nothing here trusts the body: an address beyond `end`, a width above 32 or an exception beyond its group ends it.
 */
import {
  ACTIVE,
  AMOUNTS,
  CLOSE,
  CLOSE_64,
  HIGH,
  HIGH_64,
  LOW,
  LOW_64,
  OPEN,
  OPEN_64,
  OPEN_TIME_64,
  ORDERS,
  ROWS_32,
  SCRATCH,
  SLOTS,
  TRADES,
  TRADES_64,
  TURNOVER,
  TURNOVER_64,
  TURNOVER_HIGH,
  VOLUME,
  VOLUME_64,
  VOLUME_HIGH,
} from '../../src/kernel/layout';

const GROUP: u32 = 128;
const TWO_32: f64 = 4294967296.0;
const TWO_53: f64 = 9007199254740992.0;

/** Packed words of a full group: value i lies in 32-bit lane i mod 4. */
function unpackVertical(at: u32, width: u32, out: u32): void {
  if (width == 0) {
    memory.fill(out, 0, 512);
    return;
  }
  if (width == 32) {
    memory.copy(out, at, 512);
    return;
  }
  const mask = i32x4.splat((1 << width) - 1);
  let word = v128.load(at);
  let shift: u32 = 0;
  for (let row: u32 = 0; row < 32; row++) {
    let bits = i32x4.shr_u(word, shift);
    shift += width;
    if (shift >= 32) {
      at += 16;
      shift -= 32;
      // the last word of the group may be followed by anything: it is masked away
      word = v128.load(at);
      if (shift != 0) bits = v128.or(bits, i32x4.shl(word, width - shift));
    }
    v128.store(out, v128.and(bits, mask));
    out += 16;
  }
}

/** Packed bits of the last group, one value after the other. */
function unpackTail(at: u32, width: u32, count: u32, out: u32): void {
  const mask: u64 = (<u64>1 << width) - 1;
  let bit: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(out, <u32>((load<u64>(at + (bit >> 3)) >> (bit & 7)) & mask));
    bit += width;
    out += 4;
  }
}

/** Reads a packed column into `out`. @returns the address behind it, or 0 when it breaks the format */
export function unpack(at: u32, end: u32, count: u32, out: u32): u32 {
  const groups = (count + GROUP - 1) / GROUP;
  let head = at;
  at += groups * 2;
  if (at > end) return 0;
  for (let left = count; left > 0; ) {
    const n = min<u32>(left, GROUP);
    const first: u32 = load<u8>(head);
    const width = first & 63;
    const size = (first >> 6) + 1;
    const exceptions: u32 = load<u8>(head, 1);
    head += 2;
    if (width > 32 || exceptions > n) return 0;
    const packed = n == GROUP ? width * 16 : (n * width + 7) >> 3;
    if (at + packed + exceptions * (1 + size) > end) return 0;
    if (n == GROUP) unpackVertical(at, width, out);
    else unpackTail(at, width, n, out);
    at += packed;
    if (exceptions != 0) {
      let high = at + exceptions;
      // a high part is read as a whole word, of which only its own bytes count
      const mask: u32 = size == 4 ? 0xffffffff : (1 << (size * 8)) - 1;
      for (let e: u32 = 0; e < exceptions; e++) {
        const position: u32 = load<u8>(at + e);
        if (position >= n || width == 32) return 0;
        const target = out + position * 4;
        store<u32>(target, load<u32>(target) | ((load<u32>(high) & mask) << width));
        high += size;
      }
      at = high;
    }
    out += n * 4;
    left -= n;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function unzigzag(bits: v128, one: v128): v128 {
  return v128.xor(i32x4.shr_u(bits, 1), i32x4.neg(v128.and(bits, one)));
}

/** Differences to prices, in place. `base` is the price before the first active row. */
export function toPrices(count: u32, base: i32): void {
  let before = i32x4.splat(base);
  const one = v128.load(ONE);
  for (let i: u32 = 0; i < count * 4; i += 16) {
    const opened = unzigzag(v128.load(OPEN + i), one);
    const closed = unzigzag(v128.load(CLOSE + i), one);
    // running sum of the four, each the change from close to close
    let sum = i32x4.add(opened, closed);
    sum = i32x4.add(sum, i8x16.shuffle(i32x4.splat(0), sum, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
    sum = i32x4.add(sum, i8x16.shuffle(i32x4.splat(0), sum, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    const close = i32x4.add(sum, before);
    const open = i32x4.sub(close, closed);
    before = i32x4.splat(i32x4.extract_lane(close, 3));
    v128.store(OPEN + i, open);
    v128.store(CLOSE + i, close);
    v128.store(HIGH + i, i32x4.add(i32x4.max_s(open, close), v128.load(HIGH + i)));
    v128.store(LOW + i, i32x4.sub(i32x4.min_s(open, close), v128.load(LOW + i)));
  }
}

/** Two numbers of a column, and of the high halves where there are any, as doubles. */
// @ts-ignore: decorator
@inline
function two(low: u32, high: u32, i: u32, hasHigh: bool): v128 {
  const value = f64x2.convert_low_i32x4_u(v128.load64_zero(low + i));
  if (!hasHigh) return value;
  return f64x2.add(value, f64x2.mul(f64x2.convert_low_i32x4_u(v128.load64_zero(high + i)), f64x2.splat(TWO_32)));
}

/** Turnover of the active rows into AMOUNTS. `factor` 0: as it is; else what is kept is the difference to volume × price. */
export function toAmounts(count: u32, hasHigh: bool, volumeHasHigh: bool, factor: f64): void {
  const half = f64x2.splat(0.5);
  const one = f64x2.splat(1);
  for (let i: u32 = 0; i < count * 4; i += 8) {
    let amounts = two(TURNOVER, TURNOVER_HIGH, i, hasHigh);
    if (factor != 0) {
      // zigzag: even numbers are halves, odd ones −1 − halves
      const halves = f64x2.floor(f64x2.mul(amounts, half));
      const isEven = f64x2.eq(f64x2.add(halves, halves), amounts);
      const differences = v128.bitselect(halves, f64x2.sub(f64x2.neg(halves), one), isEven);
      const prices = f64x2.add(
        f64x2.add(two(OPEN, 0, i, false), two(HIGH, 0, i, false)),
        f64x2.add(two(LOW, 0, i, false), two(CLOSE, 0, i, false)),
      );
      const volumes = two(VOLUME, VOLUME_HIGH, i, volumeHasHigh);
      const expected = f64x2.floor(f64x2.add(f64x2.mul(f64x2.mul(volumes, prices), f64x2.splat(factor)), half));
      amounts = f64x2.add(expected, differences);
    }
    v128.store(AMOUNTS + i * 2, amounts);
  }
}

// @ts-ignore: decorator
@inline
function hasBit(row: u32): bool {
  return <bool>((load<u8>(ACTIVE + (row >> 3)) >> <u8>(row & 7)) & 1);
}

/** How many of the rows are active. */
// @ts-ignore: decorator
@inline
function countActive(start: u32, stop: u32): u32 {
  let found: u64 = 0;
  for (; stop - start > 56; start += 56) found += popcnt<u64>(bitsFrom(start) & 0xffffffffffffff);
  return <u32>(found + popcnt<u64>(bitsFrom(start) & ((<u64>1 << (stop - start)) - 1)));
}

/** The same of up to 25 rows from `start` on. */
// @ts-ignore: decorator
@inline
function countFew(start: u32, rows: u32): u32 {
  return popcnt<u32>((load<u32>(ACTIVE + (start >> 3)) >> (start & 7)) & ((1 << rows) - 1));
}

/** At least 57 bits of them. */
// @ts-ignore: decorator
@inline
function bitsFrom(row: u32): u64 {
  return load<u64>(ACTIVE + (row >> 3)) >> (row & 7);
}

// @ts-ignore: decorator
@inline
function blend(a: i32, b: i32, mask: i32): i32 {
  return (a & mask) | (b & ~mask);
}

/** The numbers of two vectors by turns, of their first and of their second halves. */
// @ts-ignore: decorator
@inline
function firstPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

// @ts-ignore: decorator
@inline
function secondPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

// @ts-ignore: decorator
@inline
function swapped(values: v128): v128 {
  return i8x16.shuffle(values, values, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

/** The largest number of each of two vectors, in the first two. */
// @ts-ignore: decorator
@inline
function largestOf(a: v128, b: v128): v128 {
  const largest = i32x4.max_s(firstPairs(a, b), secondPairs(a, b));
  return i32x4.max_s(largest, swapped(largest));
}

/** The sum of each of two vectors, in the first two. */
// @ts-ignore: decorator
@inline
function sumsOf(a: v128, b: v128): v128 {
  const sums = i32x4.add(firstPairs(a, b), secondPairs(a, b));
  return i32x4.add(sums, swapped(sums));
}

/** Sums of two and two as 64 bits. */
// @ts-ignore: decorator
@inline
function widened(values: v128): v128 {
  return i64x2.add(i64x2.extend_low_i32x4_u(values), i64x2.extend_high_i32x4_u(values));
}

/**
 * Aggregates the rows of a block into buckets of `width` slots, of which the first began `offset` slots before the block.
 * A row that is not active is flat: the close before it, nothing traded.
 * @param first the slot of the first row where all follow without a hole; -1: SLOTS has them
 * @param amounts, trades whether they are known; the columns of what is not are left as they are
 * @returns how many buckets have rows, or -1 when a sum leaves the whole numbers that doubles hold
 */
export function fold(
  rows: u32,
  first: i32,
  allActive: bool,
  base: i32,
  width: u32,
  offset: u32,
  firstOpen: f64,
  widthMs: f64,
  volumeHasHigh: bool,
  amounts: bool,
  trades: bool,
): i32 {
  // one loop for each of the common kinds, without questions inside
  if (width <= 8 && !volumeHasHigh && isSmall(allActive ? rows : countActive(0, rows), trades ? TRADES : VOLUME)) {
    if (amounts) return foldRows(rows, first, allActive, base, width, offset, firstOpen, widthMs, false, true, trades, true);
    return allActive
      ? foldRows(rows, first, true, base, width, offset, firstOpen, widthMs, false, false, trades, true)
      : foldRows(rows, first, false, base, width, offset, firstOpen, widthMs, false, false, trades, true);
  }
  return foldRows(rows, first, allActive, base, width, offset, firstOpen, widthMs, volumeHasHigh, amounts, trades, false);
}

/** Whether eight volumes, and eight counts, are below 2^31 together. */
function isSmall(active: u32, counts: u32): bool {
  let bits = i32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= active; i += 4) bits = v128.or(bits, v128.or(v128.load(VOLUME + i * 4), v128.load(counts + i * 4)));
  let rest: u32 = 0;
  for (; i < active; i++) rest |= load<u32>(VOLUME + i * 4) | load<u32>(counts + i * 4);
  return !v128.any_true(i32x4.shr_u(bits, 28)) && rest >> 28 == 0;
}

// @ts-ignore: decorator
@inline
function foldRows(
  rows: u32,
  first: i32,
  allActive: bool,
  base: i32,
  width: u32,
  offset: u32,
  firstOpen: f64,
  widthMs: f64,
  volumeHasHigh: bool,
  amounts: bool,
  trades: bool,
  isNarrow: bool,
): i32 {
  let out: u32 = 0;
  let active: u32 = 0;
  let before = base;
  let bucket: u32 = 0;
  let largest: f64 = 0;
  let row: u32 = 0;
  const lanes = v128.load(LANES);
  const turned = v128.load(TURNED);
  while (row < rows) {
    const at: u32 = offset + (first >= 0 ? <u32>first + row : load<u32>(SLOTS + row * 4));
    // most often it is the next bucket
    if (out == 0 || at >= (bucket + 2) * width) bucket = at / width;
    else bucket++;
    const end = (bucket + 1) * width - offset;
    const start = row;
    let stop = row + 1;
    if (first >= 0) stop = min<u32>(rows, end - <u32>first);
    else while (stop < rows && load<u32>(SLOTS + stop * 4) < end) stop++;
    let n = stop - start;
    if (!allActive) n = isNarrow ? countFew(start, n) : countActive(start, stop);
    const from = active * 4;
    // by masks, as a select is a branch, and which rows are active is as random as the market
    const isActive = allActive ? -1 : -i32(hasBit(start));
    const open = blend(load<i32>(OPEN + from), before, isActive);
    // a flat row stands at a close that the bucket has already, but for its first
    let highest = i32x4.splat(blend(i32.MIN_VALUE, before, isActive));
    let lowest = i32x4.splat(blend(i32.MAX_VALUE, before, isActive));
    let volumes = i64x2.splat(0);
    let volumesHigh = i64x2.splat(0);
    let counts = i64x2.splat(0);
    let amount: f64 = 0;
    // narrow buckets all take as many turns
    const most = isNarrow ? width : n;
    for (let done: u32 = 0; done < most; done += 4) {
      const i = from + done * 4;
      const left = i32x4.splat(n - done);
      const mask = i32x4.gt_s(left, lanes);
      // prices are above 0: what lies beyond the bucket is made 0 for the one and the largest number for the other
      highest = i32x4.max_s(highest, v128.and(v128.load(HIGH + i), mask));
      lowest = i32x4.min_u(lowest, v128.or(v128.load(LOW + i), v128.not(mask)));
      const volume = v128.and(v128.load(VOLUME + i), mask);
      const count = v128.and(v128.load(TRADES + i), mask);
      volumes = isNarrow ? i32x4.add(volumes, volume) : i64x2.add(volumes, widened(volume));
      counts = isNarrow ? i32x4.add(counts, count) : i64x2.add(counts, widened(count));
      if (volumeHasHigh) volumesHigh = i64x2.add(volumesHigh, widened(v128.and(v128.load(VOLUME_HIGH + i), mask)));
    }
    if (amounts) for (let i = from * 2; i < (from + n * 4) * 2; i += 8) amount += load<f64>(AMOUNTS + i);
    active += n;
    before = blend(load<i32>(CLOSE + active * 4 - 4), before, -i32(n != 0));
    row = stop;
    const to = out * 8;
    store<f64>(OPEN_TIME_64 + to, firstOpen + <f64>bucket * widthMs);
    store<f64>(OPEN_64 + to, <f64>open);
    store<f64>(CLOSE_64 + to, <f64>before);
    const extremes = v128.xor(largestOf(highest, v128.not(lowest)), turned);
    const prices = f64x2.convert_low_i32x4_s(extremes);
    v128.store64_lane(HIGH_64 + to, prices, 0);
    v128.store64_lane(LOW_64 + to, prices, 1);
    if (isNarrow) {
      const sums = f64x2.convert_low_i32x4_s(sumsOf(volumes, counts));
      v128.store64_lane(VOLUME_64 + to, sums, 0);
      if (trades) v128.store64_lane(TRADES_64 + to, sums, 1);
    } else {
      // the parts are below 2^44: a block has 3600 rows
      let volume = <f64>(i64x2.extract_lane(volumes, 0) + i64x2.extract_lane(volumes, 1));
      if (volumeHasHigh)
        volume += <f64>(i64x2.extract_lane(volumesHigh, 0) + i64x2.extract_lane(volumesHigh, 1)) * TWO_32;
      if (volume > largest) largest = volume;
      store<f64>(VOLUME_64 + to, volume);
      if (trades) store<f64>(TRADES_64 + to, <f64>(i64x2.extract_lane(counts, 0) + i64x2.extract_lane(counts, 1)));
    }
    if (amounts) {
      if (amount > largest) largest = amount;
      store<f64>(TURNOVER_64 + to, amount);
    }
    store<u32>(ROWS_32 + out * 4, row - start);
    out++;
  }
  return largest < TWO_53 ? <i32>out : -1;
}

/**
 * The same of the rows that split() last read in, from and to the f64 columns: a bucket is written where its rows were, or
 * before them. Turnover and trades are known in all rows or in none, whose −1 is of each bucket too.
 * @returns as fold
 */
export function foldRead(
  rows: u32,
  first: i32,
  width: u32,
  offset: u32,
  firstOpen: f64,
  widthMs: f64,
  amounts: bool,
  trades: bool,
): i32 {
  let out: u32 = 0;
  let largest: f64 = 0;
  for (let row: u32 = 0; row < rows; ) {
    const at = offset + (first >= 0 ? <u32>first + row : load<u32>(SLOTS + row * 4));
    const bucket = at / width;
    const end = (bucket + 1) * width - offset;
    let stop = row + 1;
    if (first >= 0) stop = min<u32>(rows, end - <u32>first);
    else while (stop < rows && load<u32>(SLOTS + stop * 4) < end) stop++;
    let highs = f64x2.splat(load<f64>(HIGH_64 + row * 8));
    let lows = f64x2.splat(load<f64>(LOW_64 + row * 8));
    let volumes = f64x2.splat(0);
    let turnovers = f64x2.splat(0);
    let counts = f64x2.splat(0);
    let from = row * 8;
    for (const last = stop * 8 - 8; from < last; from += 16) {
      highs = f64x2.pmax(highs, v128.load(HIGH_64 + from));
      lows = f64x2.pmin(lows, v128.load(LOW_64 + from));
      volumes = f64x2.add(volumes, v128.load(VOLUME_64 + from));
      turnovers = f64x2.add(turnovers, v128.load(TURNOVER_64 + from));
      counts = f64x2.add(counts, v128.load(TRADES_64 + from));
    }
    if (from < stop * 8) {
      highs = f64x2.pmax(highs, v128.load64_splat(HIGH_64 + from));
      lows = f64x2.pmin(lows, v128.load64_splat(LOW_64 + from));
      volumes = f64x2.add(volumes, v128.load64_zero(VOLUME_64 + from));
      turnovers = f64x2.add(turnovers, v128.load64_zero(TURNOVER_64 + from));
      counts = f64x2.add(counts, v128.load64_zero(TRADES_64 + from));
    }
    const volume = f64x2.extract_lane(volumes, 0) + f64x2.extract_lane(volumes, 1);
    const turnover = amounts ? f64x2.extract_lane(turnovers, 0) + f64x2.extract_lane(turnovers, 1) : -1;
    const count = trades ? f64x2.extract_lane(counts, 0) + f64x2.extract_lane(counts, 1) : -1;
    // the parts are not negative: where doubles hold a sum, they held it all the way
    largest = max<f64>(largest, max<f64>(volume, turnover));
    const to = out * 8;
    store<f64>(OPEN_TIME_64 + to, firstOpen + <f64>bucket * widthMs);
    store<f64>(OPEN_64 + to, load<f64>(OPEN_64 + row * 8));
    store<f64>(HIGH_64 + to, max<f64>(f64x2.extract_lane(highs, 0), f64x2.extract_lane(highs, 1)));
    store<f64>(LOW_64 + to, min<f64>(f64x2.extract_lane(lows, 0), f64x2.extract_lane(lows, 1)));
    store<f64>(CLOSE_64 + to, load<f64>(CLOSE_64 + stop * 8 - 8));
    store<f64>(VOLUME_64 + to, volume);
    store<f64>(TURNOVER_64 + to, turnover);
    store<f64>(TRADES_64 + to, count);
    store<u32>(ROWS_32 + out * 4, stop - row);
    out++;
    row = stop;
  }
  return largest < TWO_53 ? <i32>out : -1;
}

/** How many of the first numbers of a column of f64 are UNKNOWN, which is −1. */
export function countUnknown(column: u32, rows: u32): u32 {
  const unknown = f64x2.splat(-1);
  let found: u32 = 0;
  let row: u32 = 0;
  for (; row + 2 <= rows; row += 2) found += popcnt<i32>(i64x2.bitmask(f64x2.eq(v128.load(column + row * 8), unknown)));
  if (row < rows && load<f64>(column + row * 8) == -1) found++;
  return found;
}

/** What split() found, one after the other. */
export let volumeHigh: bool = false;
export let turnoverHigh: bool = false;

/**
 * Rows in the f64 columns to columns of what is packed: differences of prices, and the rest, of the active rows.
 * @param amounts, trades whether they are known in all rows, or else in none
 * @param factor of volume × price for turnover
 * @returns the number of active rows, or -1 for what does not fit (prices of 2^31 and above, trades of 2^32, sums of 2^52)
 *   and for what no candle is: fractions, prices that are 0 or leave low to high, trades without volume or volume without
 */
export function split(rows: u32, amounts: bool, trades: bool, factor: f64): i32 {
  volumeHigh = false;
  // the last four may reach beyond the rows: what is there must not count
  for (let row = rows; row & 3; row++) {
    store<f64>(OPEN_64 + row * 8, 0);
    store<f64>(HIGH_64 + row * 8, 0);
    store<f64>(LOW_64 + row * 8, 0);
    store<f64>(CLOSE_64 + row * 8, 0);
    store<f64>(VOLUME_64 + row * 8, 0);
    store<f64>(TRADES_64 + row * 8, 0);
  }
  let active = trades ? splitRows(rows, amounts, true, false) : splitRows(rows, amounts, false, false);
  // the volumes turned out wide: then once more, for what was read is still there
  if (volumeHigh) active = splitRows(rows, amounts, trades, true);
  return active >= 0 && (!amounts || expectAmounts(rows, factor)) ? active : -1;
}


/** Of two doubles to which 2^52 was added: bits where one was no whole number from 0 to below 2^52. */
// @ts-ignore: decorator
@inline
function inexact(sum: v128, at: u32, magic: v128): v128 {
  return v128.xor(f64x2.sub(sum, magic), v128.load(at));
}

/** The numbers in two such sums, which have them in their fractions. */
// @ts-ignore: decorator
@inline
function lowOf(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

// @ts-ignore: decorator
@inline
function highOf(first: v128, second: v128): v128 {
  return i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}

// @ts-ignore: decorator
@inline
function bitsOf(first: v128, second: v128, magic: v128): v128 {
  return v128.or(v128.xor(first, magic), v128.xor(second, magic));
}

// @ts-ignore: decorator
@inline
function folded(bits: v128): u64 {
  return i64x2.extract_lane(bits, 0) | i64x2.extract_lane(bits, 1);
}

/**
 * Four rows at a time: whole numbers out of doubles, differences of prices, and which rows are active, which are moved
 * together and written at the next free rows.
 * @returns the number of active rows, or -1; also where `wide` is false and volumes need it, which `volumeHigh` then says
 */
// @ts-ignore: decorator
@inline
function splitRows(rows: u32, amounts: bool, trades: bool, wide: bool): i32 {
  // loaded: V8 makes a constant of a vector anew at every use
  const magic = v128.load(MAGIC);
  const one = v128.load(ONE);
  const zero = i32x4.splat(0);
  // the sign of a number in it is set where a row breaks a rule
  let broken = zero;
  let strange = zero;
  let priceBits = zero;
  let volumeBits = zero;
  let tradeBits = zero;
  let to: u32 = 0;
  let byte: u32 = 0;
  let closes = lowOf(f64x2.add(v128.load64_splat(OPEN_64), magic), f64x2.add(v128.load64_splat(OPEN_64), magic));
  for (let row: u32 = 0; row < rows; row += 4) {
    const from = row * 8;
    let first = f64x2.add(v128.load(OPEN_64 + from), magic);
    let second = f64x2.add(v128.load(OPEN_64 + from + 16), magic);
    strange = v128.or(strange, v128.or(inexact(first, OPEN_64 + from, magic), inexact(second, OPEN_64 + from + 16, magic)));
    priceBits = v128.or(priceBits, bitsOf(first, second, magic));
    const open = lowOf(first, second);
    first = f64x2.add(v128.load(HIGH_64 + from), magic);
    second = f64x2.add(v128.load(HIGH_64 + from + 16), magic);
    strange = v128.or(strange, v128.or(inexact(first, HIGH_64 + from, magic), inexact(second, HIGH_64 + from + 16, magic)));
    priceBits = v128.or(priceBits, bitsOf(first, second, magic));
    const high = lowOf(first, second);
    first = f64x2.add(v128.load(LOW_64 + from), magic);
    second = f64x2.add(v128.load(LOW_64 + from + 16), magic);
    strange = v128.or(strange, v128.or(inexact(first, LOW_64 + from, magic), inexact(second, LOW_64 + from + 16, magic)));
    priceBits = v128.or(priceBits, bitsOf(first, second, magic));
    const low = lowOf(first, second);
    first = f64x2.add(v128.load(CLOSE_64 + from), magic);
    second = f64x2.add(v128.load(CLOSE_64 + from + 16), magic);
    strange = v128.or(strange, v128.or(inexact(first, CLOSE_64 + from, magic), inexact(second, CLOSE_64 + from + 16, magic)));
    priceBits = v128.or(priceBits, bitsOf(first, second, magic));
    const close = lowOf(first, second);
    first = f64x2.add(v128.load(VOLUME_64 + from), magic);
    second = f64x2.add(v128.load(VOLUME_64 + from + 16), magic);
    strange = v128.or(strange, v128.or(inexact(first, VOLUME_64 + from, magic), inexact(second, VOLUME_64 + from + 16, magic)));
    volumeBits = v128.or(volumeBits, bitsOf(first, second, magic));
    const volume = lowOf(first, second);
    // without the exponent of 2^52
    const rest = wide ? v128.xor(highOf(first, second), i32x4.splat(0x43300000)) : zero;
    let count = zero;
    if (trades) {
      first = f64x2.add(v128.load(TRADES_64 + from), magic);
      second = f64x2.add(v128.load(TRADES_64 + from + 16), magic);
      strange = v128.or(strange, v128.or(inexact(first, TRADES_64 + from, magic), inexact(second, TRADES_64 + from + 16, magic)));
      tradeBits = v128.or(tradeBits, bitsOf(first, second, magic));
      count = lowOf(first, second);
    }
    const before = i8x16.shuffle(closes, close, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
    closes = close;
    const moved = v128.or(
      v128.or(v128.xor(open, before), v128.xor(high, before)),
      v128.or(v128.xor(low, before), v128.xor(close, before)),
    );
    let busy = v128.or(v128.or(moved, volume), v128.or(rest, count));
    if (amounts) {
      first = f64x2.ne(v128.load(TURNOVER_64 + from), zero);
      second = f64x2.ne(v128.load(TURNOVER_64 + from + 16), zero);
      busy = v128.or(busy, lowOf(first, second));
    }
    let is: u32 = i32x4.bitmask(i32x4.ne(busy, zero));
    const upper = i32x4.sub(high, i32x4.max_s(open, close));
    const lower = i32x4.sub(i32x4.min_s(open, close), low);
    let wrong = v128.or(v128.or(upper, lower), i32x4.sub(low, one));
    if (trades) wrong = v128.or(wrong, v128.xor(i32x4.eq(v128.or(volume, rest), zero), i32x4.eq(count, zero)));
    if (rows - row < 4) {
      is &= (1 << (rows - row)) - 1;
      wrong = v128.and(wrong, i32x4.gt_s(i32x4.splat(rows - row), i32x4(0, 1, 2, 3)));
    }
    broken = v128.or(broken, wrong);
    const order = v128.load(ORDERS + is * 16);
    v128.store(OPEN + to, i8x16.swizzle(zigzags(i32x4.sub(open, before)), order));
    v128.store(CLOSE + to, i8x16.swizzle(zigzags(i32x4.sub(close, open)), order));
    v128.store(HIGH + to, i8x16.swizzle(upper, order));
    v128.store(LOW + to, i8x16.swizzle(lower, order));
    v128.store(VOLUME + to, i8x16.swizzle(volume, order));
    if (wide) v128.store(VOLUME_HIGH + to, i8x16.swizzle(rest, order));
    if (trades) v128.store(TRADES + to, i8x16.swizzle(count, order));
    byte |= is << (row & 4);
    store<u8>(ACTIVE + (row >> 3), <u8>byte);
    if ((row & 4) != 0) byte = 0;
    to += popcnt<u32>(is) * 4;
  }
  const volumes = folded(volumeBits);
  if (v128.any_true(strange) || folded(priceBits) >> 31 != 0 || folded(tradeBits) >> 32 != 0 || volumes >> 52 != 0) return -1;
  if (!wide && volumes >> 32 != 0) {
    volumeHigh = true;
    return -1;
  }
  return i32x4.bitmask(broken) == 0 ? <i32>(to >> 2) : -1;
}

// @ts-ignore: decorator
@inline
function zigzags(values: v128): v128 {
  return v128.xor(i32x4.shl(values, 1), i32x4.shr_s(values, 31));
}

/** 2^52, twice: added to a whole number from 0 to below it, it leaves the number in the fraction of the double. */
const MAGIC: u32 = SCRATCH + 512;
/** 1, four times. */
const ONE: u32 = SCRATCH + 528;
/** 0, 1, 2, 3. */
const LANES: u32 = SCRATCH + 544;
/** Turns the second of four numbers into what v128.not turned into it. */
const TURNED: u32 = SCRATCH + 560;

/** Call it once: for each choice of four numbers, the shuffle that moves the chosen ones together. */
export function prepare(): void {
  v128.store(MAGIC, f64x2.splat(4503599627370496.0));
  v128.store(ONE, i32x4.splat(1));
  v128.store(LANES, i32x4(0, 1, 2, 3));
  v128.store(TURNED, i32x4(0, -1, 0, 0));
  for (let choice: u32 = 0; choice < 16; choice++) {
    let to = ORDERS + choice * 16;
    for (let i: u32 = 0; i < 4; i++) {
      if (((choice >> i) & 1) == 0) continue;
      store<u32>(to, 0x03020100 + i * 0x04040404);
      to += 4;
    }
  }
}

/** The turnover of active rows, and what volume and prices let expect of it. @returns whether all of it fits */
function expectAmounts(rows: u32, factor: f64): bool {
  let active: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const from = row * 8;
    const to = active * 8;
    const amount = load<f64>(TURNOVER_64 + from);
    if (!(amount >= 0 && amount < TWO_53 && floor<f64>(amount) == amount)) return false;
    const prices =
      load<f64>(OPEN_64 + from) + load<f64>(HIGH_64 + from) + load<f64>(LOW_64 + from) + load<f64>(CLOSE_64 + from);
    // which of the two forms is the smaller one shows only at the end
    store<f64>(AMOUNTS + to, amount);
    store<f64>(OPEN_TIME_64 + to, floor<f64>(load<f64>(VOLUME_64 + from) * prices * factor + 0.5));
    active += u32(hasBit(row));
  }
  return true;
}

/** The columns of turnover: `difference` to volume × price, or as it is. @returns whether it fits */
export function splitAmounts(count: u32, difference: bool): bool {
  turnoverHigh = false;
  for (let i: u32 = 0; i < count; i++) {
    let value = load<f64>(AMOUNTS + i * 8);
    if (difference) {
      value -= load<f64>(OPEN_TIME_64 + i * 8);
      value = value >= 0 ? value * 2 : -value * 2 - 1;
      if (!(value < TWO_53)) return false;
    }
    const parts = <u64>value;
    store<u32>(TURNOVER + i * 4, <u32>parts);
    store<u32>(TURNOVER_HIGH + i * 4, <u32>(parts >> 32));
    if (parts >> 32 != 0) turnoverHigh = true;
  }
  return true;
}

/** How many of the last group's values have how many bits: u8 counters, apart for every fourth value, so that none waits for another. */
const COUNTERS: u32 = SCRATCH;
const COUNTERS_BYTES: u32 = 48;

// @ts-ignore: decorator
@inline
function tally(source: u32, counters: u32): void {
  const counter = counters + 32 - clz<u32>(load<u32>(source));
  store<u8>(counter, load<u8>(counter) + 1);
}

/** The counts of one group, in the first set of counters. */
function countBits(source: u32, n: u32): void {
  memory.fill(COUNTERS, 0, 4 * COUNTERS_BYTES);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    tally(source + i * 4, COUNTERS);
    tally(source + i * 4 + 4, COUNTERS + COUNTERS_BYTES);
    tally(source + i * 4 + 8, COUNTERS + 2 * COUNTERS_BYTES);
    tally(source + i * 4 + 12, COUNTERS + 3 * COUNTERS_BYTES);
  }
  for (; i < n; i++) tally(source + i * 4, COUNTERS);
  for (let at: u32 = COUNTERS; at < COUNTERS + COUNTERS_BYTES; at += 16) {
    const first = i8x16.add(v128.load(at), v128.load(at + COUNTERS_BYTES));
    const second = i8x16.add(v128.load(at + 2 * COUNTERS_BYTES), v128.load(at + 3 * COUNTERS_BYTES));
    v128.store(at, i8x16.add(first, second));
  }
}

/** All bits that occur in a full group. */
function bitsOfGroup(source: u32): u32 {
  let first = v128.load(source);
  let second = v128.load(source, 16);
  for (let i: u32 = 32; i < GROUP * 4; i += 32) {
    first = v128.or(first, v128.load(source + i));
    second = v128.or(second, v128.load(source + i, 16));
  }
  const all = v128.or(first, second);
  const half = i64x2.extract_lane(all, 0) | i64x2.extract_lane(all, 1);
  return <u32>half | <u32>(half >> 32);
}

/** How many values of a full group have more than `width` bits, which is below 32. */
function countWider(source: u32, width: u32): u32 {
  const most = i32x4.splat((1 << width) - 1);
  let first = i32x4.splat(0);
  let second = i32x4.splat(0);
  for (let i: u32 = 0; i < GROUP * 4; i += 64) {
    const a = v128.load(source + i);
    const b = v128.load(source + i, 16);
    const c = v128.load(source + i, 32);
    const d = v128.load(source + i, 48);
    // a comparison that holds is −1
    first = i32x4.add(first, i32x4.eq(i32x4.min_u(a, most), a));
    second = i32x4.add(second, i32x4.eq(i32x4.min_u(b, most), b));
    first = i32x4.add(first, i32x4.eq(i32x4.min_u(c, most), c));
    second = i32x4.add(second, i32x4.eq(i32x4.min_u(d, most), d));
  }
  const sum = i32x4.add(first, second);
  const half = i32x4.add(sum, i8x16.shuffle(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return GROUP + i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

/** What choose() found: bits per value, bytes of an exception's high part, and how many exceptions there are. */
let width: u32 = 0;
let size: u32 = 0;
let exceptions: u32 = 0;

/** The width that takes the fewest bytes, the larger of two. */
function choose(source: u32, n: u32): void {
  const isFull = n == GROUP;
  if (!isFull) countBits(source, n);
  let largest: u32 = 32;
  if (isFull) largest = 32 - clz<u32>(bitsOfGroup(source));
  else while (largest > 0 && load<u8>(COUNTERS + largest) == 0) largest--;
  width = largest;
  size = 1;
  exceptions = 0;
  let least = isFull ? largest * 16 : (n * largest + 7) >> 3;
  let above: u32 = 0;
  // exceptions only grow, in number and in bytes: once they alone take as much, no smaller width is better
  for (let w = largest; w > 0 && above * (1 + ((largest - w + 8) >> 3)) < least; ) {
    if (!isFull) above += load<u8>(COUNTERS + w);
    w--;
    if (isFull) above = countWider(source, w);
    const bytes = (largest - w + 7) >> 3;
    const cost = (isFull ? w * 16 : (n * w + 7) >> 3) + above * (1 + bytes);
    if (cost < least) {
      least = cost;
      width = w;
      size = bytes;
      exceptions = above;
    }
  }
}

/** Of sixteen values, a bit for each that has more bits than `most`. */
// @ts-ignore: decorator
@inline
function widerOf(source: u32, most: v128): u64 {
  const a = v128.load(source);
  const b = v128.load(source, 16);
  const c = v128.load(source, 32);
  const d = v128.load(source, 48);
  const first = i16x8.narrow_i32x4_s(i32x4.eq(i32x4.min_u(a, most), a), i32x4.eq(i32x4.min_u(b, most), b));
  const second = i16x8.narrow_i32x4_s(i32x4.eq(i32x4.min_u(c, most), c), i32x4.eq(i32x4.min_u(d, most), d));
  return <u64>(i8x16.bitmask(i8x16.narrow_i16x8_s(first, second)) ^ 0xffff);
}

/** The positions of the exceptions of a full group, and their high parts. @returns the address behind them */
function packExceptions(source: u32, at: u32): u32 {
  const most = i32x4.splat((1 << width) - 1);
  let high = at + exceptions;
  for (let first: u32 = 0; first < GROUP; first += 64) {
    const from = source + first * 4;
    let wider =
      widerOf(from, most) |
      (widerOf(from + 64, most) << 16) |
      (widerOf(from + 128, most) << 32) |
      (widerOf(from + 192, most) << 48);
    while (wider != 0) {
      const i = <u32>ctz<u64>(wider);
      wider &= wider - 1;
      store<u8>(at, <u8>(first + i));
      at++;
      // what is written beyond the size is overwritten by what follows
      store<u32>(high, load<u32>(from + i * 4) >> width);
      high += size;
    }
  }
  return high;
}

/** The same of the last group. */
function packTailExceptions(source: u32, n: u32, at: u32): u32 {
  let high = at + exceptions;
  for (let i: u32 = 0; i < n; i++) {
    const value = load<u32>(source + i * 4) >> width;
    if (value == 0) continue;
    store<u8>(at, <u8>i);
    at++;
    store<u32>(high, value);
    high += size;
  }
  return high;
}

/** Packs a column of u32 at `at`. @returns the address behind it */
export function pack(source: u32, count: u32, at: u32): u32 {
  const groups = (count + GROUP - 1) / GROUP;
  let head = at;
  at += groups * 2;
  for (let left = count; left > 0; ) {
    const n = min<u32>(left, GROUP);
    choose(source, n);
    store<u8>(head, <u8>(width | ((size - 1) << 6)));
    store<u8>(head, <u8>exceptions, 1);
    head += 2;
    if (n == GROUP) packVertical(source, width, at);
    else packTail(source, width, n, at);
    at += n == GROUP ? width * 16 : (n * width + 7) >> 3;
    if (exceptions != 0) at = n == GROUP ? packExceptions(source, at) : packTailExceptions(source, n, at);
    source += n * 4;
    left -= n;
  }
  return at;
}

function packVertical(source: u32, width: u32, at: u32): void {
  if (width == 0) return;
  if (width == 32) {
    memory.copy(at, source, 512);
    return;
  }
  const mask = i32x4.splat((1 << width) - 1);
  let word = i32x4.splat(0);
  let used: u32 = 0;
  for (let row: u32 = 0; row < 32; row++) {
    const bits = v128.and(v128.load(source), mask);
    source += 16;
    word = v128.or(word, i32x4.shl(bits, used));
    used += width;
    if (used >= 32) {
      v128.store(at, word);
      at += 16;
      used -= 32;
      word = used == 0 ? i32x4.splat(0) : i32x4.shr_u(bits, width - used);
    }
  }
}

function packTail(source: u32, width: u32, count: u32, at: u32): void {
  const mask: u64 = (<u64>1 << width) - 1;
  let word: u64 = 0;
  let used: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    word |= (<u64>load<u32>(source + i * 4) & mask) << used;
    used += width;
    while (used >= 8) {
      store<u8>(at, <u8>word);
      at++;
      word >>= 8;
      used -= 8;
    }
  }
  if (used > 0) store<u8>(at, <u8>word);
}
