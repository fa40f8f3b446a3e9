import { type Balance, type Decimal, type Position, PositionSide, Side, ZERO } from '@prate/domain';
import { fillOf, type Recording, type SessionFill } from './recording.ts';

/** What the account had when the recording began. */
export interface SessionStart {
  readonly positions: readonly Position[];
  /** Null where no balance was told. */
  readonly balance: Balance | null;
  /** By symbol, from its first position. */
  readonly terms: ReadonlyMap<string, Pick<Position, 'leverage' | 'marginMode'>>;
  /** What is known to have been there and cannot be started from. */
  readonly notes: readonly string[];
}

/** Upwards above 0, downwards below. */
export const signed = ({ side, quantity }: Pick<SessionFill, 'side' | 'quantity'>): Decimal =>
  side === Side.BUY ? quantity : quantity.neg();

export const signedPosition = ({ positionSide, quantity }: Position): Decimal =>
  positionSide === PositionSide.LONG ? quantity : quantity.neg();

/** The first position of each symbol and side, and the first balance: what fills had not done by then was there before. */
export function startOf({ events }: Recording): SessionStart {
  const positions: Position[] = [];
  const notes: string[] = [];
  const terms = new Map<string, Pick<Position, 'leverage' | 'marginMode'>>();
  const seen = new Set<string>();
  let balance: Balance | null = null;
  for (const { event } of events) {
    if (event.kind === 'balance') balance ??= event.balance;
    if (event.kind !== 'position') continue;
    const { symbol, positionSide, position } = event;
    if (position !== null && !terms.has(symbol)) terms.set(symbol, position);
    const key = `${symbol} ${positionSide}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // a position that was closed says nothing of how large it was
    if (position === null) continue;
    const fills = fillsUntil(events, symbol, positionSide, position.updatedAt);
    const before = fills.reduce((sum, fill) => sum.minus(signed(fill)), signedPosition(position));
    if (before.isZero()) continue;
    if (fills.length === 0) positions.push(position);
    else
      notes.push(
        `${symbol} held ${before.abs()} ${before.gt(0) ? 'long' : 'short'} before the recording, from a price that it does not tell: paper starts without`,
      );
  }
  return { positions, balance, terms, notes };
}

function fillsUntil(
  events: Recording['events'],
  symbol: string,
  side: PositionSide | null,
  time: number,
): SessionFill[] {
  const told = new Set<string>();
  return events.flatMap(({ event }) => {
    if (event.kind !== 'fill') return [];
    const { trade } = event;
    const counts = trade.symbol === symbol && trade.positionSide === side && trade.time <= time && !told.has(trade.id);
    told.add(trade.id);
    return counts ? [fillOf(trade)] : [];
  });
}

/** What a symbol's orders held at a time, with what was there before. */
export function heldAt(
  time: number,
  symbol: string,
  fills: readonly SessionFill[],
  before: readonly Position[],
): Decimal {
  const start = before.reduce(
    (sum, position) => (position.symbol === symbol ? sum.plus(signedPosition(position)) : sum),
    ZERO,
  );
  return fills.reduce(
    (sum, fill) => (fill.symbol === symbol && fill.time <= time ? sum.plus(signed(fill)) : sum),
    start,
  );
}
