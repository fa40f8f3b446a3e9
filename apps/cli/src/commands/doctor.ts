import { type Check, doctorChecks } from '../doctor-checks.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** Says what stands in the way of trading at MEXC: 4 where it is the keys, 1 for anything else that failed. */
export async function doctor(io: Io, { json }: { readonly json?: true }): Promise<ExitCode> {
  const checks: Check[] = [];
  for await (const check of doctorChecks(io)) {
    io.signal.throwIfAborted();
    checks.push(check);
    if (!json) await io.write(lineOf(check));
  }
  const failed = checks.filter(({ state }) => state === 'fail');
  const ok = failed.length === 0;
  if (json) {
    const rows = checks.map(({ check, state, text, help }) => ({ check, state, text, help }));
    await io.write(`${JSON.stringify({ venue: 'mexc', ok, checks: rows }, null, 2)}\n`);
  }
  if (ok) return ExitCode.OK;
  return failed.some(({ isAuth }) => isAuth) ? ExitCode.AUTH : ExitCode.FAILED;
}

const lineOf = ({ check, state, text, help }: Check): string =>
  `${state.padEnd(5)} ${check.padEnd(15)} ${text}\n${help === undefined ? '' : `${' '.repeat(22)}→ ${help}\n`}`;
