import { toInterval } from '@prate/domain';
import {
  type CandlestickData,
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  type HistogramData,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type LogicalRange,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
  type WhitespaceData,
} from 'lightweight-charts';
import { type Band, kindOf, type Slot, slotsOf } from '../state/axis.ts';
import type { Bar } from '../state/bars.ts';
import { changedTail } from './changed-tail.ts';
import { CLEAR, chartOptions, type Palette } from './palette.ts';
import { Unwatched } from './unwatched.ts';

export interface PriceLine {
  readonly price: number;
  readonly title: string;
  readonly kind: 'buy' | 'sell' | 'position';
}

export interface FillMark {
  /** The open of its candle, epoch ms. */
  readonly time: number;
  readonly side: 'BUY' | 'SELL';
  readonly price: number;
}

/** What is under the crosshair, or the last slot; null where there is none. */
export interface Pointed {
  readonly slot: Slot;
  readonly band: Band | null;
}

export interface PriceChartEvents {
  readonly onPointed: (pointed: Pointed | null) => void;
  /** How many slots are in sight and out of sight on either side, and the time at the right edge; null at the live end. */
  readonly onMoved: (inSight: number, left: number, right: number, to: number | null) => void;
}

/** The live end counts as in sight up to this many slots away. */
const NEAR_END = 1.5;
const SLOTS_AT_FIRST = 150;

/** Below days the axis tells the day alone, below minutes no seconds. */
const timesOf = (interval: string): { timeVisible: boolean; secondsVisible: boolean } => {
  const seconds = toInterval(interval).seconds ?? 0;
  return { timeVisible: seconds % 86_400 !== 0, secondsVisible: seconds % 60 !== 0 };
};

const secondsOf = (timeMs: number): UTCTimestamp => (timeMs / 1000) as UTCTimestamp;

/** The candle chart: bars of one stretch, orders, fills and what nobody watched. It knows nothing of where they come from. */
export class PriceChart {
  readonly #chart: IChartApi;
  readonly #prices: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #unwatched: Unwatched;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  readonly #events: PriceChartEvents;
  #palette: Palette;
  #bars: readonly Bar[] = [];
  #slots: readonly Slot[] = [];
  #bands: readonly Band[] = [];
  #stretch = -1;
  #interval = '';
  #lines: readonly PriceLine[] = [];
  #drawnLines: readonly IPriceLine[] = [];
  #fills: readonly FillMark[] = [];
  #pointedAt: number | null = null;

  constructor(container: HTMLElement, palette: Palette, events: PriceChartEvents) {
    this.#palette = palette;
    this.#events = events;
    this.#chart = createChart(container, {
      ...chartOptions(palette),
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { minBarSpacing: 0.02, rightOffset: 4 },
    });
    this.#prices = this.#chart.addSeries(CandlestickSeries, { priceLineStyle: LineStyle.Dotted });
    this.#prices.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.22 } });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      ...{ priceScaleId: '', lastValueVisible: false, priceLineVisible: false },
      priceFormat: { type: 'volume' },
    });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.#unwatched = new Unwatched(palette);
    this.#prices.attachPrimitive(this.#unwatched);
    this.#markers = createSeriesMarkers<Time>(this.#prices, []);
    this.#applyPalette();
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => this.#moved(range));
    this.#chart.subscribeCrosshairMove(({ logical }) => {
      this.#pointedAt = logical ?? null;
      this.#point();
    });
  }

  remove(): void {
    this.#chart.remove();
  }

  setPalette(palette: Palette): void {
    if (palette === this.#palette) return;
    this.#palette = palette;
    this.#applyPalette();
    this.#redraw();
    this.setLines(this.#lines);
    this.setFills(this.#fills);
    this.#moved(this.#chart.timeScale().getVisibleLogicalRange());
  }

  #applyPalette(): void {
    const { background, up, down } = this.#palette;
    const { layout, ...rest } = chartOptions(this.#palette);
    this.#chart.applyOptions({
      ...rest,
      layout: { ...layout, background: { type: ColorType.Solid, color: background } },
    });
    this.#prices.applyOptions({ upColor: up, downColor: down, borderUpColor: up, borderDownColor: down });
    this.#prices.applyOptions({ wickUpColor: up, wickDownColor: down });
  }

  setDecimals(decimals: number): void {
    const precision = Math.min(12, decimals);
    this.#prices.applyOptions({ priceFormat: { type: 'price', precision, minMove: 10 ** -precision } });
  }

  /**
   * @param stretch another number than before: another symbol, interval or place, shown at its right end
   * @param inSight how many slots to show of it
   * @param follows whether the right end stays in sight, whatever comes there
   */
  setBars(bars: readonly Bar[], interval: string, stretch: number, inSight: number | null, follows: boolean): void {
    const before = this.#bars;
    if (bars === before && stretch === this.#stretch) return;
    const isNew = stretch !== this.#stretch || before.length === 0;
    this.#bars = bars;
    this.#stretch = stretch;
    if (interval !== this.#interval) this.#chart.applyOptions({ timeScale: timesOf(interval) });
    this.#interval = interval;
    const changed = isNew ? null : changedTail(before, bars);
    const old = this.#slots;
    ({ slots: this.#slots, bands: this.#bands } = slotsOf(bars, interval));
    if (changed !== null && this.#slots.length - old.length === bars.length - before.length) {
      const last = before.at(-1)?.openTime ?? 0;
      for (const bar of bars.slice(changed)) {
        const slot = { time: bar.openTime, bar };
        const isRevised = bar.openTime < last;
        this.#prices.update(this.#candle(slot), isRevised);
        this.#volumes.update(this.#volume(slot), isRevised);
      }
      this.#unwatched.show(this.#bands, this.#palette);
    } else if (isNew) {
      this.#redraw();
      if (bars.length > 0) this.#showEnd(inSight ?? SLOTS_AT_FIRST);
    } else {
      this.#redrawInPlace(old, follows);
    }
    this.#point();
    this.#moved(this.#chart.timeScale().getVisibleLogicalRange());
  }

  setLines(lines: readonly PriceLine[]): void {
    this.#lines = lines;
    for (const drawn of this.#drawnLines) this.#prices.removePriceLine(drawn);
    this.#drawnLines = lines.map(({ price, title, kind }) =>
      this.#prices.createPriceLine({
        ...{ price, title, axisLabelVisible: true, lineWidth: 1 },
        color: kind === 'position' ? this.#palette.line : this.#palette[kind],
        lineStyle: kind === 'position' ? LineStyle.LargeDashed : LineStyle.Dashed,
      }),
    );
  }

  /** Those within the bars that are held are drawn. */
  setFills(fills: readonly FillMark[]): void {
    this.#fills = fills;
    const first = this.#bars[0]?.openTime ?? Number.POSITIVE_INFINITY;
    const last = this.#bars.at(-1)?.openTime ?? Number.NEGATIVE_INFINITY;
    const marks = fills.filter(({ time }) => time >= first && time <= last);
    this.#markers.setMarkers(
      marks.map(
        ({ time, side, price }): SeriesMarker<Time> => ({
          time: secondsOf(time),
          position: side === 'BUY' ? 'atPriceBottom' : 'atPriceTop',
          shape: side === 'BUY' ? 'arrowUp' : 'arrowDown',
          color: side === 'BUY' ? this.#palette.buy : this.#palette.sell,
          price,
        }),
      ),
    );
  }

  /** By screens: -1 is one to the left. */
  scroll(screens: number): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const inSight = range.to - range.from;
    // not beyond what is held: half of a screen stays, until more has come
    const by = Math.max(inSight * screens, Math.min(0, -inSight / 2 - range.from));
    this.#chart.timeScale().setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
  }

  /** The right edge stays. @param factor below 1: fewer slots in sight */
  zoom(factor: number): void {
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const inSight = Math.max(10, (range.to - range.from) * factor);
    this.#chart.timeScale().setVisibleLogicalRange({ from: range.to - inSight, to: range.to });
  }

  scrollToEnd(): void {
    this.#chart.timeScale().scrollToPosition(4, false);
  }

  #showEnd(inSight: number): void {
    const end = this.#slots.length + 3;
    this.#chart.timeScale().setVisibleLogicalRange({ from: end - inSight, to: end });
  }

  #redraw(): void {
    this.#prices.setData(this.#slots.map((slot) => this.#candle(slot)));
    this.#volumes.setData(this.#slots.map((slot) => this.#volume(slot)));
    this.#unwatched.show(this.#bands, this.#palette);
  }

  /** What is in sight stays in sight, though slots came or went on its left. */
  #redrawInPlace(old: readonly Slot[], follows: boolean): void {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    this.#redraw();
    if (range === null || old.length === 0) return;
    const anchor = Math.min(old.length - 1, Math.max(0, Math.round(range.to) - 1));
    const by = follows ? this.#slots.length - old.length : indexAt(this.#slots, (old[anchor] as Slot).time) - anchor;
    scale.setVisibleLogicalRange({ from: range.from + by, to: range.to + by });
  }

  #candle({ time, bar }: Slot): CandlestickData | WhitespaceData {
    if (bar === null) return { time: secondsOf(time) };
    const { open, high, low, close } = bar;
    const data: CandlestickData = { time: secondsOf(time), open, high, low, close };
    const kind = kindOf(bar);
    if (kind === 'watched') return data;
    if (kind === 'partly') return { ...data, color: CLEAR };
    const { unreal } = this.#palette;
    return { ...data, color: CLEAR, borderColor: unreal, wickColor: unreal };
  }

  #volume({ time, bar }: Slot): HistogramData | WhitespaceData {
    if (bar === null) return { time: secondsOf(time) };
    const { hatch, upVolume, downVolume } = this.#palette;
    const color = kindOf(bar) === 'made-up' ? hatch : bar.close >= bar.open ? upVolume : downVolume;
    return { time: secondsOf(time), value: bar.volume, color };
  }

  /** The label of the last price in sight has its candle's colour; grey where that is not the market's latest. */
  #paintLast(isAtEnd: boolean): void {
    const { up, down, unreal } = this.#palette;
    const bar = this.#slots.at(-1)?.bar ?? null;
    const kind = bar === null ? 'watched' : kindOf(bar);
    // a hollow candle has no colour to take
    const ofHollow = bar !== null && bar.close >= bar.open ? up : down;
    const ofLatest = kind === 'watched' ? '' : kind === 'partly' ? ofHollow : unreal;
    const priceLineColor = isAtEnd ? ofLatest : unreal;
    if (this.#prices.options().priceLineColor !== priceLineColor) this.#prices.applyOptions({ priceLineColor });
  }

  #moved(range: LogicalRange | null): void {
    if (range === null || this.#slots.length === 0) return;
    const end = this.#slots.length;
    const right = end - range.to;
    const edge = this.#slots[Math.min(end - 1, Math.max(0, Math.floor(range.to) - 1))] as Slot;
    const isAtEnd = right < NEAR_END;
    this.#paintLast(isAtEnd);
    this.#events.onMoved(range.to - range.from, range.from, right, isAtEnd ? null : edge.time);
  }

  #point(): void {
    const at = this.#pointedAt ?? this.#slots.length - 1;
    const slot = this.#slots[Math.round(at)];
    if (slot === undefined) {
      this.#events.onPointed(null);
      return;
    }
    const band = this.#bands.find(({ from, to }) => at >= from && at <= to) ?? null;
    this.#events.onPointed({ slot, band });
  }
}

/** The index of the last slot at or before a time, 0 where there is none. */
function indexAt(slots: readonly Slot[], time: number): number {
  let low = 0;
  let high = slots.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((slots[middle] as Slot).time <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
