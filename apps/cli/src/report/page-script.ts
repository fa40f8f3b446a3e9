/** The script of the page of a report: draws its two charts, and asks nothing of anybody. */
export const REPORT_SCRIPT: string = `
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  if (data.times.length === 0) return;
  const { createChart, BaselineSeries, LineSeries } = LightweightCharts;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const amount = (value) => value.toLocaleString('en', { maximumFractionDigits: 2 });
  const looks = () => ({
    localization: { locale: 'en', dateFormat: 'yyyy-MM-dd', priceFormatter: amount },
    layout: { attributionLogo: false, background: { color: color('ground') }, textColor: color('ink') },
    grid: { vertLines: { color: color('line') }, horzLines: { color: color('line') } },
    rightPriceScale: { borderColor: color('line'), scaleMargins: { top: 0.05, bottom: 0.08 } },
    timeScale: { borderColor: color('line'), timeVisible: true, secondsVisible: false, minBarSpacing: 0.02 },
  });
  // the page scrolls where a finger or a wheel goes over it
  const still = { handleScroll: { vertTouchDrag: false, mouseWheel: false }, handleScale: { mouseWheel: false } };
  const make = (id) => createChart(document.getElementById(id), { autoSize: true, ...still, ...looks() });
  const points = (values) => values.map((value, i) => ({ time: data.times[i], value }));
  const plain = { lineWidth: 2, priceLineVisible: false, lastValueVisible: false };
  const equity = make('equity');
  const hold = equity.addSeries(LineSeries, { ...plain, lineWidth: 1 });
  const run = equity.addSeries(LineSeries, plain);
  const falls = make('drawdown');
  falls.applyOptions({ localization: { priceFormatter: (value) => value.toFixed(2).replace('-', '−') + ' %' } });
  const lowest = Math.min(-0.1, ...data.drawdown);
  const fall = falls.addSeries(BaselineSeries, {
    ...plain,
    lineWidth: 1,
    baseValue: { type: 'price', price: 0 },
    autoscaleInfoProvider: () => ({ priceRange: { minValue: lowest, maxValue: 0 } }),
  });
  hold.setData(points(data.hold));
  run.setData(points(data.equity));
  fall.setData(points(data.drawdown));
  const paint = () => {
    for (const chart of [equity, falls]) {
      const { localization, ...rest } = looks();
      chart.applyOptions(rest);
    }
    run.applyOptions({ color: color('live') });
    hold.applyOptions({ color: color('paper') });
    const loss = color('loss');
    fall.applyOptions({
      topLineColor: loss,
      bottomLineColor: loss,
      bottomFillColor1: loss + '18',
      bottomFillColor2: loss + '60',
    });
  };
  paint();
  let moving = false;
  const follow = (from, to) => from.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range === null || moving) return;
    moving = true;
    to.timeScale().setVisibleLogicalRange(range);
    moving = false;
  });
  follow(equity, falls);
  follow(falls, equity);
  // both begin and end at the same place, and show the whole run
  const fit = () => requestAnimationFrame(() => {
    const minimumWidth = Math.max(...[equity, falls].map((chart) => chart.priceScale('right').width()));
    for (const chart of [equity, falls]) chart.priceScale('right').applyOptions({ minimumWidth });
    requestAnimationFrame(() => [equity, falls].forEach((chart) => chart.timeScale().fitContent()));
  });
  new ResizeObserver(fit).observe(document.getElementById('equity'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
})();
`;
