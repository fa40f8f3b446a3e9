import { InvalidInputError } from './errors.ts';
import { shown } from './shown.ts';

/** A caller's own name for an order, unique per account: `[0-9A-Za-z_-]{1,32}`. */
export type ClientOrderId = string;

export const isClientOrderId = (text: string): text is ClientOrderId => /^[0-9A-Za-z_-]{1,32}$/.test(text);

/** @throws InvalidInputError */
export function toClientOrderId(text: string): ClientOrderId {
  if (isClientOrderId(text)) return text;
  throw new InvalidInputError(`client order id must be 1 to 32 of 0-9 A-Z a-z _ -, not ${shown(text)}`);
}
