/** The script of the page of a parity report, which draws its pictures. */

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
