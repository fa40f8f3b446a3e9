#!/usr/bin/env node
// `npm run kernel`: installs the AssemblyScript compiler beside this file, compiles the block kernel to WebAssembly, and
// writes it as base64 into src/kernel/block-kernel-wasm.ts. With `--check` it writes nothing, and exits with 1 where the
// module is not what the source compiles to.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const module = join(folder, '../src/kernel/block-kernel-wasm.ts');
const shell = process.platform === 'win32';

/** Ends everything with its exit code when a command fails. */
const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ['ignore', 2, 2], shell });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=error']);
const scratch = mkdtempSync(join(tmpdir(), 'prate-kernel-'));
const wasm = join(scratch, 'block-kernel.wasm');
run('pnpm', [
  ...['exec', 'asc', 'assembly/block-kernel.ts', '--outFile', wasm, '--runtime', 'stub', '-O3', '--noAssert'],
  ...['--enable', 'simd', '--enable', 'bulk-memory', '--initialMemory', '14'],
]);
const base64 = readFileSync(wasm).toString('base64');
rmSync(scratch, { recursive: true });
const lines = base64.match(/.{1,110}/g).map((line) => `  '${line}'`);
const text = `/** kernel/assembly/block-kernel.ts as WebAssembly, in base64: \`npm run kernel\` writes this file. */
export const BLOCK_KERNEL_WASM: string = [
${lines.join(',\n')},
].join('');
`;
if (!process.argv.includes('--check')) writeFileSync(module, text);
else if (readFileSync(module, 'utf8') !== text) {
  console.error(`${module} is not what kernel/assembly/block-kernel.ts compiles to: run npm run kernel`);
  process.exit(1);
}
console.log(`block kernel: ${(base64.length * 3) / 4} bytes of WebAssembly`);
