import { existsSync } from 'node:fs';
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
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module;
  } catch (error) {
    throw new CommandFailedError(`${file} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
  try {
    return toStrategy(module.default);
  } catch (error) {
    throw new CommandFailedError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
