import { PositionSide, Side } from '@prate/domain';
import type {
  Trigger,
  TriggerCancelOutcome,
  TriggerOrder,
  TriggerOutcome,
  TriggerPriceSource,
  TriggerRequest,
} from '@prate/execution-port';
import { assertInstrument } from '../assert-there.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { prateCommand } from '../next-steps.ts';
import { facetOf, onVenue } from '../on-venue.ts';
import { EXIT_CODES, outcomeDocument, rejectedText } from '../order-text.ts';
import { formatTime } from '../times.ts';
import { UsageError } from '../usage-error.ts';
import type { ChangeFlags, VenueFlags } from '../venue-options.ts';
import { rowsText } from '../write-candles.ts';

/** Of the port's triggers, by their names on the command line. */
export const TRIGGER_KINDS = { PLAN: 'plan', STOP: 'stop', TAKE_PROFIT: 'takeProfit', TRAILING: 'trailing' } as const;
export const DIRECTIONS = ['RISES_TO', 'FALLS_TO'] as const;
export const PRICE_SOURCES: readonly TriggerPriceSource[] = ['LAST', 'MARK', 'INDEX'];

export interface CreateTriggerOptions extends ChangeFlags {
  readonly symbol: string;
  readonly side: Side;
  readonly kind: keyof typeof TRIGGER_KINDS;
  readonly quantity: string;
  readonly triggerPrice?: string;
  readonly direction?: (typeof DIRECTIONS)[number];
  readonly priceSource?: TriggerPriceSource;
  readonly price?: string;
  readonly callback?: string;
  readonly activationPrice?: string;
  readonly reduceOnly?: true;
  readonly positionSide?: PositionSide;
}

/** Places one trigger order. */
export function createTrigger(io: Io, options: CreateTriggerOptions): Promise<ExitCode> {
  const { symbol, side, positionSide, quantity, price: limitPrice } = options;
  const trigger = triggerOf(options);
  const reduceOnly = options.reduceOnly || endsPosition(options);
  const request: TriggerRequest = { symbol, side, quantity, trigger, limitPrice, reduceOnly, positionSide };
  const find = `${prateCommand(io)} orders triggers list --venue ${options.venue} --symbol ${symbol}`;
  return onVenue(
    io,
    { ...options, assume: assumedOf(options) },
    'this trigger order',
    async ({ execution, signal }) => {
      const outcome = await facetOf(execution, 'triggers').create(request, { signal });
      return { code: EXIT_CODES[outcome.kind], document: outcomeDocument(outcome), text: createdText(outcome, find) };
    },
  );
}

export interface CancelTriggerOptions extends ChangeFlags {
  readonly symbol: string;
  readonly id: string;
}

export function cancelTrigger(io: Io, options: CancelTriggerOptions): Promise<ExitCode> {
  const { symbol, id } = options;
  const flags = { ...options, assume: { trigger: { symbol, id } } };
  return onVenue(io, flags, 'this cancel', async ({ execution, signal }) => {
    const outcome = await facetOf(execution, 'triggers').cancel(symbol, id, { signal });
    return { code: EXIT_CODES[outcome.kind], document: outcomeDocument(outcome), text: cancelledText(outcome) };
  });
}

export function listTriggers(io: Io, options: VenueFlags & { readonly symbol?: string }): Promise<ExitCode> {
  return onVenue(io, options, null, async (venue) => {
    const triggers = await facetOf(venue.execution, 'triggers').list(options.symbol, { signal: venue.signal });
    if (triggers.length === 0) await assertInstrument(venue, options.symbol);
    const head = ['created (UTC)', 'id', 'symbol', 'side', 'kind', 'fires', 'sends', 'quantity'];
    const rows = triggers.map(({ id, createdAt, request }) => [
      ...[formatTime(createdAt), id, request.symbol, sideText(request), kindText(request)],
      ...[firesText(request.trigger), sendsText(request), `${request.quantity}`],
    ]);
    const text = rowsText(head, rows, 'no trigger orders', { colors: io.colors, left: 7 });
    return { code: ExitCode.OK, document: { triggers }, text };
  });
}

/** @throws UsageError for flags that do not belong to the kind, or that it lacks */
function triggerOf(options: CreateTriggerOptions): Trigger {
  const { side, triggerPrice, direction, priceSource, callback, activationPrice } = options;
  const kind = TRIGGER_KINDS[options.kind];
  const refuse = (flags: Readonly<Record<string, unknown>>, why: string): void => {
    const [flag] = Object.keys(flags).filter((name) => flags[name] !== undefined);
    if (flag !== undefined) throw new UsageError(`${flag} ${why}`);
  };
  if (kind !== 'plan') refuse({ '--price': options.price }, 'is for plans: the others send a market order');
  if (kind === 'trailing') {
    const others = { '--trigger-price': triggerPrice, '--direction': direction, '--price-source': priceSource };
    refuse(others, 'is not for trailing orders: they have a --callback, and an --activation-price');
    if (callback === undefined) throw new UsageError('a trailing order needs a --callback, such as 0.01');
    return { kind, callback, activationPrice };
  }
  refuse({ '--callback': callback, '--activation-price': activationPrice }, 'is for trailing orders');
  if (triggerPrice === undefined) throw new UsageError('this trigger order needs a --trigger-price');
  if (kind === 'plan') {
    if (direction === undefined) {
      throw new UsageError('a plan needs a --direction: does it fire when the price rises-to it, or falls-to it?');
    }
    return { kind, price: triggerPrice, direction, priceSource };
  }
  refuse({ '--direction': direction }, 'is for plans: a stop and a take-profit follow from the side');
  // what sells ends a long position: at a loss when the price falls
  const falls = (side === Side.SELL) === (kind === 'stop');
  return { kind, price: triggerPrice, direction: falls ? 'FALLS_TO' : 'RISES_TO', priceSource };
}

const endsPosition = ({ kind }: Pick<CreateTriggerOptions, 'kind'>): boolean =>
  kind === 'STOP' || kind === 'TAKE_PROFIT';

/** A dry run of what ends a position takes it that there is one. */
function assumedOf({ kind, symbol, side, positionSide }: CreateTriggerOptions) {
  if (!endsPosition({ kind })) return {};
  return {
    position: { symbol, positionSide: positionSide ?? (side === Side.SELL ? PositionSide.LONG : PositionSide.SHORT) },
  };
}

function createdText(outcome: TriggerOutcome, find: string): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted: ${triggerText(outcome.trigger)}\n`;
    case 'rejected':
      return rejectedText(outcome);
    case 'unknown':
      return `unknown: it may be waiting (${outcome.cause.message})\n  do not send it again, look first: ${find}\n`;
  }
}

function cancelledText(outcome: TriggerCancelOutcome): string {
  switch (outcome.kind) {
    case 'cancelled':
      return 'cancelled\n';
    case 'alreadyFinal':
      return 'not cancelled, it had fired or ended before\n';
    case 'notFound':
      return 'not cancelled: the venue knows no such trigger order\n';
    case 'unknown':
      return `unknown: it may be cancelled, or not (${outcome.cause.message}); a cancel may be repeated\n`;
  }
}

/** `SELL 0.001 BTC_USDT, stop, fires when MARK falls to 75000, sends a market order, id stop-7`. */
function triggerText({ id, request }: TriggerOrder): string {
  const { quantity, symbol, trigger } = request;
  return `${sideText(request)} ${quantity} ${symbol}, ${kindText(request)}, fires ${firesText(trigger)}, sends ${sendsText(request)}, id ${id}`;
}

const sideText = ({ side, positionSide }: TriggerRequest): string =>
  positionSide === undefined ? side : `${side} (${positionSide})`;

const kindText = ({ trigger: { kind } }: TriggerRequest): string => (kind === 'takeProfit' ? 'take-profit' : kind);

function firesText(trigger: Trigger): string {
  if (trigger.kind !== 'trailing') {
    const how = trigger.direction === 'RISES_TO' ? 'rises to' : 'falls to';
    return `when ${trigger.priceSource ?? 'LAST'} ${how} ${trigger.price}`;
  }
  const from = trigger.activationPrice === undefined ? '' : `, active from ${trigger.activationPrice}`;
  return `${trigger.callback} (a share) behind the best price${from}`;
}

const sendsText = ({ limitPrice, reduceOnly }: TriggerRequest): string =>
  `${limitPrice === undefined ? 'a market order' : `a limit order at ${limitPrice}`}${reduceOnly ? ', reduce-only' : ''}`;
