import type { WorkOutcome } from './rounds.ts';
import { ratioSpread, type Spread, spreadOf } from './statistics.ts';
import type { Ask, Unit, Work } from './work.ts';

/** One contender in one work. */
export interface ReportLine {
  readonly contender: string;
  /** Over rounds, in the unit of the work. */
  readonly spread: Spread;
  /** Its measure ÷ the first contender's, round by round: above 1, the first is better. */
  readonly ratio: Spread;
}

export interface ReportAsk {
  readonly text: string;
  readonly found: number;
  readonly met: boolean;
}

export interface ReportEntry {
  readonly work: string;
  readonly title: string;
  readonly unit: Unit;
  /** Why no time counts; null when they do. */
  readonly problem: string | null;
  readonly lines: readonly ReportLine[];
  readonly asks: readonly ReportAsk[];
  readonly notes: readonly string[];
}

/** @param outcomes by the name of the work; works without one are left out */
export function reportOf(works: readonly Work[], outcomes: ReadonlyMap<string, WorkOutcome>): readonly ReportEntry[] {
  return works.flatMap((work): ReportEntry[] => {
    const outcome = outcomes.get(work.name);
    if (outcome === undefined) return [];
    const { name, title, unit, notes } = work;
    const frame = { work: name, title, unit, notes };
    if (outcome.kind === 'failed') return [{ ...frame, problem: outcome.problem, lines: [], asks: [] }];
    const contenders = Object.entries(outcome.rounds);
    const base = contenders[0]?.[1] as readonly number[];
    const lines = contenders.map(
      ([contender, rounds]): ReportLine => ({ contender, spread: spreadOf(rounds), ratio: ratioSpread(rounds, base) }),
    );
    const asks = work.asks.flatMap((ask) => answerOf(ask, name, outcomes) ?? []);
    return [{ ...frame, problem: null, lines, asks }];
  });
}

/** Null where it compares with a work that was not measured. */
function answerOf(ask: Ask, work: string, outcomes: ReadonlyMap<string, WorkOutcome>): ReportAsk | null {
  const roundsOf = (path: string): readonly number[] | null => {
    const [contender, where = work] = path.split('/').reverse() as [string, string?];
    const outcome = outcomes.get(where);
    if (outcome?.kind !== 'measured') return null;
    const rounds = outcome.rounds[contender];
    if (rounds === undefined) throw new TypeError(`${work} asks for ${path}, which ${where} does not have`);
    return rounds;
  };
  const own = roundsOf(ask.of);
  if (own === null) return null;
  if ('limit' in ask) {
    const found = spreadOf(own).median;
    return { text: `${ask.of} at most ${ask.limit}`, found, met: found <= ask.limit };
  }
  const other = roundsOf(ask.than);
  if (other === null) return null;
  const found = ratioSpread(other, own).median;
  return { text: `${ask.than} ÷ ${ask.of} at least ${digits(ask.times)}`, found, met: found >= ask.times };
}

/** Three digits that count. */
export function digits(value: number): string {
  const places = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(places, 4));
}

const spreadText = ({ median, lower, upper }: Spread): string =>
  `${digits(median)} (${digits(lower)}–${digits(upper)})`;

const askText = ({ text, found, met }: ReportAsk): string => `${text}: ${digits(found)}, ${met ? 'met' : 'NOT met'}`;

/** For a terminal. */
export function plainTable(entries: readonly ReportEntry[]): string {
  const blocks = entries.map(({ work, title, unit, problem, lines, asks }) => {
    const head = `${work}: ${title}`;
    if (problem !== null) return `${head}\n  NO TIME COUNTS: ${problem}\n`;
    const first = lines[0]?.contender;
    const rows = lines.map(
      ({ contender, spread, ratio }) =>
        `  ${contender.padEnd(22)}${`${spreadText(spread)} ${unit}`.padEnd(38)}${spreadText(ratio)} × ${first}`,
    );
    return [head, ...rows, ...asks.map((ask) => `  ${askText(ask)}`), ''].join('\n');
  });
  return blocks.join('\n');
}

/** For docs/benchmarks.md. */
export function markdownTable(entries: readonly ReportEntry[]): string {
  const blocks = entries.map(({ work, title, unit, problem, lines, asks, notes }) => {
    const head = `### ${work}: ${title}\n`;
    if (problem !== null) return `${head}\nNo time counts: ${problem}\n`;
    const first = lines[0]?.contender;
    const rows = lines.map(
      ({ contender, spread, ratio }) => `| ${contender} | ${spreadText(spread)} | ${spreadText(ratio)} |`,
    );
    const table = [`| contender | ${unit} | ÷ ${first} |`, '| --- | --- | --- |', ...rows].join('\n');
    const said = [...asks.map((ask) => `- Asked: ${askText(ask)}.`), ...notes.map((note) => `- ${note}`)];
    return [head, table, ...(said.length === 0 ? [] : ['', ...said]), ''].join('\n');
  });
  return blocks.join('\n');
}
