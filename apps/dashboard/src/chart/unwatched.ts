import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import { span } from '../format.ts';
import type { Band } from '../state/axis.ts';
import type { Palette } from './palette.ts';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** Distance between two lines of the hatching, in CSS pixels. */
const STEP = 7;
const FONT = '11px system-ui, sans-serif';

/** Hatches, behind the candles, what nobody watched: what was made up one way, what is missing the other, with its length. */
export class Unwatched implements ISeriesPrimitive<Time> {
  #chart: IChartApi | null = null;
  #update: () => void = () => {};
  #bands: readonly Band[] = [];
  #palette: Palette;
  readonly #views: readonly IPrimitivePaneView[];

  constructor(palette: Palette) {
    this.#palette = palette;
    const renderer: IPrimitivePaneRenderer = { draw: () => {}, drawBackground: (target) => this.#draw(target) };
    this.#views = [{ zOrder: () => 'bottom', renderer: () => renderer }];
  }

  show(bands: readonly Band[], palette: Palette): void {
    this.#bands = bands;
    this.#palette = palette;
    this.#update();
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart as IChartApi;
    this.#update = requestUpdate;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  #draw(target: Target): void {
    const scale = this.#chart?.timeScale();
    const sight = scale?.getVisibleLogicalRange();
    if (scale === undefined || !sight) return;
    const half = scale.options().barSpacing / 2;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      for (const { kind, from, to, missing } of this.#bands) {
        if (to < sight.from - 1 || from > sight.to + 1) continue;
        const left = scale.logicalToCoordinate(from as Logical);
        const right = scale.logicalToCoordinate(to as Logical);
        if (left === null || right === null) continue;
        const x = Math.max(-STEP, left - half);
        const width = Math.min(mediaSize.width + STEP, right + half) - x;
        context.save();
        context.beginPath();
        context.rect(x, 0, width, mediaSize.height);
        context.clip();
        context.strokeStyle = kind === 'gap' ? this.#palette.gap : this.#palette.hatch;
        hatch(context, x, width, mediaSize.height, kind === 'gap');
        if (missing !== null && width > 70) {
          context.fillStyle = this.#palette.text;
          context.font = FONT;
          context.textAlign = 'center';
          context.fillText('no data', x + width / 2, 16);
          context.fillText(span(missing.to - missing.from), x + width / 2, 31);
        }
        context.restore();
      }
    });
  }
}

/** Falling lines, or rising ones; they keep their place when the chart moves under them by whole steps only. */
function hatch(context: CanvasRenderingContext2D, x: number, width: number, height: number, isRising: boolean): void {
  context.lineWidth = 1;
  context.beginPath();
  for (let at = x - height; at < x + width; at += STEP) {
    context.moveTo(at, isRising ? height : 0);
    context.lineTo(at + height, isRising ? 0 : height);
  }
  context.stroke();
}
