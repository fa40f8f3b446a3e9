import { InvalidInputError, shown } from '@prate/domain';
import type { CallOptions } from '@prate/runtime';

/** Checks of what callers without types may give. Nothing that fails one is sent. */

/** @throws InvalidInputError for what is neither undefined nor an object with at most a signal */
export function checkOptions(options: CallOptions | undefined): void {
  if (options === undefined) return;
  const { signal } = checkObject('options', options, '{ signal }, or undefined');
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new InvalidInputError(`options.signal is an AbortSignal or undefined, not ${shown(signal)}`);
}

/** @throws InvalidInputError */
export function checkObject<T extends object>(what: string, value: T, example: string): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InvalidInputError(`${what} should be an object such as ${example}, not ${shown(value)}`);
}

/** MEXC lists names in Chinese too; what would mean something in a URL is none. */
const NAME = /^(?!\.+$)[^\s\p{Cc}/\\?#%&'"]{1,64}$/u;

export const isName = (value: unknown): value is string => typeof value === 'string' && NAME.test(value);

/** @throws InvalidInputError for what is no symbol of any contract */
export function checkSymbol(symbol: unknown): asserts symbol is string {
  if (isName(symbol)) return;
  throw new InvalidInputError(`a symbol is a text such as BTC_USDT, not ${shown(symbol)}`);
}

/** @throws InvalidInputError for what is neither a symbol nor undefined, which means all */
export function checkSymbolOrAll(symbol: unknown): void {
  if (symbol === undefined || isName(symbol)) return;
  throw new InvalidInputError(`a symbol is a text such as BTC_USDT, or undefined for all, not ${shown(symbol)}`);
}

/** @throws InvalidInputError for what cannot be an id of MEXC's */
export function checkOrderId(orderId: unknown): asserts orderId is string {
  if (typeof orderId === 'string' && /^[1-9]\d{0,29}$/.test(orderId)) return;
  throw new InvalidInputError(`orderId must be given as MEXC writes it, a text of digits, not ${shown(orderId)}`);
}

/** Orders of the web and of triggers have longer ones than the 32 characters of our own. */
const EXTERNAL_ID = /^[0-9A-Za-z_-]{1,64}$/;

/** @throws InvalidInputError for what cannot be the client order id of any order */
export function checkExternalId(id: unknown): asserts id is string {
  if (typeof id === 'string' && EXTERNAL_ID.test(id)) return;
  throw new InvalidInputError(`a client order id is a text of 0-9 A-Z a-z _ -, not ${shown(id)}`);
}

/** @throws InvalidInputError */
export function checkPositionSide(side: unknown): void {
  if (side === undefined || side === 'LONG' || side === 'SHORT') return;
  throw new InvalidInputError(`positionSide must be LONG, SHORT or undefined, not ${shown(side)}`);
}
