import { type Clock, systemClock } from '@prate/runtime';
import { ExitCode } from './exit-codes.ts';

/** What a command is given of the world it runs in, so that a test can give it another. */
export interface Io {
  /**
   * Data. Resolves when there is room for more.
   * @param code what the command comes to, whether or not this can be written
   * @throws OutputError
   */
  write(data: string | Uint8Array, code?: ExitCode): Promise<void>;
  /** Progress, warnings and errors. */
  warn(text: string): void;
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Whether data goes to a terminal. */
  readonly isTerminal: boolean;
  readonly colors: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the user stands: paths are relative to it. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborted when the user wants the command to end (SIGINT, SIGTERM). */
  readonly signal: AbortSignal;
}

/** Standard output takes no more. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** The reader went away (`| head`): no failure of ours. */
  readonly isClosed: boolean;
  /** What the command came to. */
  readonly exitCode: ExitCode;

  constructor(cause: NodeJS.ErrnoException, exitCode: ExitCode = ExitCode.OK) {
    super(`standard output cannot be written (${cause.code ?? cause.message})`, { cause });
    this.isClosed = cause.code === 'EPIPE';
    this.exitCode = exitCode;
  }
}

export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, env } = process;
  let broken: Error | null = null;
  stdout.on('error', (error) => {
    broken ??= error;
  });
  return {
    write(data, code) {
      if (broken !== null) return Promise.reject(new OutputError(broken, code));
      return new Promise((resolve, reject) => {
        stdout.write(data, (error) => (error ? reject(new OutputError(broken ?? error, code)) : resolve()));
      });
    },
    warn: (text) => {
      stderr.write(text);
    },
    stdin: process.stdin,
    stderr,
    isTerminal: stdout.isTTY === true,
    colors: stdout.isTTY === true && !env['NO_COLOR'],
    env,
    cwd: env['PRATE_CWD'] ?? process.cwd(),
    clock: systemClock,
    signal,
  };
}
