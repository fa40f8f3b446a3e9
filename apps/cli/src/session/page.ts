import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '@prate/domain';
import { HttpApi, type HttpApiOptions, secureRandom, type Tokens } from '@prate/http-api';
import { systemClock } from '@prate/runtime';
import { z } from 'zod';
import type { Io } from '../io.ts';

/** Where the page is, unless `--port` says otherwise or it is taken. */
const DEFAULT_PORT = 4747;

/** Serves the page of a session on this machine. The port that was not asked for may be another one. */
export async function servePage(
  io: Io,
  parts: Omit<HttpApiOptions, 'assets' | 'port' | 'clock' | 'random' | 'tokens'>,
  { port, tokensFile }: { readonly port: number | undefined; readonly tokensFile: string },
): Promise<HttpApi> {
  const assets = builtPage();
  if (assets === null) io.warn('the page is not built (npm run build); the API is served without it\n');
  // the page that is open in a browser finds its session again after a restart
  const tokens = readTokens(tokensFile);
  const start = (at: number): Promise<HttpApi> =>
    HttpApi.start({ ...parts, ...(tokens && { tokens }), assets, port: at, clock: systemClock, random: secureRandom });
  const api = await start(port ?? DEFAULT_PORT).catch((error: unknown) => {
    if (port !== undefined || !(error instanceof InvalidInputError)) throw error;
    return start(0);
  });
  if (tokens === null) keepTokens(io, tokensFile, { read: api.token('read'), trade: api.token('trade') });
  return api;
}

/** Null where it is not built. */
function builtPage(): string | null {
  const index = fileURLToPath(import.meta.resolve('@prate/dashboard/index.html'));
  return existsSync(index) ? dirname(index) : null;
}

/** In the folder of the database, for its owner's eyes only. */
export const tokensFileOf = (db: string): string => join(dirname(db), 'page-tokens.json');

const token = z.string().regex(/^[0-9A-Za-z_-]{32,128}$/);
const tokensSchema = z.object({ read: token, trade: token }).refine(({ read, trade }) => read !== trade);

function readTokens(file: string): Tokens | null {
  try {
    // whoever else could read them may know them
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) return null;
    return tokensSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // none yet, or none that can be used: there are new ones then
  }
}

/** Whole, and never readable by others: a file of before would keep its mode. */
function keepTokens(io: Io, file: string, tokens: Tokens): void {
  const whole = `${file}.${process.pid}`;
  try {
    rmSync(whole, { force: true });
    writeFileSync(whole, `${JSON.stringify(tokens)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(whole, file);
  } catch (error) {
    rmSync(whole, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    io.warn(`the page's tokens cannot be kept in ${file} (${code ?? error}): the next session has others\n`);
  }
}
