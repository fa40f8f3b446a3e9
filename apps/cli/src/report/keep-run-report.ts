import type { RunHistory, RunReport } from '@prate/strategy-runner';
import { CommandFailedError } from '../command-failed-error.ts';
import type { Io } from '../io.ts';
import type { Source } from '../sources.ts';
import { type ReportDocument, reportDocument } from './report-document.ts';
import { keepReport, type ReportFiles, reportsFolder, writeReport } from './write-report.ts';

/** A run that has ended, or is as far as it came. */
export interface RunToKeep {
  readonly kind: ReportDocument['kind'];
  readonly source: Source;
  /** Null before the account was first read: then there is nothing to report. */
  readonly report: RunReport | null;
  readonly history: RunHistory | null;
  readonly db: string;
}

/**
 * Writes the report of a run: to the file that was asked for, else among the reports beside the database. Where nobody asked for a
 * file, a folder that cannot be written to is no failure of the run.
 *
 * @param file what `--report` says; false for `--no-report`
 * @throws CommandFailedError where the file that was asked for cannot be written
 */
export async function keepRunReport(
  io: Io,
  file: string | false | undefined,
  { kind, source: { description, market }, report, history, db }: RunToKeep,
): Promise<ReportFiles | null> {
  if (file === false || report === null || history === null) return null;
  const document = reportDocument({ kind, source: { description, venue: market.venue }, report, history });
  if (file !== undefined) return writeReport(io, file, document);
  try {
    return await keepReport(reportsFolder(db), document);
  } catch (error) {
    if (!(error instanceof CommandFailedError)) throw error;
    io.warn(`prate: ${error.message}; choose a place with --report, or --no-report\n`);
    return null;
  }
}
