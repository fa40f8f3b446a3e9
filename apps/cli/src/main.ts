#!/usr/bin/env node
import { ExitCode } from './exit-codes.ts';
import { OutputError, processIo } from './io.ts';
import { run } from './run.ts';

/** A shell and npm both hand a Ctrl-C on: what comes together is one. */
const SAME_SIGNAL_MS = 1000;

const interrupt = new AbortController();
let interruptedAt = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // a second time: whatever the first one waits for, the user does not
    if (performance.now() - interruptedAt > SAME_SIGNAL_MS) process.exit(ExitCode.INTERRUPTED);
    interruptedAt = Math.min(interruptedAt, performance.now());
    interrupt.abort(new Error(`stopped by ${signal}`));
  });
}
// nobody is left to work for
let output: OutputError | null = null;
process.stdout.on('error', (error) => {
  output ??= new OutputError(error);
  interrupt.abort(output);
});
process.stderr.on('error', () => {});
// a strategy that waits for what never comes is stopped by a signal, not by an empty event loop
setInterval(() => {}, 2 ** 30);
const code = await run(process.argv.slice(2), processIo(interrupt.signal));
// what a strategy left running does not hold the process; what was written goes out first
// (setImmediate: that it could not is told after the write)
process.stdout.write('', () => setImmediate(() => process.exit(withOutput(code))));

/** A command whose output is lost has failed, whatever else it came to; its reader may go away. */
function withOutput(ended: ExitCode): ExitCode {
  if (output === null || output.isClosed) return ended;
  process.stderr.write(`prate: ${output.message}\n`);
  return ended === ExitCode.OK ? ExitCode.FAILED : ended;
}
