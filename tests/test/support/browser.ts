import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const USUAL: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Chromium or Chrome of this machine (`PRATE_CHROMIUM` first); null where there is none. */
export const chromiumPath: string | null =
  [process.env['PRATE_CHROMIUM'] ?? '', ...USUAL].find((path) => path !== '' && existsSync(path)) ?? null;

if (chromiumPath === null) {
  console.warn('SKIPPED: no Chromium here. Install one (Debian: apt-get install chromium), or set PRATE_CHROMIUM.');
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath as string,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });

export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** A page and everything that its console complained of. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  { viewport = DESKTOP, colorScheme = 'light' }: Look = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** Below test-results/, which git ignores. */
export async function keepScreenshot(
  page: Page,
  name: string,
  { folder = 'dashboard', fullPage = false }: { readonly folder?: string; readonly fullPage?: boolean } = {},
): Promise<void> {
  const path = fileURLToPath(new URL(`../../../test-results/${folder}/`, import.meta.url));
  mkdirSync(path, { recursive: true });
  await page.screenshot({ path: `${path}${name}.png`, fullPage });
}

/** What axe finds, one line each. It runs beside the page's policy, as a debugger does. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as axe.AxeResults;
  return result.violations.map(
    ({ id, impact, help, nodes }) =>
      `${id} (${impact}): ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

type Colour = readonly [red: number, green: number, blue: number];

/** How many pixels of the canvases within an element are of some colours, each channel at most `within` off. */
export const pixelsOf = async (page: Page, selector: string, colours: readonly Colour[], within = 0): Promise<number> =>
  (await page.evaluate(`(() => {
    const wanted = ${JSON.stringify(colours)};
    let count = 0;
    for (const canvas of document.querySelectorAll('${selector} canvas')) {
      if (canvas.width === 0 || canvas.height === 0) continue;
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 200 && wanted.some((colour) => colour.every((c, k) => Math.abs(c - data[i + k]) <= ${within})))
          count += 1;
      }
    }
    return count;
  })()`)) as number;
