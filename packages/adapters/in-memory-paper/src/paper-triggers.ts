import {
  type ClientOrderId,
  type Decimal,
  type DecimalInput,
  decimal,
  InvalidInputError,
  OrderType,
  PositionSide,
  Side,
} from '@prate/domain';
import {
  RejectReason,
  readStep,
  refuse,
  type TriggerCancelOutcome,
  type TriggerOrder,
  type TriggerOrders,
  type TriggerOutcome,
  type TriggerRequest,
} from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { DeskStopPrice, DeskTicket } from './desk/desk-types.ts';
import type { DeskPlan, DeskStop, DeskStopPrices, DeskTrailing } from './desk/trigger-types.ts';
import type { SymbolMarket } from './engine/market.ts';
import type { EngineAccount } from './engine/model.ts';
import {
  checkClientOrderId,
  checkLots,
  type OrderTarget,
  readPositionSide,
  readTickPrice,
  readWord,
  rejectedBy,
} from './order-entry.ts';
import type { FacetParts } from './paper-settings.ts';
import { planRequest, stopRequests, trailingRequest } from './trigger-requests.ts';
import type { AccountTriggers } from './triggers/account-triggers.ts';
import { isWaiting } from './triggers/trigger-parts.ts';

/** A plan lives so long, in hours. */
const TEN_YEARS = 87_600;
const EVERYTHING = { from: 0, to: Number.MAX_SAFE_INTEGER };

export interface PaperTriggersParts extends FacetParts {
  readonly triggers: AccountTriggers;
  readonly markets: ReadonlyMap<string, SymbolMarket>;
  readonly newClientOrderId: () => ClientOrderId;
}

/**
 * Ids name the kind: `plan-…`, `stop-…`, `trailing-…`. A stop-loss and a take-profit that were attached to one order are one
 * trigger, listed twice under one id, and end together. A plan lives for ten years, a stop as long as its position.
 */
export class PaperTriggers implements TriggerOrders {
  readonly #parts: PaperTriggersParts;

  constructor(parts: PaperTriggersParts) {
    this.#parts = parts;
  }

  /** `stop` and `takeProfit` need the position that they are to end. */
  async create(request: TriggerRequest, options?: CallOptions): Promise<TriggerOutcome> {
    const { enter, newClientOrderId, triggers } = this.#parts;
    enter(options);
    const clientOrderId = request?.clientOrderId ?? newClientOrderId();
    try {
      checkClientOrderId(clientOrderId, (id) => triggers.hasName(id));
      const [id, createdAt] = this.#place(request, clientOrderId);
      return { kind: 'accepted', trigger: { id, clientOrderId, request, createdAt } };
    } catch (error) {
      return { ...rejectedBy(error), clientOrderId };
    }
  }

  async cancel(symbol: string, id: string, options?: CallOptions): Promise<TriggerCancelOutcome> {
    this.#parts.enter(options);
    return this.#cancel(symbol, id);
  }

  async cancelAll(
    symbol?: string,
    options?: CallOptions,
  ): Promise<readonly { readonly id: string; readonly outcome: TriggerCancelOutcome }[]> {
    this.#parts.enter(options);
    const waiting = new Map(this.#list(symbol).map((trigger) => [trigger.id, trigger.request.symbol]));
    return [...waiting].map(([id, at]) => ({ id, outcome: this.#cancel(at, id) }));
  }

  /** Oldest first. */
  async list(symbol?: string, options?: CallOptions): Promise<readonly TriggerOrder[]> {
    this.#parts.enter(options);
    return this.#list(symbol);
  }

  #place(request: TriggerRequest, clientOrderId: ClientOrderId): readonly [id: string, createdAt: number] {
    const { account, triggers, markets } = this.#parts;
    const market = markets.get(request?.symbol);
    if (market === undefined)
      refuse(RejectReason.UNKNOWN_SYMBOL, `there is no instrument '${String(request?.symbol)}'`);
    const { trigger, limitPrice } = request;
    const isStop = trigger?.kind === 'stop' || trigger?.kind === 'takeProfit';
    if (limitPrice !== undefined && trigger?.kind !== 'plan') {
      refuse(RejectReason.NOT_SUPPORTED, `a ${trigger?.kind} sends a market order; a plan may have a limitPrice`);
    }
    // a stop ends a position, whether or not the request says so
    const target = readTarget(request, isStop, account);
    const quantity = readStep(RejectReason.INVALID_QUANTITY, 'quantity', request.quantity, (value) =>
      checkLots(target, account.seat(market), value, value),
    );
    switch (trigger?.kind) {
      case 'plan': {
        const plan = triggers.placePlan({
          ticket: ticketOf(request, target, quantity, limitPrice === undefined ? null : price(limitPrice, market)),
          triggerPrice: price(trigger.price, market),
          direction: readWord('direction', trigger.direction, ['RISES_TO', 'FALLS_TO']),
          source: readSource(trigger.priceSource),
          cycleHours: TEN_YEARS,
          clientOrderId,
        });
        return [`plan-${plan.id}`, plan.createdAt];
      }
      case 'stop':
      case 'takeProfit': {
        const position = positionOf(target, request.symbol, account);
        const isLoss = trigger.kind === 'stop';
        const right = (position.side === PositionSide.LONG) === isLoss ? 'FALLS_TO' : 'RISES_TO';
        if (trigger.direction !== right) {
          refuse(
            RejectReason.INVALID_REQUEST,
            `the ${trigger.kind} of a ${position.side} position fires when the price ${right}`,
          );
        }
        const at = { price: price(trigger.price, market), source: readSource(trigger.priceSource) };
        const stop = triggers.placeStop({
          positionId: position.id,
          quantity,
          stopLoss: isLoss ? at : null,
          takeProfit: isLoss ? null : at,
          clientOrderId,
        });
        return [`stop-${stop.id}`, stop.createdAt];
      }
      case 'trailing': {
        const { activationPrice } = trigger;
        const trailing = triggers.placeTrailing({
          ticket: ticketOf(request, target, quantity, null),
          source: 'LAST',
          activationPrice: activationPrice === undefined ? null : price(activationPrice, market),
          callback: { kind: 'SHARE', value: readCallback(trigger.callback) },
          clientOrderId,
        });
        return [`trailing-${trailing.id}`, trailing.createdAt];
      }
      default:
        return refuse(RejectReason.NOT_SUPPORTED, 'trigger.kind must be plan, stop, takeProfit or trailing');
    }
  }

  #cancel(symbol: string, id: string): TriggerCancelOutcome {
    const { triggers } = this.#parts;
    const dash = String(id).indexOf('-');
    const kind = String(id).slice(0, Math.max(dash, 0));
    const own = String(id).slice(dash + 1);
    const found =
      kind === 'plan'
        ? triggers.plan(own)
        : kind === 'trailing'
          ? triggers.trailing(own)
          : kind === 'stop' && /^\d+$/.test(own)
            ? triggers.stop(Number(own))
            : null;
    if (found === null || symbolOf(found) !== symbol) return { kind: 'notFound' };
    if (!isWaiting(found)) return { kind: 'alreadyFinal' };
    if (kind === 'plan') triggers.cancelPlan(own);
    else if (kind === 'trailing') triggers.cancelTrailing(own);
    else triggers.cancelStop(Number(own));
    return { kind: 'cancelled' };
  }

  #list(symbol: string | undefined): readonly TriggerOrder[] {
    const { triggers, account } = this.#parts;
    const range = { symbol: symbol ?? null, ...EVERYTHING };
    const rows = [
      ...triggers.plans(range).map((plan) => ({ kind: 'plan', row: plan, requests: [planRequest(plan)] })),
      ...triggers.stops(range).map((stop) => ({ kind: 'stop', row: stop, requests: stopRequests(stop, account) })),
      ...triggers
        .trailings(range)
        .map((trailing) => ({ kind: 'trailing', row: trailing, requests: [trailingRequest(trailing)] })),
    ];
    return rows
      .filter(({ row }) => isWaiting(row))
      .sort((a, b) => Number(a.row.id) - Number(b.row.id))
      .flatMap(({ kind, row: { id, clientOrderId, createdAt }, requests }) =>
        requests.map((request) => ({ id: `${kind}-${id}`, clientOrderId: clientOrderId ?? '', request, createdAt })),
      );
  }
}

/**
 * What a request attaches to its order.
 * @throws Refusal, DeskRefusal
 */
export function readAttached(
  request: { readonly stopLoss?: AttachedInput; readonly takeProfit?: AttachedInput },
  order: { readonly market: SymbolMarket; readonly side: Side; readonly ticks: number; readonly reduces: boolean },
  triggers: AccountTriggers,
): DeskStopPrices | null {
  const { market, side, ticks, reduces } = order;
  const read = (what: string, input: AttachedInput): DeskStopPrice | null => {
    if (input === undefined) return null;
    if (typeof input !== 'object' || input === null) {
      refuse(RejectReason.INVALID_REQUEST, `${what} is { triggerPrice, priceSource }, not ${String(input)}`);
    }
    return { price: price(input.triggerPrice, market, what), source: readSource(input.priceSource) };
  };
  const stops = { stopLoss: read('stopLoss', request.stopLoss), takeProfit: read('takeProfit', request.takeProfit) };
  if (stops.stopLoss === null && stops.takeProfit === null) return null;
  if (reduces) {
    refuse(RejectReason.INVALID_REQUEST, 'stopLoss and takeProfit belong to orders that open; this one only closes');
  }
  const { symbol } = market.instrument;
  triggers.checkAttached({ symbol, side, price: ticks === 0 ? null : market.grid.price(ticks), ...stops });
  return stops;
}

type AttachedInput = { readonly triggerPrice: DecimalInput; readonly priceSource?: unknown } | undefined;

const symbolOf = (trigger: DeskPlan | DeskStop | DeskTrailing): string =>
  'ticket' in trigger ? trigger.ticket.symbol : trigger.symbol;

const price = (input: DecimalInput, market: SymbolMarket, what = 'trigger.price'): Decimal =>
  market.grid.price(readTickPrice(what, input, market));

const readSource = (source: unknown): DeskStopPrice['source'] =>
  source === undefined ? 'LAST' : readWord('priceSource', source, ['LAST', 'MARK', 'INDEX']);

function readTarget(request: TriggerRequest, isStop: boolean, account: EngineAccount): OrderTarget {
  const side = readWord('side', request.side, Object.values(Side));
  return { side, positionSide: readPositionSide(request, account), reduceOnly: isStop || request.reduceOnly === true };
}

function positionOf({ side, positionSide }: OrderTarget, symbol: string, account: EngineAccount) {
  const closes = side === Side.SELL ? PositionSide.LONG : PositionSide.SHORT;
  const position = positionSide === null || positionSide === closes ? account.position(symbol, closes) : null;
  if (position !== null) return position;
  return refuse(
    RejectReason.REDUCE_ONLY,
    `there is no position in ${symbol} that a ${side} would end: send a plan instead`,
  );
}

function ticketOf(
  { symbol }: TriggerRequest,
  { side, positionSide, reduceOnly }: OrderTarget,
  quantity: Decimal,
  limitPrice: Decimal | null,
): DeskTicket {
  const opens = side === Side.BUY ? PositionSide.LONG : PositionSide.SHORT;
  const closes = reduceOnly || (positionSide !== null && positionSide !== opens);
  return {
    symbol,
    side,
    effect: closes ? 'CLOSE' : 'OPEN',
    type: limitPrice === null ? OrderType.MARKET : OrderType.LIMIT,
    quantity,
    price: limitPrice,
    marginMode: null,
    leverage: null,
    clientOrderId: null,
    positionMode: null,
    reduceOnly,
  };
}

function readCallback(input: DecimalInput): Decimal {
  try {
    const callback = decimal(input, 'callback');
    if (callback.gt(0) && callback.lt(1)) return callback;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
  }
  return refuse(
    RejectReason.INVALID_PRICE,
    `callback must be a share of the price between 0 and 1, not ${String(input)}`,
  );
}
