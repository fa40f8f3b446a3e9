import type { CandleJson } from '@prate/http-api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser, openPage } from './support/browser.ts';
import {
  coloured,
  eventually,
  HISTORY_END_MS,
  openDashboard,
  pageFolder,
  pointedText,
  rowsOf,
  seen,
  startRig,
  storeHistory,
} from './support/dashboard-rig.ts';
import { START_MS } from './support/http-api-rig.ts';

describe.skipIf(chromiumPath === null)('the dashboard in a browser, over a paper session', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('chart: draws candles and moves with the market; mode and source are in large', async () => {
    await using rig = await startRig();
    await using opened = await openDashboard(browser, rig, { search: '?interval=10s' });
    const { page, complaints } = opened;
    expect(await page.locator('.mode').textContent()).toBe('PAPER');
    expect(await page.getByText('made-up prices').count()).toBe(1);
    const [text, picture] = [await pointedText(page), await page.locator('.canvas').screenshot()];
    rig.run();
    await eventually(() => pointedText(page)).not.toBe(text);
    await eventually(async () => (await page.locator('.canvas').screenshot()).equals(picture)).toBe(false);
    const from = rig.clock.nowMs();
    await eventually(() => rig.clock.nowMs()).toBeGreaterThan(from + 120_000);
    expect(seen(page, 'to')).toBeNull(); // it follows
    expect(complaints).toEqual([]);
  });

  it('intervals: by button, by key and typed, any number of seconds; what is none is refused in place', async () => {
    await using rig = await startRig();
    await using opened = await openDashboard(browser, rig);
    const { page, complaints } = opened;
    rig.run();
    await page.getByRole('button', { name: '1m', exact: true }).click();
    await eventually(() => seen(page, 'interval')).toBe('1m');
    await eventually(() => pointedText(page)).toMatch(/:00 1m/);
    await page.keyboard.press('3');
    await eventually(() => pointedText(page)).toMatch(/:(00|15|30|45) 15s/);
    await page.keyboard.press('i');
    await page.keyboard.type('7');
    await page.keyboard.press('Enter');
    await eventually(() => pointedText(page)).toContain(' 7s ');
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    const field = page.getByRole('textbox', { name: /Any interval/ });
    await field.fill('2d');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.press('Enter');
    await eventually(() => seen(page, 'interval')).toBe('7s');
    await page.getByText('1 s to 1 d, such as').waitFor();
    await page.keyboard.press('Escape'); // the keys are the page's again
    expect(await field.inputValue()).toBe('');
    await page.keyboard.press('9');
    await eventually(() => pointedText(page)).toMatch(/ 1d .*C\s[\d,]+\.\d .*not over yet, watched in part/);
    await page.getByRole('combobox', { name: 'Symbol' }).selectOption('ETH_USDT');
    await eventually(() => seen(page, 'symbol')).toBe('ETH_USDT');
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
  });

  it('scrolling back: loads what is older, tells made-up candles and gaps from the market, and comes back to now', async () => {
    await using rig = await startRig();
    await storeHistory(rig);
    await using opened = await openDashboard(browser, rig);
    const { page, complaints } = opened;
    rig.run(5);
    const to = (): number => Number(seen(page, 'to') ?? Number.POSITIVE_INFINITY);
    let windows = 0;
    page.on('request', (request) => {
      if (request.url().includes('/candles?')) windows += 1;
    });
    await page.keyboard.press('ArrowLeft'); // and back, without anything loaded
    await eventually(() => seen(page, 'to')).not.toBeNull();
    await page.keyboard.press('End');
    await eventually(() => seen(page, 'to')).toBeNull();
    const goal = HISTORY_END_MS - 6 * 3_600_000; // some 4,000 candles of 5 s back
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Shift+ArrowLeft');
          return to();
        },
        { timeout: 60_000, interval: 60 },
      )
      .toBeLessThan(goal);
    expect(windows).toBeGreaterThan(2);
    await page.locator('.canvas').hover();
    await eventually(() => pointedText(page)).toContain('made up (interpolated), 0% watched');
    await page.reload(); // the address says what was in sight, and the tab has kept the token
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    expect(to()).toBeLessThan(goal + 3_600_000);
    await page.keyboard.press('End');
    await eventually(() => seen(page, 'to')).toBeNull();
    await page.mouse.move(0, 0);
    await eventually(() => pointedText(page)).toContain('from trades');
    expect(complaints).toEqual([]);
  });

  it('a gap: has room of its own on the chart, and says that nobody watched', async () => {
    await using rig = await startRig();
    await storeHistory(rig);
    await using opened = await openDashboard(browser, rig, { search: '?interval=1m&bars=60' });
    const { page } = opened;
    const box = await page.locator('.canvas').boundingBox();
    if (box === null) throw new Error('no chart');
    let text = '';
    for (let x = box.width * 0.8; x > 0 && !text.includes('no data'); x -= 15) {
      await page.mouse.move(box.x + x, box.y + box.height / 2);
      text = await pointedText(page);
    }
    expect(text).toContain('no data');
    expect(text).toContain('2025-01-15 11:00:00 to 2025-01-15 12:00:00 (1 h)');
    expect(START_MS - HISTORY_END_MS).toBe(3_600_000);
  });

  it('an order: appears in the list when it rests, and goes into the fills when it trades', async () => {
    await using rig = await startRig();
    await rig.control.stopStrategy();
    await using opened = await openDashboard(browser, rig);
    const { page, complaints } = opened;
    const mark = await rig.market.getTicker('BTC_USDT');
    const price = mark.lastPrice.times('0.9').toDecimalPlaces(1).toString();
    const order = { symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', quantity: '0.012', price } as const;
    expect((await rig.execution.createOrder(order)).kind).toBe('accepted');
    await expect.poll(() => rowsOf(page, /Open orders \(1\)/)).toEqual([expect.stringMatching(/^BTC_USDT BUY LIMIT/)]);
    const before = (await rowsOf(page, /Fills/)).length;
    rig.run();
    const bought = await rig.execution.createOrder({
      symbol: 'BTC_USDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.0123',
    });
    expect(bought.kind).toBe('accepted');
    await eventually(async () => (await rowsOf(page, /Fills/)).length).toBeGreaterThan(before);
    expect((await rowsOf(page, /Fills/))[0]).toMatch(/BTC_USDT BUY [\d,.]+ 0\.0123 taker [\d.]+ USDT/);
    await page.keyboard.press('9'); // the candle of the day has them all
    await eventually(() => pointedText(page)).toMatch(/own BUY 0\.0123 at [\d,.]+/);
    await eventually(() => rowsOf(page, /Positions/)).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it('kill switch: asks first; then stops the strategy, cancels every order, verifies, and shows what it did', async () => {
    await using rig = await startRig();
    await using opened = await openDashboard(browser, rig);
    const { page, complaints } = opened;
    rig.run(5);
    for (const symbol of ['BTC_USDT', 'ETH_USDT']) {
      const { lastPrice } = await rig.market.getTicker(symbol);
      const price = lastPrice.times('0.8').toDecimalPlaces(1).toString();
      await rig.execution.createOrder({ symbol, side: 'BUY', type: 'LIMIT', quantity: '0.01', price });
    }
    await page.getByRole('heading', { name: /Open orders \([23]\)/ }).waitFor();
    await page.keyboard.press('k');
    const dialog = page.getByRole('dialog', { name: 'Kill switch' });
    await page.keyboard.press('Enter'); // what has the focus first does no harm
    await dialog.waitFor({ state: 'detached' });
    expect((await rig.execution.getOpenOrders()).length).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'Kill switch' }).click();
    await dialog.getByRole('button', { name: 'Stop and cancel everything' }).click();
    await dialog.getByText('The strategy is stopped.').waitFor();
    expect(await dialog.textContent()).toMatch(
      /[23] orders cancelled\.Verified: the exchange has no open order left\./,
    );
    expect(await rig.execution.getOpenOrders()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Open orders (0)' }).waitFor();
    await eventually(() => page.locator('.state').textContent()).toBe('stopped');
    await page.getByRole('banner').getByText('strategy stopped').waitFor();
    expect(complaints).toEqual([]);
  });

  it('kill switch: what was not cancelled is named, and not called done', async () => {
    await using rig = await startRig();
    const { lastPrice } = await rig.market.getTicker('BTC_USDT');
    const price = lastPrice.times('0.8').toDecimalPlaces(1).toString();
    await rig.execution.createOrder({ symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', quantity: '0.01', price });
    rig.control.kill = async () => ({
      ...{ strategyStopped: true, cancelled: 0, verified: false },
      ...{ remaining: await rig.execution.getOpenOrders(), problems: ['the venue did not answer'] },
    });
    await using opened = await openDashboard(browser, rig);
    const { page } = opened;
    await page.keyboard.press('k');
    const dialog = page.getByRole('dialog', { name: 'Kill switch' });
    await dialog.getByRole('button', { name: 'Stop and cancel everything' }).click();
    await dialog.getByText('NOT verified: 1 may still be open.').waitFor();
    expect(await dialog.textContent()).toMatch(/BTC_USDT BUY 0\.01 at .*the venue did not answer/);
  });

  it('a server that restarts: is told of plainly, and the page comes back by itself with what it missed', async () => {
    await using rig = await startRig();
    await rig.control.stopStrategy();
    await using opened = await openDashboard(browser, rig, { search: '?interval=1s&bars=600' });
    const { page, complaints } = opened;
    const { port } = rig.api;
    const tokens = { read: rig.api.token('read'), trade: rig.api.token('trade') };
    await rig.api.close();
    await page.getByRole('alert').filter({ hasText: 'No connection since' }).waitFor();
    const { lastPrice } = await rig.market.getTicker('BTC_USDT');
    const price = lastPrice.times('0.9').toDecimalPlaces(1).toString();
    await rig.execution.createOrder({ symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', quantity: '0.01', price });
    await rig.advance(360_000); // more than the stream tells anew
    await rig.restartApi({ assets: pageFolder(), port, tokens });
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await eventually(() => page.getByRole('alert').textContent()).toBe('');
    await page.getByRole('heading', { name: 'Open orders (1)' }).waitFor();
    await eventually(() => pointedText(page)).toMatch(/^2025-01-15 12:07:5/);
    // every second that passed meanwhile is there: walking over the chart finds no gap
    const box = await page.locator('.canvas').boundingBox();
    if (box === null) throw new Error('no chart');
    const times = new Set<string>();
    for (let x = box.width * 0.3; x < box.width * 0.88; x += 3) {
      await page.mouse.move(box.x + x, box.y + box.height / 2);
      const text = await pointedText(page);
      expect(text).not.toContain('no data');
      times.add(text.slice(0, 19));
    }
    expect(times.size).toBeGreaterThan(100);
    await page.mouse.move(0, 0);
    rig.run(5);
    await eventually(() => pointedText(page)).not.toMatch(/^2025-01-15 12:07/);
    expect(complaints.filter((text) => !/ERR_CONNECTION_REFUSED|WebSocket connection/.test(text))).toEqual([]);
  });

  it('stream: a revised candle is drawn in its place; where a message is missing, the whole is asked for again', async () => {
    await using rig = await startRig();
    const { page, context, complaints } = await openPage(browser);
    let send: (message: object) => void = () => {};
    const snapshots: { id: string; seq: number; data: { candles: CandleJson[]; forming: CandleJson | null } }[] = [];
    let asked = 0;
    let seq = 0;
    await page.routeWebSocket(/\/stream$/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((text) => {
        if (String(text).includes('"kind":"candles"')) asked += 1;
        server.send(text);
      });
      server.onMessage((text) => {
        const message = JSON.parse(String(text));
        if (message.type === 'snapshot' && message.id.startsWith('candles')) snapshots.push(message);
        if (message.id === snapshots.at(-1)?.id) seq = message.seq ?? seq;
        socket.send(text);
      });
      send = (message) => socket.send(JSON.stringify(message));
    });
    await page.goto(rig.api.pageUrl());
    await eventually(() => snapshots.length).toBe(1);
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    const [{ id, data }] = snapshots as [(typeof snapshots)[0]];
    const old = data.candles.at(-5) as CandleJson;
    const picture = await page.locator('.canvas').screenshot();
    const revised = { ...old, high: old.high + 100 };
    send({ type: 'change', id, seq: seq + 1, data: { candles: [revised], forming: data.forming, gap: null } });
    await eventually(async () => (await page.locator('.canvas').screenshot()).equals(picture)).toBe(false);
    expect(asked).toBe(1);
    send({ type: 'change', id, seq: seq + 5, data: { candles: [], forming: null, gap: null } });
    await eventually(() => asked).toBe(2);
    await eventually(async () => (await page.locator('.canvas').screenshot()).equals(picture)).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('tokens: taken out of the address; a token that is good no more, or none at all, is said in plain words', async () => {
    await using rig = await startRig();
    await using opened = await openDashboard(browser, rig);
    const { page, context } = opened;
    expect(page.url()).not.toContain(rig.api.token('trade'));
    const bare = await context.newPage();
    await bare.goto(rig.api.url);
    await bare.getByText('needs the whole address').waitFor();
    const { port } = rig.api;
    await rig.restartApi({ assets: pageFolder(), port });
    await page.getByRole('alert').filter({ hasText: 'Open the address that prate up has printed last' }).waitFor();
  });

  it('a token for reading: shows everything, and has no kill switch', async () => {
    await using rig = await startRig();
    await using opened = await openDashboard(browser, rig, { scope: 'read' });
    const { page, complaints } = opened;
    expect(await page.getByRole('button', { name: 'Kill switch' }).isDisabled()).toBe(true);
    await page.keyboard.press('k');
    const sure = page.getByRole('button', { name: 'Stop and cancel everything' });
    expect(await sure.isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('policy: the page runs under a policy without anything inline, and the browser refuses nothing of it', async () => {
    await using rig = await startRig();
    const { page, context, complaints } = await openPage(browser);
    const reply = await page.goto(rig.api.pageUrl());
    const policy = reply?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toContain('unsafe');
    await eventually(() => coloured(page)).toBeGreaterThan(50);
    for (const key of ['?', 'Escape', 't', 't', 't', 'k', 'Escape']) await page.keyboard.press(key);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
