import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const kept = readTokens(tokensFile);
  const tokens = kept === null ? {} : { tokens: kept };
  const start = (at: number): Promise<HttpApi> =>
    HttpApi.start({ ...parts, ...tokens, assets, port: at, clock: systemClock, random: secureRandom });
  const api = await start(port ?? DEFAULT_PORT).catch((error: unknown) => {
    if (port !== undefined || !(error instanceof InvalidInputError)) throw error;
    return start(0);
  });
  // the page that is open in a browser finds its session again after a restart
  if (kept === null) writeTokens(tokensFile, { read: api.token('read'), trade: api.token('trade') });
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
    return tokensSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // none yet, or none that can be used: there are new ones then
  }
}

function writeTokens(file: string, tokens: Tokens): void {
  writeFileSync(file, `${JSON.stringify(tokens)}\n`, { mode: 0o600 });
}
