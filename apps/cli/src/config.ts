import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Io } from './io.ts';
import { userPath } from './paths.ts';
import { UsageError } from './usage-error.ts';

const CONFIG_FILE = 'prate.config.json';

const url = (scheme: 'http' | 'ws'): z.ZodString => {
  const wanted = `a URL that begins with ${scheme}:// or ${scheme}s://, such as ${scheme}s://mexc.example.com`;
  return z
    .string()
    .regex(new RegExp(`^${scheme}s?://[^/?#@]+[^?#@]*$`), wanted)
    .refine(URL.canParse, wanted);
};
const path = (): z.ZodString => z.string().regex(/^\/[\w/-]+$/, 'a path that begins with /');

/** What prate.config.json may hold. */
const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where this schema lies; editors read it'),
    db: z.string().min(1).optional().describe('The database file, relative to this file. Default data/prate.db'),
    paperFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Where the paper account is kept, relative to this file. Default paper.json in the folder of the database',
      ),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .optional()
      .describe('How much is logged to stderr. Default warn'),
    logFormat: z
      .enum(['json', 'pretty'])
      .optional()
      .describe('How log lines look. Default pretty on a terminal, else json'),
    mode: z
      .enum(['paper', 'live'])
      .optional()
      .describe('live: orders may go to a real exchange, each with --yes. Default paper'),
    mexc: z
      .strictObject({
        restUrl: url('http').optional().describe('Default https://api.mexc.com'),
        wsUrl: url('ws').optional().describe('Default wss://contract.mexc.com/edge'),
        orderCreatePath: path()
          .optional()
          .describe('Default /api/v1/private/order/create; the older one is /api/v1/private/order/submit'),
        planPlacePath: path()
          .optional()
          .describe('Default /api/v1/private/planorder/place/v2; the older one is /api/v1/private/planorder/place'),
      })
      .optional()
      .describe('Where MEXC futures are found. Keys do not belong here: they come from the environment'),
  })
  .describe('Settings of the prate command line');

/** The JSON Schema of prate.config.json: what prate.config.schema.json holds. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema);

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFormat = 'json' | 'pretty';

/** Settings that every command shares, with their defaults. */
export interface Settings {
  readonly db: string;
  /** Where the paper account is kept. */
  readonly paperFile: string;
  readonly logLevel: LogLevel;
  /** Undefined: whichever suits where the lines go. */
  readonly logFormat: LogFormat | undefined;
  /** `live`: orders may go to a real exchange. */
  readonly mode: 'paper' | 'live';
  readonly mexc: MexcSettings;
}

/** Where MEXC is; a path that is undefined is the adapter's own. */
export interface MexcSettings {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly orderCreatePath: string | undefined;
  readonly planPlacePath: string | undefined;
}

interface SettingsFlags {
  readonly db?: string | undefined;
  readonly paperFile?: string | undefined;
}

/**
 * Flags beat the environment beats the file beats the defaults.
 * @throws UsageError when the file or the environment holds what is not known
 */
export function readSettings(io: Io, flags: SettingsFlags = {}): Settings {
  const file = readConfigFile(io.cwd);
  const environment = parse(environmentSchema, definedOf(io.env), 'the environment');
  const db = userPath(io.cwd, flags.db ?? environment.PRATE_DB ?? file.db ?? 'data/prate.db');
  const paperFile = flags.paperFile ?? environment.PRATE_PAPER_FILE ?? file.paperFile;
  return {
    db,
    paperFile: paperFile === undefined ? join(dirname(db), 'paper.json') : userPath(io.cwd, paperFile),
    logLevel: environment.PRATE_LOG_LEVEL ?? file.logLevel ?? 'warn',
    logFormat: environment.PRATE_LOG_FORMAT ?? file.logFormat,
    mode: environment.PRATE_MODE ?? file.mode ?? 'paper',
    mexc: {
      restUrl: environment.PRATE_MEXC_REST_URL ?? file.mexc?.restUrl ?? 'https://api.mexc.com',
      wsUrl: environment.PRATE_MEXC_WS_URL ?? file.mexc?.wsUrl ?? 'wss://contract.mexc.com/edge',
      orderCreatePath: file.mexc?.orderCreatePath,
      planPlacePath: file.mexc?.planPlacePath,
    },
  };
}

const { db, paperFile, logLevel, logFormat, mode } = configSchema.shape;
const { restUrl, wsUrl } = configSchema.shape.mexc.unwrap().shape;
const environmentSchema = z.object({
  PRATE_DB: db,
  PRATE_PAPER_FILE: paperFile,
  PRATE_LOG_LEVEL: logLevel,
  PRATE_LOG_FORMAT: logFormat,
  PRATE_MODE: mode,
  PRATE_MEXC_REST_URL: restUrl,
  PRATE_MEXC_WS_URL: wsUrl,
});
const VARIABLES = Object.keys(environmentSchema.shape);

/** A variable that is set to nothing is not set. */
const definedOf = (env: Io['env']): Record<string, string | undefined> =>
  Object.fromEntries(VARIABLES.map((name) => [name, env[name] || undefined]));

function readConfigFile(cwd: string): z.infer<typeof configSchema> {
  const path = join(cwd, CONFIG_FILE);
  if (!existsSync(path)) return {};
  return parse(configSchema, parseJson(readText(path), path), path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no file'})`);
  }
}

/** The parser's own words quote the text, which may hold a secret: only where it stopped is told, if it says so. */
function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [where = ''] = / \(line \d+ column \d+\)/.exec((error as Error).message) ?? [];
    throw new UsageError(`${path} is no JSON${where}`);
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`,
  );
  throw new UsageError(`${where}: ${[...new Set(lines)].join('; ')}`);
}
