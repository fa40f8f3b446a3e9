import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Look, openPage, pixelsOf, type Watched } from './browser.ts';
import { HttpApiRig, type RigOptions, START_MS } from './http-api-rig.ts';

/** The built page, found as an app finds it. */
export function pageFolder(): string {
  const index = fileURLToPath(import.meta.resolve('@prate/dashboard/index.html'));
  if (!existsSync(index)) throw new Error('the page is not built: run npm run build');
  return dirname(index);
}

const MINUTE_MS = 60_000;
/** Between the stored minutes and the session lies an hour that nobody watched. */
export const HISTORY_END_MS: number = START_MS - 60 * MINUTE_MS;
const HISTORY_MINUTES = 20 * 1440;

/** Weeks of minutes of the exchange's own, below which seconds are made up. */
export async function storeHistory(rig: HttpApiRig, symbol = 'BTC_USDT'): Promise<void> {
  const rows = Array.from({ length: HISTORY_MINUTES }, (_, i) => {
    const open = 640_000 + Math.round(4000 * Math.sin(i / 90));
    return {
      openTime: HISTORY_END_MS - (HISTORY_MINUTES - i) * MINUTE_MS,
      ...{ open: open / 10, high: (open + 60) / 10, low: (open - 40) / 10, close: (open + 20) / 10, volume: 3 },
    };
  });
  await rig.candles.processAndStore(rows, { venue: rig.market.venue, symbol });
}

export const startRig = (options: RigOptions = {}, playMs = 120_000): Promise<HttpApiRig> =>
  HttpApiRig.start({ assets: pageFolder(), ...options }, playMs);

/** The page of a session, once its chart has candles. */
export async function openDashboard(
  browser: Browser,
  rig: HttpApiRig,
  { search = '', scope = 'trade', ...look }: Look & { search?: string; scope?: 'read' | 'trade' } = {},
): Promise<Watched & AsyncDisposable> {
  const opened = await openPage(browser, look);
  const { page, context } = opened;
  await page.goto(`${rig.api.url}/${search}#token=${rig.api.token(scope)}`);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await eventually(() => coloured(page)).toBeGreaterThan(50);
  return { ...opened, [Symbol.asyncDispose]: () => context.close() };
}

const CANDLES = [
  [10, 143, 108],
  [214, 73, 59],
  [46, 189, 148],
  [240, 105, 92],
  [122, 132, 148],
  [141, 152, 168],
] as const;

/** How many pixels of the chart are in the colours of candles. */
export const coloured = (page: Page): Promise<number> => pixelsOf(page, '.canvas', CANDLES);

/** What the address says of what is in sight. */
export const seen = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

/** What stands above the chart about the latest candle, or the one under the crosshair. */
export const pointedText = async (page: Page): Promise<string> => (await page.locator('.pointed').textContent()) ?? '';

/** A table by its title, its rows as lines of text. */
export async function rowsOf(page: Page, title: RegExp): Promise<string[]> {
  const rows = await page.getByRole('region', { name: title }).locator('tbody tr').all();
  return Promise.all(rows.map(async (row) => (await row.locator('td').allTextContents()).join(' ')));
}

/** Asked until it is so, on a busy machine too. */
export const eventually = <T>(ask: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(ask, { timeout: 30_000, interval: 50 });
