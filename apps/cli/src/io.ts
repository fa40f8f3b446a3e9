import { type Clock, systemClock } from '@prate/runtime';

/** What a command is given of the world it runs in, so that a test can give it another. */
export interface Io {
  /** Data. Resolves when there is room for more. */
  write(data: string | Uint8Array): Promise<void>;
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

/** The reader of our output went away (`| head`): no failure of ours. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';
}

export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, env } = process;
  let broken = false;
  stdout.on('error', () => {
    broken = true;
  });
  return {
    write(data) {
      if (broken) return Promise.reject(new OutputClosedError());
      return new Promise((resolve, reject) => {
        stdout.write(data, (error) => (error ? reject(new OutputClosedError()) : resolve()));
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
