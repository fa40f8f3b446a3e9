// The page's own chart, drawing arrays that it has already: what no server can be faster than.
import { PALETTES } from '../src/chart/palette.ts';
import { PriceChart } from '../src/chart/price-chart.ts';
import type { Bar } from '../src/state/bars.ts';

const rows = Number(new URLSearchParams(location.search).get('rows'));
const chart = new PriceChart(document.getElementById('chart') as HTMLElement, PALETTES.light, {
  onPointed: () => {},
  onMoved: () => {},
});
chart.setDecimals(1);

function barsFrom(seconds: number): Bar[] {
  return Array.from({ length: rows }, (_, i) => {
    const open = 60_000 + 50 * Math.sin((seconds + i) / 90);
    return {
      openTime: (seconds + i) * 1000,
      ...{ open, high: open + 4, low: open - 3, close: open + 1, volume: 2, turnover: 2 * open, trades: 3 },
      ...{ source: 'TRADES', coverage: 1 },
    };
  });
}

let stretch = 0;
function draw(): void {
  stretch += 1;
  const bars = barsFrom(stretch * 1_000_000);
  const start = performance.now();
  chart.setBars(bars, '1s', stretch, rows, true);
  requestAnimationFrame(() => performance.measure('prate:static', { start }));
}
document.getElementById('again')?.addEventListener('click', draw);
draw();
