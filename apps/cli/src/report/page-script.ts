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
  const percent = (value) => value.toFixed(2).replace('-', '−') + ' %';
  falls.applyOptions({ localization: { priceFormatter: percent } });
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
  // both begin and end at the same place, and show the whole run, with room for the first and the last time below it
  const EDGE = 24;
  const show = () => {
    const last = data.times.length - 1;
    const room = EDGE * last / Math.max(EDGE, equity.timeScale().width() - 2 * EDGE);
    for (const chart of [equity, falls]) chart.timeScale().setVisibleLogicalRange({ from: -room, to: last + room });
  };
  const widen = () => {
    const minimumWidth = Math.max(...[equity, falls].map((chart) => chart.priceScale('right').width()));
    for (const chart of [equity, falls]) chart.priceScale('right').applyOptions({ minimumWidth });
  };
  // how wide prices are is known after they were drawn
  const fit = () => {
    const steps = [show, widen, show];
    const next = () => {
      steps.shift()();
      if (steps.length > 0) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  };
  // under the crosshair of either: the moment, and what all three curves were then
  const time = new Intl.DateTimeFormat('en-CA', {
    dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23', timeZone: 'UTC',
  });
  const told = {
    time: document.getElementById('told-time'),
    run: document.getElementById('told-run'),
    hold: document.getElementById('told-hold'),
    fall: document.getElementById('told-fall'),
  };
  const tell = (at) => {
    const known = data.times[at] !== undefined;
    told.time.textContent = known ? time.format(1000 * data.times[at]).replace(',', '') : '\\u00a0';
    told.run.textContent = known ? ' ' + amount(data.equity[at]) : '';
    told.hold.textContent = known ? ' ' + amount(data.hold[at]) : '';
    told.fall.textContent = known ? ': ' + percent(data.drawdown[at]) : '';
  };
  for (const chart of [equity, falls]) chart.subscribeCrosshairMove(({ logical }) => tell(logical));
  new ResizeObserver(fit).observe(document.getElementById('equity'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
})();
`;
