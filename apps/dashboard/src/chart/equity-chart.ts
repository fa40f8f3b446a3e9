import type { EquityJson } from '@prate/http-api/wire';
import { BaselineSeries, createChart, type IChartApi, type ISeriesApi, type UTCTimestamp } from 'lightweight-charts';
import { chartOptions, type Palette } from './palette.ts';

/** The account's worth over time: above where it began in one colour, below in the other. */
export class EquityChart {
  readonly #chart: IChartApi;
  readonly #line: ISeriesApi<'Baseline'>;

  constructor(container: HTMLElement, palette: Palette) {
    this.#chart = createChart(container, {
      ...chartOptions(palette),
      autoSize: true,
      ...{ handleScroll: false, handleScale: false },
      timeScale: { timeVisible: true, minBarSpacing: 0.01 },
    });
    this.#line = this.#chart.addSeries(BaselineSeries, { lineWidth: 2, priceLineVisible: false });
    this.setPalette(palette);
  }

  remove(): void {
    this.#chart.remove();
  }

  setPalette(palette: Palette): void {
    const { up, down, upVolume, downVolume } = palette;
    this.#chart.applyOptions(chartOptions(palette));
    this.#line.applyOptions({ topLineColor: up, topFillColor1: upVolume, topFillColor2: `${up}00` });
    this.#line.applyOptions({ bottomLineColor: down, bottomFillColor1: `${down}00`, bottomFillColor2: downVolume });
  }

  /** The numbers are for the eye only: a pixel is coarser than any double. */
  setCurve({ time, equity }: EquityJson): void {
    const bySecond = new Map(time.map((timeMs, i) => [Math.floor(timeMs / 1000), Number(equity[i])]));
    const points = [...bySecond].map(([second, value]) => ({ time: second as UTCTimestamp, value }));
    this.#line.applyOptions({ baseValue: { type: 'price', price: points[0]?.value ?? 0 } });
    this.#line.setData(points);
    this.#chart.timeScale().fitContent();
  }
}
