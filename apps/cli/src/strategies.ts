import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { builtInStrategies, type Strategy, toStrategy } from '@prate/strategy-runner';
import { CommandFailedError } from './command-failed-error.ts';
import { userPath } from './paths.ts';

/**
 * A strategy by its name, or from a file's default export (TypeScript or JavaScript).
 * @throws CommandFailedError when there is no such strategy or file, the file cannot be loaded, or what it exports is no
 *   strategy
 */
export async function loadStrategy(cwd: string, nameOrFile: string): Promise<Strategy> {
  const builtIn = Object.hasOwn(builtInStrategies, nameOrFile) ? builtInStrategies[nameOrFile] : undefined;
  if (builtIn !== undefined) return builtIn();
  const file = userPath(cwd, nameOrFile);
  if (!existsSync(file)) {
    const names = Object.keys(builtInStrategies).join(', ');
    throw new CommandFailedError(`there is no strategy '${nameOrFile}' and no file ${file}; built in: ${names}`);
  }
  const module = await loadFile(file);
  try {
    return toStrategy(module.default);
  } catch (error) {
    throw new CommandFailedError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function loadFile(file: string): Promise<{ readonly default?: unknown }> {
  // a strategy may import the packages of Prate although nothing is installed where it lies
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!specifier.startsWith('@prate/')) throw error;
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new CommandFailedError(`${file} cannot be loaded: ${problemOf(error)}`, { cause: error });
  } finally {
    hooks.deregister();
  }
}

/** A syntax error tells its place only at the head of its stack. */
function problemOf(error: unknown): string {
  const { message, stack = '' } = error as Error;
  if (!(error instanceof SyntaxError)) return message;
  const head = stack.slice(0, Math.max(0, stack.indexOf('SyntaxError'))).trim();
  return head === '' ? message : `${message}\n${head}`;
}
