import { setImmediate } from 'node:timers/promises';
import type { CandleStorePort, SeriesCoverage } from '@prate/candle-store-port';
import { seriesKey, totalMs } from '@prate/domain';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { startProgress } from '../progress.ts';
import { openStoredData } from '../stores.ts';
import { formatTime } from '../times.ts';
import { plainTable } from '../write-candles.ts';

export interface StatusOptions {
  readonly db?: string;
  readonly json?: true;
  readonly symbol?: string;
  readonly venue?: string;
}

/** What is stored: per series and step, rows, time, gaps. */
export async function showStatus(io: Io, options: StatusOptions): Promise<ExitCode> {
  const store = openStoredData(io, options);
  try {
    const stats = await store.stats();
    const coverage = await coverageOf(io, store, options);
    if (options.json) {
      const document = { db: store.file, ...stats, stored: coverage.map(summaryOf) };
      await io.write(`${JSON.stringify(document, null, 2)}\n`);
      return ExitCode.OK;
    }
    const perRow = stats.rows >= 1000 ? `, ${(stats.bytes / stats.rows).toFixed(1)} bytes a row` : '';
    await io.write(
      `${store.file}: ${counted(stats.rows, 'row')} in ${counted(stats.blocks, 'block')}, ${number(stats.bytes)} bytes${perRow}\n`,
    );
    if (coverage.length === 0) {
      const asked = options.symbol !== undefined || options.venue !== undefined;
      await io.write(
        asked && stats.rows > 0
          ? 'nothing is stored of this symbol or venue; without --symbol and --venue this shows everything\n'
          : 'nothing is stored yet: prate candles import FILE --symbol S\n',
      );
      return ExitCode.OK;
    }
    const table = plainTable(
      ['series', 'candles', 'first (UTC)', 'end (UTC)', 'rows', 'watched s', 'gaps'],
      io.colors,
      4,
    );
    for (const entry of coverage.map(summaryOf)) {
      table.push([
        seriesKey(entry),
        entry.interval,
        entry.from === null ? '' : formatTime(entry.from),
        entry.to === null ? '' : formatTime(entry.to),
        number(entry.rows),
        number(entry.observedSeconds),
        number(entry.gaps),
      ]);
    }
    await io.write(`${table.toString()}\n`);
    return ExitCode.OK;
  } finally {
    await store.close();
  }
}

/** Series by series, so that an interrupt is heard and progress is seen between them. */
async function coverageOf(io: Io, store: CandleStorePort, { symbol, venue }: StatusOptions): Promise<SeriesCoverage[]> {
  const asked = (await store.series()).filter(
    (series) => (symbol ?? series.symbol) === series.symbol && (venue ?? series.venue) === series.venue,
  );
  const found: SeriesCoverage[] = [];
  const progress = startProgress(io, 'reading');
  try {
    for (const [i, series] of asked.entries()) {
      progress.update(i, asked.length);
      await setImmediate();
      found.push(...(await store.coverage({ series }, { signal: io.signal })));
    }
  } finally {
    progress.stop();
  }
  return found.toSorted(bySeries);
}

function summaryOf({ series, step, rows, observed }: SeriesCoverage) {
  const last = observed.at(-1);
  return {
    ...series,
    interval: step.text,
    rows,
    from: observed[0]?.from ?? null,
    to: last?.to ?? null,
    observedSeconds: totalMs(observed) / 1000,
    gaps: Math.max(0, observed.length - 1),
  };
}

const number = (value: number): string => value.toLocaleString('en');

const bySeries = (a: SeriesCoverage, b: SeriesCoverage): number =>
  seriesKey(a.series).localeCompare(seriesKey(b.series), 'en') || (a.step.seconds ?? 0) - (b.step.seconds ?? 0);
