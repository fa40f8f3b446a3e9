import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandFailedError } from '../command-failed-error.ts';
import type { Io } from '../io.ts';
import { makeFolder, userPath } from '../paths.ts';
import { UsageError } from '../usage-error.ts';
import type { ReportDocument } from './report-document.ts';
import { reportPage } from './report-page.ts';

/** Where a report lies, as absolute paths. */
export interface ReportFiles {
  readonly page: string;
  readonly json: string;
}

/** `--report FILE.html`. @throws UsageError for another ending, and a folder that is not there */
export function reportFilesOf(io: Io, file: string): ReportFiles {
  const path = userPath(io.cwd, file);
  if (!/[^/\\]\.html?$/i.test(path))
    throw new UsageError(`--report writes a page: a name that ends in .html would be right, not '${file}'`);
  if (!existsSync(dirname(path)))
    throw new UsageError(`--report: there is no folder ${dirname(path)}; make it, or choose another place`);
  return { page: path, json: path.replace(/\.html?$/i, '.json') };
}

/**
 * Writes the page to this file and the JSON document beside it, in the place of what was there.
 * @throws UsageError for a name that does not end in .html; CommandFailedError where it cannot be written
 */
export async function writeReport(io: Io, file: string, document: ReportDocument): Promise<ReportFiles> {
  const files = reportFilesOf(io, file);
  await writeWhole(files.json, jsonOf(document));
  await writeWhole(files.page, reportPage(document));
  return files;
}

/** Where reports go that nobody gave a place: a folder beside the database. */
export const reportsFolder = (db: string): string => join(dirname(db), 'reports');

/**
 * Writes both into a folder, under a name that follows from the run. Where another report has that name, this one gets a number;
 * where the same report lies there already, it stays.
 * @throws CommandFailedError where it cannot be written
 */
export async function keepReport(folder: string, document: ReportDocument): Promise<ReportFiles> {
  const [name, json, page] = [reportName(document), jsonOf(document), reportPage(document)];
  try {
    makeFolder(folder);
    for (let number = 1; ; number += 1) {
      const path = join(folder, number === 1 ? name : `${name}-${number}`);
      const files = { page: `${path}.html`, json: `${path}.json` };
      if ((await isThere(files.page, page)) && (await isThere(files.json, json))) return files;
    }
  } catch (error) {
    throw new CommandFailedError(`no report can be written to ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** `ma-cross-BTC_USDT-20240501T000000Z-20240601T000000Z` */
export function reportName({ report }: ReportDocument): string {
  const { strategy, symbols, from, to } = report;
  const [first, ...others] = symbols;
  const time = from === null || to === null ? ['empty'] : [stampOf(from), stampOf(to)];
  const more = others.length === 0 ? [] : [`and-${others.length}-more`];
  return [wordOf(strategy), wordOf(String(first)), ...more, ...time].join('-');
}

const stampOf = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

/** As part of a name of a file on any system. */
const wordOf = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40) || 'run';

const jsonOf = (document: ReportDocument): string => `${JSON.stringify(document)}\n`;

/** Writes a new file; false where one lies there that holds something else. */
async function isThere(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')) === text;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new CommandFailedError(`${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
