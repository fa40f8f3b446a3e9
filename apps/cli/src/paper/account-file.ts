import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PaperState } from '@prate/in-memory-paper';
import { z } from 'zod';
import { CommandFailedError } from '../command-failed-error.ts';
import { makeFolder } from '../paths.ts';
import { jsonPieces } from './json-pieces.ts';

const FORMAT = 'prate paper account';
const VERSION = 1;

/** A paper account between two commands. */
export interface SavedAccount {
  /** When it was begun, epoch ms. */
  readonly createdAt: number;
  /** What it began with. */
  readonly balance: string;
  /** The market is played up to and including this moment, epoch ms. */
  readonly time: number;
  readonly exchange: PaperState;
}

const time = z.int().nonnegative();
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const headSchema = z.looseObject({ format: z.literal(FORMAT), version: z.int() });
const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  createdAt: time,
  balance: z.string().regex(/^\d+(\.\d+)?$/, 'an amount'),
  time,
  // the exchange says itself which versions it takes; what is inside is told by the hash to be as it was written
  exchange: z.custom<PaperState>(isObject, 'an object'),
  sha256: z.string(),
});

/** What lies where the account should lie is none, or no whole one. */
export class BadAccountFileError extends CommandFailedError {}

/** @param advice what the user may do about a bad one @returns null where there is no file @throws BadAccountFileError, CommandFailedError where it cannot be read */
export function readAccountFile(file: string, advice: string = PAPER_ADVICE): SavedAccount | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new CommandFailedError(`the paper account ${file} cannot be read (${code ?? 'no file'})`);
  }
  const document = parseJson(text);
  const head = headSchema.safeParse(document);
  if (!head.success) throw bad(file, 'is no paper account of prate, or a damaged one', advice);
  if (head.data.version !== VERSION) {
    throw bad(
      file,
      `is a paper account of version ${head.data.version}, and this prate knows version ${VERSION}`,
      advice,
    );
  }
  const whole = fileSchema.safeParse(document);
  if (!whole.success) throw bad(file, `is a damaged paper account (${z.prettifyError(whole.error)})`, advice);
  const { createdAt, balance, time: playedTo, exchange, sha256 } = whole.data;
  const saved = { createdAt, balance, time: playedTo, exchange };
  if (hashOf(saved) !== sha256)
    throw bad(file, 'is a damaged paper account (its contents are not what was written)', advice);
  return saved;
}

/** The text of the file that is in the way is not touched: only `paper reset` moves it aside. */
export const bad = (file: string, why: string, advice: string = PAPER_ADVICE): BadAccountFileError =>
  new BadAccountFileError(`${file} ${why}; it is left as it is: ${advice}`);

const PAPER_ADVICE = 'prate paper reset moves it aside and begins anew, --paper-file FILE takes another';

/** The event loop has a turn after each so many ms, and the disk after so much text. */
const TURN_MS = 2;
const PART_LENGTH = 1 << 20;

/**
 * Whole or not at all, and on the disk when this resolves. Only its owner may read it. The state is that of the call, and what else
 * the process does goes on meanwhile. Whoever writes has the lock, and writes once at a time.
 * @throws CommandFailedError
 */
export async function writeAccountFile(file: string, saved: SavedAccount): Promise<void> {
  // what has this name is left over from one that died
  const temporary = `${file}.tmp`;
  try {
    makeFolder(dirname(file));
    await rm(temporary, { force: true });
    await synced(await open(temporary, 'wx', 0o600), (handle) => writeDocument(handle, saved));
    await rename(temporary, file);
    // Windows opens no folders, and needs it not
    if (process.platform !== 'win32') await synced(await open(dirname(file), 'r'), async () => {});
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // a full disk is not to be filled with it
    await rm(temporary, { force: true }).catch(() => {});
    throw new AccountNotSavedError(file, code ?? message);
  }
}

/** What happened since it was last saved is in this process alone. */
export class AccountNotSavedError extends CommandFailedError {
  /** `ENOSPC` */
  readonly why: string;

  constructor(file: string, why: string) {
    super(`the paper account cannot be saved to ${file} (${why}): what this command did is lost`);
    this.why = why;
  }
}

async function writeDocument(handle: FileHandle, saved: SavedAccount): Promise<void> {
  const { createdAt, balance, time: playedTo, exchange } = saved;
  const hash = createHash('sha256');
  const about = { createdAt, balance, time: playedTo };
  hash.update(`[${createdAt},${JSON.stringify(balance)},${playedTo},`);
  let text = `${JSON.stringify({ format: FORMAT, version: VERSION, ...about }).slice(0, -1)},"exchange":`;
  let since = performance.now();
  for (const piece of jsonPieces(exchange)) {
    hash.update(piece);
    text += piece;
    if (text.length > PART_LENGTH) {
      await handle.writeFile(text);
      text = '';
    } else if (performance.now() - since > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
    } else continue;
    since = performance.now();
  }
  hash.update(']');
  await handle.writeFile(`${text},"sha256":"${hash.digest('hex')}"}\n`);
}

async function synced(handle: FileHandle, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Out of the way, under a name that is free. @returns that name */
export function moveAside(file: string): string {
  for (let number = 1; ; number += 1) {
    const aside = `${file}.old-${number}`;
    if (existsSync(aside)) continue;
    renameSync(file, aside);
    return aside;
  }
}

const hashOf = ({ createdAt, balance, time: playedTo, exchange }: SavedAccount): string =>
  createHash('sha256')
    .update(JSON.stringify([createdAt, balance, playedTo, exchange]))
    .digest('hex');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
