import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, DESKTOP, findings, keepScreenshot, openBrowser, PHONE } from './support/browser.ts';
import { coloured, eventually, openDashboard, startRig, storeHistory } from './support/dashboard-rig.ts';

const SIZES = { desktop: DESKTOP, phone: PHONE } as const;

describe.skipIf(chromiumPath === null)('how the dashboard looks, over a paper session', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`${size}, ${colorScheme}: axe finds nothing, nothing is wider than the screen`, async () => {
        await using rig = await startRig({}, 600_000);
        const { lastPrice } = await rig.market.getTicker('BTC_USDT');
        for (const [side, factor] of [
          ['BUY', '0.9995'],
          ['SELL', '1.0005'],
        ] as const) {
          const price = lastPrice.times(factor).toDecimalPlaces(1).toString();
          await rig.execution.createOrder({ symbol: 'BTC_USDT', side, type: 'LIMIT', quantity: '0.01', price });
        }
        await using opened = await openDashboard(browser, rig, { viewport, colorScheme });
        const { page, complaints } = opened;
        await page.getByRole('heading', { name: /Open orders \([23]\)/ }).waitFor();
        const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
        expect(await page.evaluate(isWide)).toBe(false);
        expect(await findings(page)).toEqual([]);
        await keepScreenshot(page, `${size}-${colorScheme}`);
        await keepScreenshot(page, `${size}-${colorScheme}-whole`, { fullPage: true });
        for (const [key, name] of [
          ['?', 'help'],
          ['k', 'kill'],
        ] as const) {
          await page.keyboard.press(key);
          await page.getByRole('dialog').waitFor();
          expect(await findings(page)).toEqual([]);
          await keepScreenshot(page, `${size}-${colorScheme}-${name}`);
          await page.keyboard.press('Escape');
        }
        expect(complaints).toEqual([]);
      });
    }
  }

  it('made-up candles and a gap: drawn so that nobody takes them for the market; the theme by its key', async () => {
    await using rig = await startRig({}, 600_000);
    await storeHistory(rig);
    await using opened = await openDashboard(browser, rig, { search: '?interval=15s&bars=110' });
    const { page, complaints } = opened;
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    await keepScreenshot(page, 'gap-light');
    await page.keyboard.press('t');
    await page.keyboard.press('t');
    await eventually(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    await page.mouse.move(330, 300);
    await keepScreenshot(page, 'gap-dark');
    expect(await findings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
