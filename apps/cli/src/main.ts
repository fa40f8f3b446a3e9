#!/usr/bin/env node
import { OutputClosedError, processIo } from './io.ts';
import { run } from './run.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupt.abort(new Error(`stopped by ${signal}`)));
// whoever read our output is gone: there is nobody left to work for
process.stdout.on('error', () => interrupt.abort(new OutputClosedError()));
process.stderr.on('error', () => {});
process.exitCode = await run(process.argv.slice(2), processIo(interrupt.signal));
