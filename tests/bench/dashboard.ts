// First chart after a load, and a window of 10,000 candles from request to pixels, each beside the chart drawing a static
// array in the same browser: medians and spread. `npm run bench:page`, on an otherwise idle machine.
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, DESKTOP, openBrowser } from '../test/support/browser.ts';
import { HttpApiRig, START_MS, SYMBOLS } from '../test/support/http-api-rig.ts';

const ROUNDS = Number(process.argv[2] ?? 15);
const ROWS = 10_000;
const KEYS = ['[', ']'] as const;

if (chromiumPath === null) throw new Error('no Chromium here: install one, or set PRATE_CHROMIUM');
const assets = fileURLToPath(new URL('../../apps/dashboard/bench/dist/', import.meta.url));
const browser = await openBrowser();
try {
  await using rig = await HttpApiRig.start({ assets }, 120_000);
  for (const symbol of SYMBOLS) await storeSeconds(rig, symbol);
  const lines = [
    ['first chart after a load', await firstCharts(browser, rig.api.pageUrl(), 'prate:window')],
    ['  a static array', await firstCharts(browser, `${rig.api.url}/bench/static.html?rows=1000`, 'prate:static')],
    [`a window of ${ROWS} candles`, await windows(browser, rig)],
    ['  a static array', await statics(browser, `${rig.api.url}/bench/static.html?rows=${ROWS}`)],
    ['a frame while scrolling 60 screens back', await frames(browser, rig)],
  ] as const;
  console.log(`${ROUNDS} rounds, ms: median (least to most)`);
  for (const [name, times] of lines) console.log(`${name.padEnd(42)} ${summary(times)}`);
} finally {
  await browser.close();
}

/** Seconds of the exchange's own, up to where the session begins. */
async function storeSeconds(rig: HttpApiRig, symbol: string): Promise<void> {
  const rows = Array.from({ length: 3 * ROWS }, (_, i) => {
    const open = 600_000 + Math.round(500 * Math.sin(i / 90));
    return {
      openTime: START_MS - (3 * ROWS - i) * 1000,
      ...{ open: open / 10, high: (open + 6) / 10, low: (open - 4) / 10, close: (open + 2) / 10, volume: 3 },
    };
  });
  await rig.candles.processAndStore(rows, { venue: rig.market.venue, symbol }, { interval: '1s' });
}

/** From the start of the navigation until the chart is drawn, each in a browser context of its own. */
async function firstCharts(from: Browser, url: string, measure: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const context = await from.newContext({ viewport: DESKTOP });
    const page = await context.newPage();
    await page.goto(url);
    const [first] = await measures(page, measure, 1);
    times.push((first as Measure).end);
    await context.close();
  }
  return times.slice(1); // the first warms the server and the disk
}

/** From the request until the window is drawn; the cache is off, and the symbol another one each time. */
async function windows(from: Browser, rig: HttpApiRig): Promise<number[]> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(`${rig.api.url}/?symbol=${SYMBOLS[0]}&interval=1s&bars=${ROWS}#token=${rig.api.token('read')}`);
  await measures(page, 'prate:window', 1);
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await page.waitForTimeout(500); // what it loads ahead comes to rest
    await page.evaluate('performance.clearMeasures()');
    await page.keyboard.press(KEYS[(round + 1) % 2] as string);
    const [first] = await measures(page, 'prate:window', 1);
    const { rows = 0, start, end } = first as Measure;
    // what is in sight is what is asked for, and that is some candles more after a zoom
    if (rows < ROWS || rows > 1.05 * ROWS) throw new Error(`a window of ${rows} rows came`);
    times.push(end - start);
  }
  await context.close();
  return times.slice(1);
}

async function statics(from: Browser, url: string): Promise<number[]> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(url);
  await measures(page, 'prate:static', 1);
  for (let round = 0; round <= ROUNDS; round += 1) {
    await page.evaluate('document.getElementById("again").click()');
    await measures(page, 'prate:static', round + 2);
  }
  const all = await measures(page, 'prate:static', ROUNDS + 2);
  await context.close();
  return all.slice(2).map(({ start, end }) => end - start);
}

/** How long each frame takes while one scrolls back as fast as windows come; a stall would be a long one. */
async function frames(from: Browser, rig: HttpApiRig): Promise<number[]> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(`${rig.api.url}/?symbol=${SYMBOLS[0]}&interval=1s&bars=300#token=${rig.api.token('read')}`);
  await measures(page, 'prate:window', 1);
  const times = await page.evaluate(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const frame = (now) => {
      times.push(now - last);
      last = now;
      if (times.length >= 240) return resolve(times);
      if (times.length % 4 === 0) document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', shiftKey: true }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  await context.close();
  return times as number[];
}

interface Measure {
  readonly start: number;
  readonly end: number;
  readonly rows: number | undefined;
}

async function measures(page: Page, name: string, count: number): Promise<Measure[]> {
  for (;;) {
    // not waitForFunction: the page's policy refuses what that evaluates
    const found = (await page.evaluate(
      `performance.getEntriesByName('${name}')
        .map((m) => ({ start: m.startTime, end: m.startTime + m.duration, rows: m.detail?.rows }))`,
    )) as Measure[];
    if (found.length >= count) return found;
    await page.waitForTimeout(20);
  }
}

function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] as number).toFixed(0);
  return `${at(Math.floor(sorted.length / 2)).padStart(5)}  (${at(0)} to ${at(sorted.length - 1)})`;
}
