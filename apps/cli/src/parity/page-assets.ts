/** What the page of a parity report is made of beside its data: its looks, and the script that draws its pictures. */

export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --line: #d8dde6; --ground: #ffffff; --card: #f6f7f9; --live: #2563eb; --paper: #d9730d; --mark: #fff3d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3442; --ground: #10141b; --card: #171d27; --live: #6ea8ff; --paper: #ffa94d; --mark: #3a2f14; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1500px; padding: 24px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 32px 0 8px; }
h3 { font-size: 14px; margin: 16px 0 4px; font-weight: 600; }
p { margin: 4px 0; }
.verdict { font-size: 17px; }
.soft, footer { color: var(--soft); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13px; color: var(--soft); }
.live { color: var(--live); font-weight: 600; }
.paper { color: var(--paper); font-weight: 600; }
.chart { height: 360px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.chart.low { height: 220px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 5px 10px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--card); font-weight: 600; }
.words { text-align: left; }
tr.differs td { background: var(--mark); }
li { margin: 2px 0; }
footer { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 8px; }
a { color: inherit; }
`;

/** Runs in the page, after the library. Reads the data beside it; asks nothing of anybody. */
export const PAGE_SCRIPT: string = `
(() => {
  'use strict';
  const { createChart, createSeriesMarkers, LineSeries } = LightweightCharts;
  const data = JSON.parse(document.getElementById('data').textContent);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const looks = () => ({
    localization: { locale: 'en', dateFormat: 'yyyy-MM-dd' },
    layout: { attributionLogo: false, background: { color: color('ground') }, textColor: color('ink') },
    grid: { vertLines: { color: color('line') }, horzLines: { color: color('line') } },
    rightPriceScale: { borderColor: color('line'), minimumWidth: 90 },
    timeScale: { borderColor: color('line'), timeVisible: true, secondsVisible: true },
  });
  const redraw = [];
  for (const picture of data) {
    const element = (part) => document.getElementById(part + '-' + picture.key);
    const make = (part) => createChart(element(part), { autoSize: true, ...looks() });
    const price = make('price');
    const profit = make('profit');
    const format = { priceFormat: { type: 'price', precision: picture.decimals, minMove: picture.tick } };
    const line = price.addSeries(LineSeries, { lineWidth: 1, priceLineVisible: false, ...format });
    line.setData(picture.prices.map(([time, value]) => ({ time, value })));
    const markers = createSeriesMarkers(line, []);
    const live = profit.addSeries(LineSeries, { lineWidth: 3, title: 'live', priceLineVisible: false });
    const paper = profit.addSeries(LineSeries, { lineWidth: 1, title: 'paper', priceLineVisible: false });
    live.setData(picture.profit.map(([time, value]) => ({ time, value })));
    paper.setData(picture.profit.map(([time, , value]) => ({ time, value })));
    const paint = () => {
      for (const chart of [price, profit]) chart.applyOptions(looks());
      line.applyOptions({ color: color('soft') });
      live.applyOptions({ color: color('live') });
      paper.applyOptions({ color: color('paper') });
      markers.setMarkers(picture.fills.map(([time, at, side, session]) => ({
        time,
        price: at,
        position: session === 'live' ? 'atPriceTop' : 'atPriceBottom',
        shape: side === 'BUY' ? 'arrowUp' : 'arrowDown',
        color: color(session),
      })));
    };
    paint();
    redraw.push(paint);
    let moving = false;
    const follow = (from, to) => from.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range === null || moving) return;
      moving = true;
      to.timeScale().setVisibleLogicalRange(range);
      moving = false;
    });
    price.timeScale().fitContent();
    profit.timeScale().fitContent();
    follow(price, profit);
    follow(profit, price);
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redraw.forEach((paint) => paint()));
})();
`;
