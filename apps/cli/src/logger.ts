import { Writable } from 'node:stream';
import type { Logger } from '@prate/runtime';
import pino from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from './config.ts';
import type { Io } from './io.ts';

/** Names of fields that never reach a log line, at the top or up to two levels down. Messages are not searched. */
const SECRETS = ['apiKey', 'secretKey', 'secret', 'signature', 'password', 'token', 'authorization'];

/** Log lines on stderr: for people on a terminal, JSON anywhere else. */
export function makeLogger(io: Io, level: LogLevel): Logger {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      io.warn(chunk.toString());
      done();
    },
  });
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' };
  // the stack of an error, its causes' too: it names the line of a user's strategy
  const serializers = { error: pino.stdSerializers.err };
  const options = { level, redact, serializers, base: null };
  if (io.stderr.isTTY !== true) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return pino(options, pretty({ destination, colorize: io.colors, translateTime: 'SYS:HH:MM:ss', sync: true }));
}
