import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chromiumPath,
  DESKTOP,
  findings,
  keepScreenshot,
  openBrowser,
  openPage,
  PHONE,
  pixelsOf,
} from './support/browser.ts';
import { klinesCsv } from './support/csv.ts';
import { eventually } from './support/dashboard-rig.ts';
import { CommandLine } from './support/prate.ts';

const START_MS = Date.UTC(2024, 4, 1);
const MINUTES = 4 * 1440;
const SIZES = { desktop: DESKTOP, phone: PHONE } as const;
/** As the page's style has them. */
const COLOURS = {
  light: { run: [37, 99, 235], hold: [180, 83, 9], fall: [180, 35, 24] },
  dark: { run: [110, 168, 255], hold: [255, 169, 77], fall: [255, 156, 143] },
} as const;

/** Days of minutes whose averages cross often, and which end lower than they began. */
function minutesCsv(): string {
  const priceAt = (i: number): number => 1_000_000 - 10 * i + Math.round(20_000 * Math.sin(i / 25));
  return klinesCsv(
    Array.from({ length: MINUTES }, (_, i) => {
      const [open, close] = [priceAt(i), priceAt(i + 1)];
      const text = (cents: number): string => (cents / 100).toFixed(2);
      return {
        openTime: START_MS + i * 60_000,
        ...{ open: text(open), high: text(Math.max(open, close) + 30) },
        ...{ low: text(Math.min(open, close) - 20), close: text(close) },
        ...{ volume: '12.5', turnover: null, trades: null },
      };
    }),
  );
}

type Colour = (typeof COLOURS)['light' | 'dark']['run' | 'hold' | 'fall'];

/** Pixels of a curve; thin ones have few of their whole colour. */
const drawn = (page: Page, chart: string, colour: Colour): Promise<number> => pixelsOf(page, chart, [colour], 40);

describe.skipIf(chromiumPath === null)('the page of a report in a browser', { timeout: 120_000 }, () => {
  const prate = new CommandLine();
  let browser: Browser;
  const pages: Record<string, string> = {};
  beforeAll(async () => {
    browser = await openBrowser();
    writeFileSync(join(prate.folder, 'k.csv'), minutesCsv());
    await prate.must(['candles', 'import', 'k.csv', '--symbol', 'S']);
    await prate.must(['replay', '--symbol', 'S', '--report', 'replay.html']);
    await prate.must(['up', '--source', 'k.csv', '--symbols', 'S', '--report', 'session.html', '--db', 'up/prate.db']);
    await prate.must(['replay', '--symbol', 'S', '--to', '2024-05-01T03:00:00Z', '--report', 'hours.html']);
    for (const kind of ['replay', 'session', 'hours'])
      pages[kind] = pathToFileURL(join(prate.folder, `${kind}.html`)).href;
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    prate[Symbol.dispose]();
  });

  for (const kind of ['replay', 'session']) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        it(`${kind}, ${size}, ${colorScheme}: draws its curves and asks nobody; axe finds nothing; nothing is wider than the screen`, async () => {
          const { page, context, complaints } = await openPage(browser, { viewport, colorScheme });
          const asked: string[] = [];
          page.on('request', (request) => asked.push(request.url()));
          await page.goto(pages[kind] as string);
          const { run, hold, fall } = COLOURS[colorScheme];
          await eventually(() => drawn(page, '#equity', run)).toBeGreaterThan(100);
          await eventually(() => drawn(page, '#equity', hold)).toBeGreaterThan(100);
          await eventually(() => drawn(page, '#drawdown', fall)).toBeGreaterThan(100);
          expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/^(Replay|Session) of ma-cross/);
          const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
          expect(await page.evaluate(isWide)).toBe(false);
          expect(await findings(page)).toEqual([]);
          await keepScreenshot(page, `${kind}-${size}-${colorScheme}`, { folder: 'report' });
          await keepScreenshot(page, `${kind}-${size}-${colorScheme}-whole`, { folder: 'report', fullPage: true });
          await page.getByText('How the figures are meant').click();
          expect(await page.evaluate(isWide)).toBe(false);
          expect(await findings(page)).toEqual([]);
          expect(asked).toEqual([pages[kind]]);
          expect(complaints).toEqual([]);
          await context.close();
        });
      }
    }
  }

  it('a change of the theme: the curves change with it', async () => {
    const { page, context, complaints } = await openPage(browser, { colorScheme: 'light' });
    await page.goto(pages['replay'] as string);
    await eventually(() => drawn(page, '#equity', COLOURS.light.run)).toBeGreaterThan(100);
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(() => drawn(page, '#equity', COLOURS.dark.run)).toBeGreaterThan(100);
    await eventually(() => drawn(page, '#equity', COLOURS.light.run)).toBe(0); // not every canvas of a chart is painted at once
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('under the crosshair: when it was, and what both curves and the fall were, as in the figures', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(pages['hours'] as string);
    await eventually(() => drawn(page, '#equity', COLOURS.light.run)).toBeGreaterThan(100);
    for (const chart of ['#equity', '#drawdown']) {
      const box = await page.locator(chart).boundingBox();
      if (box === null) throw new Error('no chart');
      for (let x = box.x + box.width - 60; x > box.x + box.width / 2; x -= 1) {
        await page.mouse.move(x, box.y + box.height / 2);
        if ((await page.locator('#told-time').textContent())?.startsWith('2024-05-01 03:00:00')) break;
      }
      await eventually(() => page.locator('#told-time').textContent()).toBe('2024-05-01 03:00:00');
      const end = await page.getByRole('row', { name: 'Equity at the end' }).getByRole('cell').textContent();
      expect(Number((await page.locator('#told-run').textContent())?.replace(',', ''))).toBe(
        Number(end?.replace(/,| USDT/g, '')),
      );
      expect(await page.locator('#told-fall').textContent()).toMatch(/^: −?[\d.]+ %$/);
    }
    await context.close();
  });

  it('its policy: nothing that gets into the page runs, and nothing goes out', async () => {
    const { page, context } = await openPage(browser);
    let asked = 0;
    const server = createServer(() => (asked += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await page.goto(pages['replay'] as string);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const refused = (await page.evaluate(`new Promise((resolve) => {
      const refused = new Set();
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        refused.add(effectiveDirective);
        if (refused.size === 5) resolve([...refused].sort());
      });
      const add = (name, parts) => document.body.append(Object.assign(document.createElement(name), parts));
      add('script', { textContent: 'window.ran = true' });
      add('img', { src: '${url}x.png' });
      add('iframe', { src: '${url}' });
      const button = document.createElement('button');
      button.setAttribute('onclick', 'window.ran = true');
      document.body.append(button);
      button.click();
      fetch('${url}').catch(() => {});
    })`)) as string[];
    expect(refused).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-attr', 'script-src-elem']);
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(asked).toBe(0);
    server.close();
    await context.close();
  });
});
