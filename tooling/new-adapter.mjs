#!/usr/bin/env node
// `npm run new-adapter -- bybit-futures` lays the frame of a new exchange: packages/adapters/bybit-futures, with both ports
// declared, the conformance suites bound, and the wiring. What it writes compiles; each red case of its tests is a rule
// that is left to keep. `--into DIR` writes below another folder than packages/adapters.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const tooling = dirname(fileURLToPath(import.meta.url));
const root = dirname(tooling);
const templates = join(tooling, 'new-adapter');

class UsageError extends Error {}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { into: { type: 'string', default: join(root, 'packages/adapters') } },
    });
    return { names: positionals, into: values.into };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** bybit-futures → BybitFutures */
const classNameOf = (name) => name.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());
/** bybit-futures → BYBIT_FUTURES */
const constantOf = (name) => name.replaceAll('-', '_').toUpperCase();
/** bybit-futures → bybitFutures */
const variableOf = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function main() {
  const { names, into } = readArguments();
  const [name] = names;
  if (names.length !== 1 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const given = names.length === 0 ? 'nothing' : `'${names.join(' ')}'`;
    throw new UsageError(`one name in lower case with dashes is needed, e.g. bybit-futures, not ${given}`);
  }
  const folder = join(into, name);
  if (existsSync(folder)) throw new UsageError(`${folder} is there already: choose another name, or remove it first`);
  const fill = (text) =>
    text
      .replaceAll('__name__', name)
      .replaceAll('__Name__', classNameOf(name))
      .replaceAll('__NAME__', constantOf(name))
      .replaceAll('__variable__', variableOf(name));
  for (const template of filesBelow(templates)) {
    const path = join(folder, fill(relative(templates, template)).replace(/\.tmpl$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, fill(readFileSync(template, 'utf8')));
  }
  console.log(`${folder} is laid out. Next:

  1. npm run fix
     node tooling/with-toolchain.mjs vitest ${relative(root, folder)}
     The first joins the package to the workspace and formats it; in the second each failing case names a rule that is left to keep.
  2. Replace the harnesses in test/ by ones that speak to the exchange's testnet or to a server of your own.
  3. Codecs first, one direction and one message per file; then the transport, which comes in through the constructor.
  4. Write the ports' methods, and declare a capability when its cases pass.
`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`new-adapter: ${error.message}`);
  process.exit(2);
}
