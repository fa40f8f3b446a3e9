import { InvalidInputError } from '@prate/domain';
import { optionsOf, runSandbox, type SandboxFlags } from 'prate-sandbox';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { userPath } from '../paths.ts';
import { UsageError } from '../usage-error.ts';

/** A testnet for MEXC futures, until it is stopped. */
export async function sandbox(io: Io, flags: SandboxFlags): Promise<ExitCode> {
  const market = flags.market.startsWith('synthetic') ? flags.market : userPath(io.cwd, flags.market);
  try {
    await runSandbox(optionsOf({ ...flags, market }), io.signal, (line) => io.write(line));
  } catch (error) {
    if (error instanceof InvalidInputError) throw new UsageError(error.message);
    throw error;
  }
  return ExitCode.OK;
}
