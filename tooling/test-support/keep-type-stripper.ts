/**
 * Set up before the tests of a file. The threads of a store strip types from their sources, with WebAssembly that Node.js
 * (24.21) frees once no thread has it any more, and V8 may call what was freed. A program that runs from sources has it in
 * its main thread for good; that of Vitest, which strips types otherwise, takes it when the first thread begins.
 */
import { stripTypeScriptTypes } from 'node:module';

process.once('worker', () => stripTypeScriptTypes(''));
