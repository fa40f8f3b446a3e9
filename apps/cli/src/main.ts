#!/usr/bin/env node
import { ExitCode } from './exit-codes.ts';
import { OutputClosedError, processIo } from './io.ts';
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
// whoever read our output is gone: there is nobody left to work for
process.stdout.on('error', () => interrupt.abort(new OutputClosedError()));
process.stderr.on('error', () => {});
// a strategy that waits for what never comes is stopped by a signal, not by an empty event loop
setInterval(() => {}, 2 ** 30);
const code = await run(process.argv.slice(2), processIo(interrupt.signal));
// what a strategy left running does not hold the process; what was written goes out first
process.stdout.write('', () => process.exit(code));
