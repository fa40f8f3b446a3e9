import { Writable } from 'node:stream';
import type { Logger } from '@prate/runtime';
import pino from 'pino';
import pretty from 'pino-pretty';
import { type LogFormat, type LogLevel, readSettings } from './config.ts';
import type { Io } from './io.ts';
import { type Secrets, secretsOf, withoutSecrets } from './secrets.ts';

export interface LoggerOptions {
  /** Default: the setting `logFormat`; without it, `pretty` on a terminal, `json` anywhere else. */
  readonly format?: LogFormat | undefined;
  /** Values that reach no line. Default: those of the environment; more may be added while it logs. */
  readonly secrets?: Secrets | undefined;
}

/**
 * Log lines on stderr, for people or as JSON. Fields that are named like secrets are hidden, at any depth; the values of known
 * secrets are hidden wherever they stand in the finished line, in messages and stacks too.
 */
export function makeLogger(io: Io, level: LogLevel, options: LoggerOptions = {}): Logger {
  const { secrets = secretsOf(io), format = readSettings(io).logFormat ?? formatFor(io) } = options;
  const destination = new Writable({
    write(line: Buffer, _encoding, done) {
      io.warn(secrets.hide(line.toString()));
      done();
    },
  });
  const log = (fields: object): Record<string, unknown> => withoutSecrets(fields) as Record<string, unknown>;
  const settings = { level, base: null, formatters: { log } };
  if (format === 'json') return pino({ ...settings, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return pino(settings, pretty({ destination, colorize: io.colors, translateTime: 'SYS:HH:MM:ss', sync: true }));
}

const formatFor = (io: Io): LogFormat => (io.stderr.isTTY === true ? 'pretty' : 'json');
