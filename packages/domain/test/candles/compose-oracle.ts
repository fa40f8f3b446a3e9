import {
  type CandleBase,
  type CandleColumns,
  formatScaled,
  type InterpolationInput,
  interpolateSeconds,
  SOURCES,
  sliceColumns,
  UNKNOWN,
} from '../../src/candles/index.ts';
import { type CandleSource, Decimal } from '../../src/index.ts';

/**
 * composeCandles once more, slowly: second by second, with sets and exact decimals, from the words of the candle laws.
 * All times in here are epoch seconds.
 */
export interface OracleQuery {
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly fillFlat: boolean;
  readonly observedOnly: boolean;
  readonly carry: OracleCarry | null;
  readonly interpolation?: InterpolationInput | undefined;
}

/** A price that stood at the time `end`. */
export interface OracleCarry {
  readonly end: number;
  readonly price: Decimal;
  readonly source: CandleSource;
}

export interface OracleAnswer {
  /** As exactRows and provenance print them. */
  readonly rows: readonly string[];
  readonly carry: OracleCarry | null;
}

interface Row {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly turnover: Decimal | null;
  readonly trades: number | null;
  readonly source: CandleSource;
  readonly coverage: number;
}

interface Base {
  readonly step: number;
  /** By the second at which the slot opens. */
  readonly rows: ReadonlyMap<number, Row>;
  readonly watched: ReadonlySet<number>;
  readonly seconds: (slot: number) => readonly Row[];
}

interface Slot {
  readonly base: Base;
  readonly open: number;
}

const secondsOf = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const slotOf = (base: Base, second: number): number => Math.floor(second / base.step) * base.step;

function rowAt(columns: CandleColumns, i: number): Row {
  const price = (values: Float64Array): Decimal =>
    new Decimal(formatScaled(values[i] as number, columns.priceDecimals));
  const turnover = columns.turnover[i] as number | bigint;
  return {
    open: price(columns.open),
    high: price(columns.high),
    low: price(columns.low),
    close: price(columns.close),
    volume: new Decimal(formatScaled(columns.volume[i] as number | bigint, columns.volumeDecimals)),
    turnover: Number(turnover) === UNKNOWN ? null : new Decimal(formatScaled(turnover, columns.turnoverDecimals)),
    trades: columns.trades[i] === UNKNOWN ? null : (columns.trades[i] as number),
    source: SOURCES[columns.source[i] as number] as CandleSource,
    coverage: columns.coverage[i] as number,
  };
}

const rowsAt = (columns: CandleColumns): Row[] => Array.from({ length: columns.length }, (_, i) => rowAt(columns, i));

function toBase({ rows, observed }: CandleBase, interpolation: InterpolationInput | undefined): Base {
  const index = new Map(Array.from(rows.openTime, (ms, i) => [ms / 1000, i]));
  const seconds = new Map<number, readonly Row[]>();
  const makeSeconds = (slot: number): readonly Row[] => {
    const i = index.get(slot) as number;
    return rowsAt(interpolateSeconds(sliceColumns(rows, i, i + 1), interpolation));
  };
  return {
    step: rows.interval.seconds as number,
    rows: new Map(rowsAt(rows).map((row, i) => [(rows.openTime[i] as number) / 1000, row])),
    watched: new Set(observed.flatMap((range) => secondsOf(range.from / 1000, range.to / 1000))),
    seconds: (slot) => {
      const made = seconds.get(slot) ?? makeSeconds(slot);
      seconds.set(slot, made);
      return made;
    },
  };
}

const watchedWhole = (base: Base, from: number, to: number): boolean =>
  secondsOf(from, to).every((s) => base.watched.has(s));
const hasRow = (base: Base, from: number, to: number): boolean =>
  secondsOf(from, to).some((s) => base.rows.has(slotOf(base, s)));
const knows = (base: Base, from: number, to: number): boolean =>
  hasRow(base, from, to) || secondsOf(from, to).some((s) => base.watched.has(s));

/** The longest stretches of `[from, to)` of which no second is in `taken`. */
function stretchesLeft(taken: ReadonlySet<number>, from: number, to: number): [number, number][] {
  const left: [number, number][] = [];
  for (const second of secondsOf(from, to)) {
    if (taken.has(second)) continue;
    const last = left.at(-1);
    if (last !== undefined && last[1] === second) last[1] = second + 1;
    else left.push([second, second + 1]);
  }
  return left;
}

/** A slot with a row, or one of which no finer base knows better than that it was quiet. */
const tells = (base: Base, finer: readonly Base[], slot: number): boolean =>
  base.rows.has(slot) || !finer.some((other) => hasRow(other, slot, slot + base.step));

/**
 * Whole data: slots that were watched from end to end, tell what they say and lie inside, without overlaps. Either the finer
 * bases have enough of them, or the coarsest base's and what the finer ones have in between.
 */
function coverWhole(bases: readonly Base[], from: number, to: number): boolean {
  const coarsest = bases.at(-1);
  if (coarsest === undefined) return from >= to;
  const finer = bases.slice(0, -1);
  if (coverWhole(finer, from, to)) return true;
  const taken = new Set<number>();
  for (let slot = slotOf(coarsest, from); slot < to; slot += coarsest.step) {
    const end = slot + coarsest.step;
    if (slot >= from && end <= to && watchedWhole(coarsest, slot, end) && tells(coarsest, finer, slot))
      for (const s of secondsOf(slot, end)) taken.add(s);
  }
  return taken.size > 0 && stretchesLeft(taken, from, to).every(([a, b]) => coverWhole(finer, a, b));
}

/** Which slot of which base each second of `[from, to)`, part of one bucket, is told by. */
function choose(bases: readonly Base[], from: number, to: number, chosen: Map<number, Slot>): void {
  const base = bases.at(-1);
  if (base === undefined) return;
  const finer = bases.slice(0, -1);
  // "a bucket reads from the finest base that covers it whole"
  if (coverWhole(finer, from, to)) {
    choose(finer, from, to, chosen);
    return;
  }
  const taken = new Set<number>();
  for (let slot = slotOf(base, from); slot < to; slot += base.step) {
    const end = slot + base.step;
    const inner = secondsOf(Math.max(slot, from), Math.min(end, to));
    if (!base.rows.has(slot) && !inner.some((s) => base.watched.has(s))) continue;
    if (finer.some((other) => knows(other, slot, end))) {
      // "below a minute whose seconds are partly observed, only those seconds exist"; at or above it the minute, where it is whole
      const whole = slot >= from && end <= to && watchedWhole(base, slot, end);
      if (!whole || !tells(base, finer, slot) || coverWhole(finer, slot, end)) continue;
    }
    for (const second of inner) {
      taken.add(second);
      chosen.set(second, { base, open: slot });
    }
  }
  for (const [a, b] of stretchesLeft(taken, from, to)) choose(finer, a, b, chosen);
}

export function oracle(candleBases: readonly CandleBase[], query: OracleQuery): OracleAnswer {
  const bases = candleBases.map((base) => toBase(base, query.interpolation));
  const rows: string[] = [];
  let standing: OracleCarry | null = query.carry;
  for (let open = query.from; open < query.to; open += query.width) {
    const end = open + query.width;
    const chosen = new Map<number, Slot>();
    choose(bases, open, end, chosen);
    const share = new Map<string, number>(); // how many seconds of the bucket each slot tells
    const key = ({ base, open: slot }: Slot): string => `${base.step} ${slot}`;
    for (const slot of chosen.values()) share.set(key(slot), (share.get(key(slot)) ?? 0) + 1);

    const parts: Row[] = [];
    let quiet = 0;
    let flat: OracleCarry | null = null;
    for (const second of secondsOf(open, end)) {
      const slot = chosen.get(second);
      const row = slot?.base.rows.get(slot.open);
      if (slot !== undefined && row !== undefined) {
        const whole = share.get(key(slot)) === slot.base.step;
        if (!whole) parts.push(slot.base.seconds(slot.open)[second - slot.open] as Row);
        else if (second === slot.open) parts.push(row);
        const slotEnd = slot.open + slot.base.step;
        standing = second + 1 === slotEnd ? { end: slotEnd, price: row.close, source: row.source } : null;
      } else if (slot?.base.watched.has(second)) {
        quiet += 1;
        standing = standing !== null && standing.end === second ? { ...standing, end: second + 1 } : null;
        flat ??= standing;
      } else standing = null;
    }
    const row = parts.length > 0 ? fold(parts) : query.fillFlat && flat !== null ? flatRow(flat) : null;
    if (row === null || (query.observedOnly && row.source === 'INTERPOLATED')) continue;
    rows.push(rowText(open, { ...row, coverage: row.coverage + quiet }, query.width));
  }
  return { rows, carry: standing };
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a.plus(b), new Decimal(0));

function fold(parts: readonly Row[]): Row {
  const first = parts[0] as Row;
  const turnovers = parts.map((part) => part.turnover).filter((value) => value !== null);
  const trades = parts.map((part) => part.trades).filter((value) => value !== null);
  return {
    open: first.open,
    high: Decimal.max(...parts.map((part) => part.high)),
    low: Decimal.min(...parts.map((part) => part.low)),
    close: (parts.at(-1) as Row).close,
    volume: sum(parts.map((part) => part.volume)),
    turnover: turnovers.length === parts.length ? sum(turnovers) : null,
    trades: trades.length === parts.length ? trades.reduce((a, b) => a + b, 0) : null,
    source: (['INTERPOLATED', 'EXCHANGE', 'TRADES'] as const).find((kind) =>
      parts.some((part) => part.source === kind),
    ) as CandleSource,
    coverage: parts.reduce((seconds, part) => seconds + part.coverage, 0),
  };
}

function flatRow({ price, source }: OracleCarry): Row {
  const none = new Decimal(0);
  return {
    open: price,
    high: price,
    low: price,
    close: price,
    volume: none,
    turnover: none,
    trades: 0,
    source,
    coverage: 0,
  };
}

const rowText = (open: number, row: Row, width: number): string =>
  [open * 1000, row.open, row.high, row.low, row.close, row.volume, row.turnover ?? '', row.trades ?? ''].join(',') +
  ` ${row.source} ${row.coverage}/${width}`;
