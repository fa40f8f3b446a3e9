import { readFileSync } from 'node:fs';
import { Credentials } from '@prate/mexc-futures/auth';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { UsageError } from './usage-error.ts';

export interface Keys {
  readonly apiKey: string;
  readonly secretKey: string;
}

export const KEY_NAMES = ['MEXC_API_KEY', 'MEXC_SECRET_KEY'] as const;
type KeyName = (typeof KEY_NAMES)[number];

export const KEYS_HINT =
  'set MEXC_API_KEY and MEXC_SECRET_KEY, or name files that hold them in MEXC_API_KEY_FILE and MEXC_SECRET_KEY_FILE';

/**
 * The keys of MEXC from the environment, or from the files that it names; null where there are none. They come from nowhere
 * else: a flag would show in the list of processes, a configuration file ends up in a repository.
 *
 * @throws UsageError for half a pair, for a key that is given twice, for a file that cannot be read, for what can be no key
 */
export function readKeys(io: Io): Keys | null {
  const [apiKey, secretKey] = KEY_NAMES.map((name) => readKey(io, name));
  if (apiKey === undefined && secretKey === undefined) return null;
  if (apiKey === undefined || secretKey === undefined) {
    const missing = apiKey === undefined ? 'MEXC_API_KEY' : 'MEXC_SECRET_KEY';
    throw new UsageError(`${missing} is missing beside the other key: ${KEYS_HINT}`);
  }
  try {
    new Credentials(apiKey, secretKey); // says what is wrong with a key, and does not repeat it
  } catch (error) {
    throw new UsageError(`the keys of MEXC: ${(error as Error).message}`);
  }
  return { apiKey, secretKey };
}

/** The file that a key comes from; undefined for one that does not come from a file. */
export const keyFile = (io: Io, name: KeyName): string | undefined => {
  const file = io.env[`${name}_FILE`];
  return file ? userPath(io.cwd, file) : undefined;
};

function readKey(io: Io, name: KeyName): string | undefined {
  const value = io.env[name] || undefined;
  const file = keyFile(io, name);
  if (file === undefined) return value;
  if (value !== undefined) throw new UsageError(`${name} and ${name}_FILE are both set: which of them is meant?`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    // not which one: it may be the key itself, put where a path belongs
    throw new UsageError(
      `the file that ${name}_FILE names cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no file'}): it must be a path to a file that holds the key`,
    );
  }
}
