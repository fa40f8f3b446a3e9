import { PrateError } from '@prate/domain';
import { CommanderError } from 'commander';
import { isAuthError } from './auth-errors.ts';
import { ExitCode } from './exit-codes.ts';
import { type Io, OutputError } from './io.ts';
import { buildProgram } from './program.ts';
import { secretsOf } from './secrets.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** A setting names a host to which no key may go. */
const HOST_NOT_ALLOWED = 'HOST_NOT_ALLOWED';

/** Characters of an argument that a message repeats. */
const SHOWN = 80;

/** Runs one command line; never throws, and returns the exit code. */
export async function run(args: readonly string[], outer: Io): Promise<ExitCode> {
  const secrets = secretsOf(outer);
  const io: Io = { ...outer, warn: (text) => outer.warn(shortened(secrets.hide(text), args)) };
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

/** A text with every long argument, or long part of one, cut where the text repeats it. */
function shortened(text: string, args: readonly string[]): string {
  const long = args.flatMap((arg) => [arg, ...arg.split(/[=,]/)]).filter(({ length }) => length > SHOWN);
  return long.reduce(
    (shorter, arg) => shorter.replaceAll(arg, () => `${arg.slice(0, SHOWN)}… (${arg.length} characters)`),
    text,
  );
}

/** What an error means to the user: a sentence, and an exit code. */
function explain(error: unknown, io: Io): ExitCode {
  // a failure to write is told at the very end, since not every write is awaited
  if (error instanceof OutputError) return error.exitCode;
  if (io.signal.reason instanceof OutputError) return ExitCode.OK;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
  if (io.signal.aborted) {
    io.warn('interrupted\n');
    return ExitCode.INTERRUPTED;
  }
  if (PrateError.is(error)) {
    const more = error.code === 'STORE_CORRUPT' ? '; prate candles verify tells all damage' : '';
    io.warn(`prate: ${error.message}${more}\n`);
    if (isAuthError(error)) return ExitCode.AUTH;
    return error instanceof UsageError || error.code === HOST_NOT_ALLOWED ? ExitCode.USAGE : ExitCode.FAILED;
  }
  // not an error of ours: whoever reports it will need where it came from
  io.warn(`prate: unexpected error, please report it\n${error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.FAILED;
}
