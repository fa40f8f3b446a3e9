import { UNKNOWN } from './candle-columns.ts';

/** As many rows are written at once. */
export const MOST_ROWS = 1024;

/**
 * What the rows of one candle by the model `linear` have in common with those of most others: which steps its path takes
 * in which of them.
 */
export interface LinearLayout {
  seconds: number;
  /** How many steps there are: of 0 to so many seconds. */
  moving: number;
  /** 1 ÷ moving. */
  perStep: number;
  from: number;
  to: number;
  edge: number;
  width: number;
  /** The steps taken at the ends of rows: entry 0 is where the first begins. */
  readonly steps: Float64Array;
  /** The steps at which the three legs of the path begin; at the second and the third it turns. */
  readonly knots: Float64Array;
  /** How many steps each leg has, 1 at least, and 1 ÷ them. */
  readonly parts: Float64Array;
  readonly perPart: Float64Array;
  /** The first ends of rows at or after the end of each leg. */
  readonly ends: Int32Array;
}

/** The last one: made anew only where a candle needs another. */
const layout: LinearLayout = {
  ...{ seconds: 0, moving: 0, perStep: 0, from: 0, to: 0, edge: 0, width: 0 },
  steps: new Float64Array(MOST_ROWS + 1),
  knots: new Float64Array(4),
  parts: new Float64Array(3),
  perPart: new Float64Array(3),
  ends: new Int32Array(3),
};

/**
 * The layout of so many rows of a candle: seconds `[from, edge)`, then `width` at a time, the last one up to `to`. The next
 * call overwrites it.
 */
export function layoutOf(
  seconds: number,
  volumeUnits: number,
  trades: number,
  rows: number,
  from: number,
  to: number,
  edge: number,
  width: number,
): LinearLayout {
  // each second that trades gets at least one trade and one unit of volume, so there are no more of them than of those
  const trading = Math.min(seconds, volumeUnits, trades === UNKNOWN ? seconds : trades);
  const moving = trading === 0 ? seconds : trading;
  if (
    layout.moving !== moving ||
    layout.from !== from ||
    layout.to !== to ||
    layout.edge !== edge ||
    layout.width !== width ||
    layout.seconds !== seconds
  )
    layOut(seconds, moving, rows, from, to, edge, width);
  return layout;
}

function layOut(
  seconds: number,
  moving: number,
  rows: number,
  from: number,
  to: number,
  edge: number,
  width: number,
): void {
  const { steps, knots, parts, perPart, ends } = layout;
  layout.seconds = seconds;
  layout.moving = moving;
  layout.perStep = 1 / moving;
  layout.from = from;
  layout.to = to;
  layout.edge = edge;
  layout.width = width;
  const perSecond = 1 / seconds;
  steps[0] = along(0, moving, perSecond, from);
  let end = Math.min(edge, to);
  for (let i = 1; i <= rows; i += 1) {
    steps[i] = along(0, moving, perSecond, end);
    end = Math.min(end + width, to);
  }
  knots[1] = Math.ceil(moving / 3);
  knots[2] = Math.ceil((2 * moving) / 3);
  knots[3] = moving;
  let i = 0;
  for (let leg = 0; leg < 3; leg += 1) {
    const stop = knots[leg + 1] as number;
    parts[leg] = Math.max(1, stop - (knots[leg] as number));
    perPart[leg] = 1 / (parts[leg] as number);
    while (i <= rows && (steps[i] as number) < stop) i += 1;
    ends[leg] = i;
  }
}

/**
 * floor((each · parts + rest) · n ÷ parts), exactly, for whole numbers, rest and n from 0 to parts, which is below 2^25:
 * (rest · n + ½) ÷ parts lies at least ½ ÷ parts off a whole number, farther than the rounding of two products leads.
 */
export const along = (each: number, rest: number, perPart: number, n: number): number =>
  each * n + Math.floor((rest * n + 0.5) * perPart);
