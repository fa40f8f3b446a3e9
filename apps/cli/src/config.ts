import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { UsageError } from './usage-error.ts';

const CONFIG_FILE = 'prate.config.json';

/** What prate.config.json may hold. */
const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where this schema lies; editors read it'),
    db: z.string().min(1).optional().describe('The database file, relative to this file. Default data/prate.db'),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .optional()
      .describe('How much is logged to stderr. Default warn'),
  })
  .describe('Settings of the prate command line');

/** The JSON Schema of prate.config.json: what prate.config.schema.json holds. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema);

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Settings that every command shares, with their defaults. */
export interface Settings {
  readonly db: string;
  readonly logLevel: LogLevel;
}

/**
 * Flags beat the environment beats the file beats the defaults.
 * @throws UsageError when the file or the environment holds what is not known
 */
export function readSettings(io: Io, flags: { readonly db?: string | undefined }): Settings {
  const file = readConfigFile(io.cwd);
  const environment = parse(
    configSchema.pick({ db: true, logLevel: true }),
    { db: io.env['PRATE_DB'] || undefined, logLevel: io.env['PRATE_LOG_LEVEL'] || undefined },
    'the environment (PRATE_DB, PRATE_LOG_LEVEL)',
  );
  return {
    db: userPath(io.cwd, flags.db ?? environment.db ?? file.db ?? 'data/prate.db'),
    logLevel: environment.logLevel ?? file.logLevel ?? 'warn',
  };
}

function readConfigFile(cwd: string): z.infer<typeof configSchema> {
  const path = join(cwd, CONFIG_FILE);
  if (!existsSync(path)) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  return parse(configSchema, content, path);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${where}: ${z.prettifyError(result.error)}`);
}
