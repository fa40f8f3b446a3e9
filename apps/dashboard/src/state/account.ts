import type {
  BalanceJson,
  EquityJson,
  EquityPoint,
  FillJson,
  OrderJson,
  PositionChange,
  PositionJson,
} from '@prate/http-api/wire';

/** Open orders after one of them, or a new one, is as `order` says. */
export function withOrder(open: readonly OrderJson[], order: OrderJson): readonly OrderJson[] {
  const others = open.filter(({ id }) => id !== order.id);
  if (!order.isActive) return others;
  return others.length === open.length
    ? [...open, order]
    : open.map((known) => (known.id === order.id ? order : known));
}

/** As many as marks on a chart stay of use. */
export const MOST_FILLS = 1000;

/** Both, each once, oldest first; the latest MOST_FILLS. */
export function withFills(known: readonly FillJson[], more: readonly FillJson[]): readonly FillJson[] {
  const byId = new Map(known.map((fill) => [fill.id, fill]));
  for (const fill of more) byId.set(fill.id, fill);
  return [...byId.values()].sort((a, b) => a.time - b.time).slice(-MOST_FILLS);
}

export function withPosition(known: readonly PositionJson[], change: PositionChange): readonly PositionJson[] {
  const isIt = (one: PositionJson): boolean => one.symbol === change.symbol && one.positionSide === change.positionSide;
  const { position } = change;
  if (position === null) return known.filter((one) => !isIt(one));
  return known.some(isIt) ? known.map((one) => (isIt(one) ? position : one)) : [...known, position];
}

export function withBalance(known: readonly BalanceJson[], balance: BalanceJson): readonly BalanceJson[] {
  const isKnown = known.some(({ asset }) => asset === balance.asset);
  return isKnown ? known.map((one) => (one.asset === balance.asset ? balance : one)) : [...known, balance];
}

/** When it is longer, every second point goes. */
export const MOST_POINTS = 4000;

/** The curve with one point more; a point that is not later than the last takes its place. */
export function withPoint(curve: EquityJson | null, { asset, time, equity }: EquityPoint): EquityJson {
  const known = curve?.asset === asset ? curve : { asset, time: [], equity: [] };
  const keep = (known.time.at(-1) ?? Number.NEGATIVE_INFINITY) >= time ? -1 : known.time.length;
  const longer = {
    asset,
    time: [...known.time.slice(0, keep), time],
    equity: [...known.equity.slice(0, keep), equity],
  };
  if (longer.time.length <= MOST_POINTS) return longer;
  const stays = (_: unknown, i: number): boolean => i % 2 === 0;
  return { asset, time: longer.time.filter(stays), equity: longer.equity.filter(stays) };
}
