import type { CandleColumns } from '@prate/domain';
import { formatScaled, type TradeColumns, tradeIdAt } from '@prate/domain/candles';
import { ensure } from '@prate/runtime/conformance';
import type { Page } from '../market-data-port.ts';

/** More pages than any case needs: an adapter that never comes to an end is stopped here. */
const MOST_PAGES = 1000;

/** Reads page after page from `from`; checks that every page begins after the one before it. */
export async function allPages<Columns>(
  from: number,
  read: (from: number) => Promise<Page<Columns>>,
): Promise<readonly Columns[]> {
  const pages: Columns[] = [];
  let next: number | null = from;
  while (next !== null) {
    ensure.that(pages.length < MOST_PAGES, `paging must come to an end: ${MOST_PAGES} pages were read`);
    const page: Page<Columns> = await read(next);
    pages.push(page.columns);
    ensure.that(page.next === null || page.next > next, `the next page must begin after ${next}, not at ${page.next}`);
    next = page.next;
  }
  return pages;
}

/** Candles as text, one line a row, so that pages with different scales compare. */
export function candleLines(pages: readonly CandleColumns[]): string[] {
  return pages.flatMap((page) =>
    Array.from({ length: page.length }, (_, i) => {
      const prices = [page.open, page.high, page.low, page.close].map((column) =>
        formatScaled(column[i] as number, page.priceDecimals),
      );
      const volume = formatScaled(page.volume[i] as number | bigint, page.volumeDecimals);
      return [page.openTime[i], ...prices, volume, page.source[i]].join(',');
    }),
  );
}

/** Trades as text, one line a row. */
export function tradeLines(pages: readonly TradeColumns[]): string[] {
  return pages.flatMap((page) =>
    Array.from({ length: page.length }, (_, i) =>
      [
        page.time[i],
        formatScaled(page.price[i] as number, page.priceDecimals),
        formatScaled(page.quantity[i] as number | bigint, page.quantityDecimals),
        page.side[i],
        tradeIdAt(page, i),
      ].join(','),
    ),
  );
}

export const timesOf = (pages: readonly (CandleColumns | TradeColumns)[]): number[] =>
  pages.flatMap((page) => Array.from('time' in page ? page.time : page.openTime));

/** Compares rows as text and names the first that differs: the whole of both would fill the screen. */
export function sameLines(actual: readonly string[], expected: readonly string[], what: string): void {
  const length = Math.max(actual.length, expected.length);
  for (let i = 0; i < length; i += 1) ensure.equal(actual[i] ?? null, expected[i] ?? null, `${what}: row ${i}`);
}
