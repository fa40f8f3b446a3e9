import type { SumArray } from './candle-columns.ts';
import { UNKNOWN } from './candle-columns.ts';
import { type NumberColumn, toDouble } from './decimal-column.ts';

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Sums rows in groups: group g is rows `[starts[g], starts[g + 1])`. A group with an UNKNOWN row is UNKNOWN.
 * Exact: whole numbers below 2^53 stay in doubles, larger sums go to 64 bits, and only what needs more becomes doubles.
 *
 * @param sums where doubles are put, one per group; it shares no memory with the values
 */
export function groupSums(
  values: SumArray,
  decimals: number | null,
  starts: Uint32Array,
  sums: Float64Array = new Float64Array(starts.length - 1),
): NumberColumn {
  if (values instanceof Float64Array) {
    const largest = numberSums(values, starts, sums);
    // the parts are not negative: where doubles hold a sum, they held it all the way
    if (decimals === null || largest <= Number.MAX_SAFE_INTEGER) return { decimals, values: sums };
  }
  return bigintSums(values, decimals as number, starts);
}

/**
 * groupSums for numbers of trades, which doubles always hold: a sum that leaves their 53 bits is UNKNOWN.
 * @param sums where they are put, one per group; it shares no memory with the counts
 */
export function groupCounts(counts: Float64Array, starts: Uint32Array, sums: Float64Array): Float64Array {
  const largest = numberSums(counts, starts, sums);
  if (largest <= Number.MAX_SAFE_INTEGER) return sums;
  for (let g = 0; g < sums.length; g += 1) if ((sums[g] as number) > Number.MAX_SAFE_INTEGER) sums[g] = UNKNOWN;
  return sums;
}

/** Writes the sums and returns the largest. */
function numberSums(values: Float64Array, starts: Uint32Array, sums: Float64Array): number {
  let largest = 0;
  for (let g = 0; g < sums.length; g += 1) {
    const end = starts[g + 1] as number;
    let sum = 0;
    for (let i = starts[g] as number; i < end; i += 1) {
      const value = values[i] as number;
      if (value === UNKNOWN) {
        sum = UNKNOWN;
        break;
      }
      sum += value;
    }
    sums[g] = sum;
    if (sum > largest) largest = sum;
  }
  return largest;
}

function bigintSums(values: SumArray, decimals: number, starts: Uint32Array): NumberColumn {
  const sums: bigint[] = [];
  let largest = 0n;
  for (let g = 0; g + 1 < starts.length; g += 1) {
    const end = starts[g + 1] as number;
    let sum = 0n;
    for (let i = starts[g] as number; i < end; i += 1) {
      const value = BigInt(values[i] as number | bigint);
      if (value === -1n) {
        sum = -1n;
        break;
      }
      sum += value;
    }
    if (sum > largest) largest = sum;
    sums.push(sum);
  }
  return narrowest(sums, decimals, largest);
}

/** Bigints in the narrowest array that holds them. */
export function narrowest(sums: readonly bigint[], decimals: number, largest: bigint): NumberColumn {
  if (largest <= BigInt(Number.MAX_SAFE_INTEGER)) return { decimals, values: Float64Array.from(sums, Number) };
  if (largest <= MAX_INT64) return { decimals, values: BigInt64Array.from(sums) };
  return {
    decimals: null,
    values: Float64Array.from(sums, (sum) => (sum === -1n ? UNKNOWN : toDouble(sum, decimals))),
  };
}
