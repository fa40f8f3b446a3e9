import { BadReplyError } from './errors.ts';
import { decimalText, Fields } from './fields.ts';
import type { Json } from './json-text.ts';
import type { WireBook, WireLevel } from './market.ts';

/** A change of a book, or a whole one, in the form that books are kept in. */
export interface WireDepth {
  /** First and last version that the change holds; equal in single steps. */
  readonly begin: number;
  readonly version: number;
  readonly asks: readonly DepthLevel[];
  readonly bids: readonly DepthLevel[];
}

/**
 * Price and contracts (0 removes the level). Doubles that hold decimals of at most 15 significant digits: exact to compare
 * and to print, and never calculated with.
 */
export type DepthLevel = readonly [price: number, volume: number, ...rest: unknown[]];

/**
 * A push of `depth`. Not by way of `readBook`: a busy book changes a hundred times a second.
 *
 * @throws BadReplyError (`BAD_REPLY`)
 */
export function readDepth(data: Json | undefined, place: string): WireDepth {
  const fields = new Fields(data, place);
  const version = fields.integer('version');
  const begin = fields.integerOr('begin', version);
  const end = fields.integerOr('end', version);
  if (begin > version || end !== version) {
    throw new BadReplyError(`${place}: a change from version ${begin} to ${end} cannot have version ${version}`);
  }
  return { begin, version, asks: readLevels(fields, 'asks', place), bids: readLevels(fields, 'bids', place) };
}

/** A book as REST gives it, in the form of pushes. @throws BadReplyError for a number that no double holds */
export const depthOf = ({ asks, bids, version }: WireBook): WireDepth => ({
  begin: version,
  version,
  asks: asks.map(levelOf),
  bids: bids.map(levelOf),
});

const levelOf = ({ price, vol }: WireLevel): DepthLevel => [numberOf(price, 'a book'), numberOf(vol, 'a book')];

function readLevels(fields: Fields, side: 'asks' | 'bids', place: string): readonly DepthLevel[] {
  const levels = fields.array(side) as (Json | DepthLevel)[];
  // checked in place: a copy of every level of every frame would be most of the work
  for (let i = 0; i < levels.length; i += 1) {
    const level = levels[i];
    if (Array.isArray(level) && isLevelNumber(level[0]) && isLevelNumber(level[1])) continue;
    levels[i] = readLevel(level as Json | undefined, `${place}.${side}`);
  }
  return levels as DepthLevel[];
}

const isLevelNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** A level written with texts. */
function readLevel(level: Json | undefined, place: string): DepthLevel {
  const [price, volume] = Array.isArray(level) ? level.slice(0, 2).map(decimalText) : [];
  if (price === undefined || volume === undefined) {
    throw new BadReplyError(`${place}: a level should be [price, contracts, orders]`);
  }
  return [numberOf(price, place), numberOf(volume, place)];
}

function numberOf(text: string, place: string): number {
  const number = Number(text);
  // a text of more digits than a double holds would not come back as it was
  if (isLevelNumber(number) && digitsOf(text) <= 15) return number;
  throw new BadReplyError(`${place}: price and contracts should be decimals of at most 15 digits from 0 up`);
}

const digitsOf = (text: string): number => text.replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length;
