/** Which last prices liquidate nothing, so that they need not be looked at one by one. */
import { MarginMode } from '@prate/domain';
import type { PriceRange, SymbolMarket } from './market.ts';
import type { Seat } from './model.ts';
import { type CrossPool, crossPool, liquidationTicks } from './risk.ts';

const ANY: PriceRange = { low: -1, high: Number.POSITIVE_INFINITY };
const NONE: PriceRange = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

/** Where nothing at a seat is liquidated, while the last price is the mark price and nothing else changes. */
export function safePrices(seat: Seat): PriceRange {
  let { low, high } = ANY;
  let isCross = false;
  for (const position of [seat.long, seat.short]) {
    if (position === null) continue;
    if (position.marginMode === MarginMode.CROSS) isCross = true;
    else if (position.isLong) low = Math.max(low, liquidationTicks(position));
    else high = Math.min(high, liquidationTicks(position));
  }
  if (!isCross) return { low, high };
  const cross = crossRange(seat);
  return { low: Math.max(low, cross.low), high: Math.min(high, cross.high) };
}

/**
 * Where the cross positions of a seat are safe, whatever those of the account at other symbols lose within their own ranges. They
 * are found for all symbols at once and kept until the account changes or a price leaves its range.
 */
function crossRange({ account, market, wallet }: Seat): PriceRange {
  const known = account.crossRanges.get(wallet.asset)?.get(market);
  if (known !== undefined && market.last > known.low && market.last < known.high) return known;
  const ranges = shareOut(crossPool(account, wallet.asset));
  if (ranges.size > 1) {
    account.crossRanges.set(wallet.asset, ranges);
    for (const other of ranges.keys()) if (other !== market) other.disturb();
  }
  return ranges.get(market) ?? NONE;
}

/** Each symbol may lose the same part of the room; none where there is none, or where not every mark price is a last price. */
function shareOut({ positions, equity, requirement }: CrossPool): ReadonlyMap<SymbolMarket, PriceRange> {
  const lots = new Map<SymbolMarket, number>();
  for (const position of positions) {
    const { market } = position.seat;
    lots.set(market, (lots.get(market) ?? 0) + (position.isLong ? position.lots : -position.lots));
  }
  const room = equity - requirement;
  const isWatched = [...lots.keys()].every(({ toldMark, last }) => toldMark === 0 && (last !== 0 || lots.size === 1));
  if (room <= 0n || !isWatched) return new Map();
  const part = room / BigInt(lots.size);
  return new Map([...lots].map(([market, net]) => [market, rangeOf(market, net, part)]));
}

/** How far the mark price may go until so many lots have lost `room`. */
function rangeOf(market: SymbolMarket, lots: number, room: bigint): PriceRange {
  if (lots === 0) return ANY;
  const distance = market.grid.ticksWithin(room, Math.abs(lots));
  const mark = market.mark();
  return lots > 0 ? { low: mark - distance, high: ANY.high } : { low: ANY.low, high: mark + distance };
}
