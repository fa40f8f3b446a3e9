import type { Io } from './io.ts';

/** How the user calls `prate`: from a checkout it goes through npm. */
export const prateCommand = (io: Io): string => (io.env['PRATE_CWD'] === undefined ? 'prate' : 'npm run -s prate --');

/** The flag for the database at hand, where a command line needs it to find it again. */
export const dbFlag = (flags: { readonly db?: string | undefined }): string =>
  flags.db === undefined ? '' : ` --db ${quoted(flags.db)}`;

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
