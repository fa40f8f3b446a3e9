import { type Token, token } from './token.ts';

/** The few words of pino that Prate speaks; a pino logger is one. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const LOGGER: Token<Logger> = token('logger');

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
