import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Trade } from '@prate/domain';
import type { FundingPayment } from '@prate/execution-port';
import { type RecordedEvent, type Recording, recordingOfHistory } from '@prate/parity';
import type { z } from 'zod';
import { CommandFailedError } from '../command-failed-error.ts';
import { LINES_VERSION, type Line, schemas } from './lines.ts';

/** What `--orders` was: a recording of events, or a history of orders. */
export interface ReadOrders {
  readonly kind: 'recording' | 'history';
  readonly recording: Recording;
}

/**
 * A recording as `orders watch --json` prints it, or what `orders history --json` prints; `.gz` of both.
 * @param fills the account's own, for a history: a recording has them
 * @throws CommandFailedError that names the line, and what would be right
 */
export async function readOrders(path: string, fills: readonly Trade[] | null): Promise<ReadOrders> {
  const text = await textOf(path);
  const document = documentOf(text);
  if (document === null || isLine(document)) return { kind: 'recording', recording: parseRecording(path, text, fills) };
  const orders = rowsOf(document, ['orders']);
  if (orders === null) {
    const right = `a recording of prate orders watch --json, or what prate orders history --json prints`;
    throw new CommandFailedError(`${path} is neither of the two: ${right}`);
  }
  const parsed = orders.map((row, i) => parse(schemas.order, row, `${path}: order ${i + 1}`));
  return { kind: 'history', recording: recordingOfHistory(parsed, fills ?? []) };
}

/** Own fills: what `orders fills --json` prints, an array, or a fill a line. */
export const readFills = (path: string): Promise<readonly Trade[]> =>
  readRows(path, ['fills', 'trades'], schemas.trade, 'fill');

/** Funding payments, in the same forms. */
export const readFunding = (path: string): Promise<readonly FundingPayment[]> =>
  readRows(path, ['payments', 'funding'], schemas.payment, 'payment');

async function readRows<T>(path: string, names: readonly string[], schema: z.ZodType<T>, what: string): Promise<T[]> {
  const text = await textOf(path);
  const document = documentOf(text);
  const rows = document === null ? null : rowsOf(document, names);
  if (rows !== null) return rows.map((row, i) => parse(schema, row, `${path}: ${what} ${i + 1}`));
  return linesOf(text).map(({ line, number }) => parse(schema, json(line, path, number), `${path}: line ${number}`));
}

function parseRecording(path: string, text: string, fills: readonly Trade[] | null): Recording {
  const lines = linesOf(text).map(({ line, number }): Line => {
    const content = json(line, path, number);
    const version = (content as { version?: unknown } | null)?.version;
    if (version !== undefined && version !== LINES_VERSION) {
      const right = `this prate reads version ${LINES_VERSION}`;
      throw new CommandFailedError(
        `${path}: line ${number}: version ${JSON.stringify(version).slice(0, 20)}: ${right}`,
      );
    }
    return parse(schemas.line, content, `${path}: line ${number}`);
  });
  const events = lines.flatMap((line): RecordedEvent[] => {
    if (line.kind === 'start' || line.kind === 'end') return [];
    const { version, time, ...event } = line;
    return [{ time, event }];
  });
  const own = (fills ?? []).map((trade): RecordedEvent => ({ time: trade.time, event: { kind: 'fill', trade } }));
  if (events.length === 0 && own.length === 0)
    throw new CommandFailedError(`${path}: it has no events, so there is nothing to compare`);
  const timeOf = (kind: 'start' | 'end'): number | null => lines.find((line) => line.kind === kind)?.time ?? null;
  return { from: timeOf('start'), to: timeOf('end'), events: [...events, ...own] };
}

const isLine = (document: unknown): boolean =>
  typeof document === 'object' && document !== null && 'version' in document && 'kind' in document;

/** The array in a document, or the document where it is one. */
function rowsOf(document: unknown, names: readonly string[]): readonly unknown[] | null {
  if (Array.isArray(document)) return document;
  if (typeof document !== 'object' || document === null) return null;
  const rows = names.map((name) => (document as Record<string, unknown>)[name]).find(Array.isArray);
  return rows ?? null;
}

/** The whole text as one document; null where it is none, as several lines are. */
function documentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Lines that are not empty, counted from 1. */
const linesOf = (text: string): { readonly line: string; readonly number: number }[] =>
  text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [{ line, number: i + 1 }]));

function json(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line;
    throw new CommandFailedError(
      `${path}: line ${number} is no JSON document: ${shown}; one whole document a line would be right`,
    );
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => {
    const field = issue.path.join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new CommandFailedError(`${where}: ${issues.slice(0, 3).join('; ')}`);
}

async function textOf(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isPacked ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new CommandFailedError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
