// First chart after a load, and a window of 10,000 candles from request to pixels, each beside the chart drawing a static
// array in the same browser, by turns: medians and spread. `npm run bench:page`, on an otherwise idle machine; with
// `-- --publish` the page docs/dashboard.md takes them.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, DESKTOP, openBrowser } from '../test/support/browser.ts';
import { HttpApiRig, START_MS, SYMBOLS } from '../test/support/http-api-rig.ts';
import { type Line, publish, summary } from './publish.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, publish: { type: 'boolean', default: false } },
});
const ROUNDS = Number(values.rounds);
if (!(Number.isInteger(ROUNDS) && ROUNDS > 0))
  throw new RangeError(`--rounds is a number from 1, not '${values.rounds}'`);
const ROWS = 10_000;
const KEYS = ['[', ']'] as const;

/** Something whose time can be taken again and again. */
interface Probe {
  readonly take: () => Promise<number>;
  readonly close: () => Promise<void>;
}

if (chromiumPath === null) throw new Error('no Chromium here: install one, or set PRATE_CHROMIUM');
const assets = fileURLToPath(new URL('../../apps/dashboard/bench/dist/', import.meta.url));
const browser = await openBrowser();
try {
  await using rig = await HttpApiRig.start({ assets }, 120_000);
  for (const symbol of SYMBOLS) await storeSeconds(rig, symbol);
  const staticPage = (rows: number): string => `${rig.api.url}/bench/static.html?rows=${rows}`;
  const first = await byTurns(
    firstChart(browser, rig.api.pageUrl(), 'prate:window'),
    firstChart(browser, staticPage(1000), 'prate:static'),
  );
  const window = await byTurns(await windowOf(browser, rig), await staticOf(browser, staticPage(ROWS)));
  const lines: readonly Line[] = [
    { name: 'first chart after a load, in a new browser context', ...first, goal: 500 },
    {
      name: `a window of ${ROWS.toLocaleString('en')} candles, from the request to the screen, nothing cached`,
      ...window,
      goal: 100,
    },
    {
      name: 'a frame while scrolling 60 screens back through candles of 1 s',
      ...{ times: await frames(browser, rig), beside: null, goal: null },
    },
  ];
  console.log(`${ROUNDS} rounds, ms: median (least to most); the page, and beside it the chart alone over an array`);
  for (const { name, times, beside } of lines) {
    console.log(`${name.padEnd(76)} ${summary(times).padEnd(18)} ${beside === null ? '' : summary(beside)}`);
  }
  if (values.publish) publish(lines, { rounds: ROUNDS, browser: browser.version() });
} finally {
  await browser.close();
}

/** Each as often as the other and at the same time of the day; the first of each warms server, disk and browser. */
async function byTurns(page: Probe, alone: Probe): Promise<{ times: number[]; beside: number[] }> {
  const times: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    times.push(await page.take());
    beside.push(await alone.take());
  }
  await page.close();
  await alone.close();
  return { times: times.slice(1), beside: beside.slice(1) };
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
function firstChart(from: Browser, url: string, measure: string): Probe {
  return {
    take: async () => {
      const context = await from.newContext({ viewport: DESKTOP });
      const page = await context.newPage();
      await page.goto(url);
      const [first] = await measures(page, measure, 1);
      await context.close();
      return (first as Measure).end;
    },
    close: async () => {},
  };
}

/** From the request until the window is drawn; the cache is off, and the symbol another one each time. */
async function windowOf(from: Browser, rig: HttpApiRig): Promise<Probe> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(`${rig.api.url}/?symbol=${SYMBOLS[0]}&interval=1s&bars=${ROWS}#token=${rig.api.token('read')}`);
  await measures(page, 'prate:window', 1);
  let round = 0;
  const take = async (): Promise<number> => {
    await page.bringToFront();
    await page.waitForTimeout(500); // what it loads ahead comes to rest
    await page.evaluate('performance.clearMeasures()');
    round += 1;
    await page.keyboard.press(KEYS[round % 2] as string);
    const [first] = await measures(page, 'prate:window', 1);
    const { rows = 0, start, end } = first as Measure;
    // what is in sight is what is asked for, and that is some candles more after a zoom
    if (rows < ROWS || rows > 1.05 * ROWS) throw new Error(`a window of ${rows} rows came`);
    return end - start;
  };
  return { take, close: () => context.close() };
}

async function staticOf(from: Browser, url: string): Promise<Probe> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(url);
  await measures(page, 'prate:static', 1);
  const take = async (): Promise<number> => {
    await page.bringToFront();
    await page.waitForTimeout(500); // as the other
    await page.evaluate('performance.clearMeasures()');
    await page.evaluate('document.getElementById("again").click()');
    const [first] = await measures(page, 'prate:static', 1);
    const { start, end } = first as Measure;
    return end - start;
  };
  return { take, close: () => context.close() };
}

/** How long each frame takes while one scrolls back as fast as windows come; a stall would be a long one. */
async function frames(from: Browser, rig: HttpApiRig): Promise<number[]> {
  const context = await from.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(`${rig.api.url}/?symbol=${SYMBOLS[0]}&interval=1s&bars=300#token=${rig.api.token('read')}`);
  await measures(page, 'prate:window', 1);
  const times = await page.evaluate(`new Promise((resolve) => {
    const times = [];
    let last = null;
    const frame = (now) => {
      if (last !== null) times.push(now - last);
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
