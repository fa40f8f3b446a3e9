import { BadReplyError } from './errors.ts';
import { type DecimalText, decimalText, idText, kindOf, safeInteger } from './fields.ts';
import type { Json } from './json-text.ts';

/** A public trade. */
export interface WireDeal {
  readonly price: DecimalText;
  /** Contracts. */
  readonly vol: DecimalText;
  /** Of the taker: 1 bought, 2 sold. */
  readonly takerSide: 1 | 2;
  /** Epoch ms. */
  readonly time: number;
  /** REST tells none, and older frames neither. */
  readonly id: string | null;
}

/**
 * `deals` and `push.deal`: an array, in frames from before 2025-08-21 one object. A reader of its own, without `Fields`,
 * since it runs for every trade of a busy market.
 *
 * @throws BadReplyError (`BAD_REPLY`) where a row is no trade
 */
export function readDeals(data: Json | undefined, place: string): WireDeal[] {
  const rows: readonly (Json | undefined)[] = Array.isArray(data) ? data : [data];
  const deals: WireDeal[] = new Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) deals[i] = readDeal(rows[i], place);
  return deals;
}

function readDeal(row: Json | undefined, place: string): WireDeal {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw bad(place, 'a trade', 'an object', row);
  const { p, v, T, t, i } = row as { readonly [key: string]: Json };
  const price = decimalText(p);
  const vol = decimalText(v);
  const takerSide = T === 1 || T === 2 ? T : safeInteger(T);
  const time = safeInteger(t);
  if (price === undefined) throw bad(place, 'p', 'a decimal number', p);
  if (vol === undefined) throw bad(place, 'v', 'a decimal number', v);
  if (takerSide !== 1 && takerSide !== 2) throw bad(place, 'T', '1 or 2', T);
  if (time === undefined) throw bad(place, 't', 'a whole number', t);
  return { price, vol, takerSide, time, id: readId(i, place) };
}

function readId(value: Json | undefined, place: string): string | null {
  if (value === undefined || value === null || value === 0 || value === '0' || value === '') return null;
  const id = idText(value);
  if (id === undefined) throw bad(place, 'i', 'an id', value);
  return id;
}

const bad = (place: string, key: string, right: string, value: Json | undefined): BadReplyError =>
  new BadReplyError(`${place}: ${key} should be ${right}, not ${kindOf(value)}`);
