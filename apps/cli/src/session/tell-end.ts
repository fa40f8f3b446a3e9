import { PrateError } from '@prate/domain';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { keepRunReport } from '../report/keep-run-report.ts';
import type { ReportFiles } from '../report/write-report.ts';
import type { Session, SessionResult } from './session.ts';
import { printDocument, printSummary } from './summary.ts';
import type { TimeAway } from './time-away.ts';
import type { UpParts } from './up-parts.ts';

interface Outcome {
  readonly result: SessionResult;
  readonly history: ReturnType<Session['history']>;
  /** Candles of the exchange's own that were fetched and stored. */
  readonly fetched: number;
  readonly away: TimeAway | null;
  readonly problems: readonly string[];
}

/** Writes the report of a session that has ended, and prints what it came to; the exit code says whether anything is lost. */
export async function tellEnd(
  io: Io,
  { options, settings, source, account }: UpParts,
  { result, history, fetched, away, problems }: Outcome,
  page: string | null,
): Promise<ExitCode> {
  const db = settings.db;
  const told = [...problems];
  const run = { kind: 'session', source, report: result.report, history, db } as const;
  const files = await keepRunReport(io, options.report, run).catch((error: unknown): ReportFiles | null => {
    if (!PrateError.is(error)) throw error;
    told.push(error.message); // what it came to is told all the same
    return null;
  });
  const ended = { source, result, db, fetched, page, problems: told, files, away };
  await (options.json ? printDocument(io, ended) : printSummary(io, ended, options));
  // a strategy that was stopped before it had started has not failed
  const hasFailed = (result.report?.errors ?? []).some(({ code }) => code !== 'RUN_STOPPED');
  const isUnwritten = files === null && typeof options.report === 'string' && result.report !== null;
  const isLost = isUnwritten || account?.isSaved === false;
  return hasFailed || isLost || result.problems.length > 0 ? ExitCode.FAILED : ExitCode.OK;
}
