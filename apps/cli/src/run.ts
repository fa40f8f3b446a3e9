import { readFileSync } from 'node:fs';
import { PrateError } from '@prate/domain';
import { CommanderError } from 'commander';
import { isAuthError } from './auth-errors.ts';
import { ExitCode } from './exit-codes.ts';
import { type Io, OutputClosedError } from './io.ts';
import { buildProgram } from './program.ts';
import { UsageError } from './usage-error.ts';

/** A setting names a host to which no key may go. */
const HOST_NOT_ALLOWED = 'HOST_NOT_ALLOWED';

/** Runs one command line; never throws, and returns the exit code. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.OK;
  const program = buildProgram(io, version(), (finished) => {
    code = finished;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** What an error means to the user: a sentence, and an exit code. */
function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof OutputClosedError || io.signal.reason instanceof OutputClosedError) return ExitCode.OK;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
  if (io.signal.aborted) {
    io.warn('interrupted\n');
    return ExitCode.INTERRUPTED;
  }
  if (PrateError.is(error)) {
    io.warn(`prate: ${error.message}\n`);
    if (isAuthError(error)) return ExitCode.AUTH;
    return error instanceof UsageError || error.code === HOST_NOT_ALLOWED ? ExitCode.USAGE : ExitCode.FAILED;
  }
  // not an error of ours: whoever reports it will need where it came from
  io.warn(`prate: unexpected error, please report it\n${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.FAILED;
}
