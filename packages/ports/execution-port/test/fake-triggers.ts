import {
  checkPrice,
  checkQuantity,
  type Decimal,
  decimal,
  type Instrument,
  OrderType,
  type PositionSide,
  Side,
} from '@prate/domain';
import type { CallOptions } from '@prate/runtime';
import type { OrderRequest, Rejected, TriggerOrder, TriggerOrders, TriggerRequest } from '../src/index.ts';
import { rejected, stepProblem } from './fake-checks.ts';

export interface FakeTriggerParts {
  readonly instrument: Instrument;
  readonly enter: (options: CallOptions | undefined) => void;
  readonly nextId: () => string;
  readonly nowMs: () => number;
  readonly held: (side: Side, positionSide: PositionSide | 'NET') => Decimal;
  readonly send: (request: OrderRequest) => void;
}

interface Row {
  readonly trigger: TriggerOrder;
  isWaiting: boolean;
  best: Decimal | null;
}

/** Triggers of the fake, and `look`, which lets those fire whose price has come. */
export function fakeTriggers(parts: FakeTriggerParts): TriggerOrders & { look(price: Decimal): void } {
  const rows: Row[] = [];
  const waiting = (symbol?: string): Row[] =>
    rows.filter((row) => row.isWaiting && (symbol ?? row.trigger.request.symbol) === row.trigger.request.symbol);
  const facet: TriggerOrders = {
    async create(request, options) {
      parts.enter(options);
      const clientOrderId = request.clientOrderId ?? `fake-${parts.nextId()}`;
      const problem = problemOf(request, parts);
      if (problem !== null) return { ...problem, clientOrderId };
      const trigger = { id: parts.nextId(), clientOrderId, request, createdAt: parts.nowMs() };
      rows.push({ trigger, isWaiting: true, best: null });
      return { kind: 'accepted', trigger };
    },
    async cancel(_symbol, id, options) {
      parts.enter(options);
      const row = rows.find(({ trigger }) => trigger.id === id);
      if (row === undefined) return { kind: 'notFound' };
      if (!row.isWaiting) return { kind: 'alreadyFinal' };
      row.isWaiting = false;
      return { kind: 'cancelled' };
    },
    async cancelAll(symbol, options) {
      parts.enter(options);
      return waiting(symbol).map((row) => {
        row.isWaiting = false;
        return { id: row.trigger.id, outcome: { kind: 'cancelled' } as const };
      });
    },
    async list(symbol, options) {
      parts.enter(options);
      return waiting(symbol).map(({ trigger }) => trigger);
    },
  };
  const look = (price: Decimal): void => {
    for (const row of waiting()) {
      if (!fires(row, price)) continue;
      row.isWaiting = false;
      const { trigger: _, limitPrice, ...request } = row.trigger.request;
      const type = limitPrice === undefined ? OrderType.MARKET : OrderType.LIMIT;
      parts.send({ ...request, type, price: limitPrice, clientOrderId: undefined } as OrderRequest);
    }
  };
  return { ...facet, look };
}

function fires(row: Row, price: Decimal): boolean {
  const { trigger, side } = row.trigger.request;
  if (trigger.kind !== 'trailing') {
    return trigger.direction === 'RISES_TO' ? price.gte(trigger.price) : price.lte(trigger.price);
  }
  const sells = side === Side.SELL;
  if (row.best === null || (sells ? price.gt(row.best) : price.lt(row.best))) row.best = price;
  const back = row.best.mul(trigger.callback);
  return sells ? price.lte(row.best.minus(back)) : price.gte(row.best.plus(back));
}

function problemOf(request: TriggerRequest, { instrument, held }: FakeTriggerParts): Rejected | null {
  const { trigger, side, positionSide } = request;
  if (request.symbol !== instrument.symbol) return rejected('UNKNOWN_SYMBOL', 'no such symbol');
  const quantity = decimal(request.quantity);
  const size = stepProblem('INVALID_QUANTITY', checkQuantity(instrument, quantity));
  if (size !== null || trigger.kind === 'trailing') return size;
  const price = stepProblem('INVALID_PRICE', checkPrice(instrument, decimal(trigger.price)));
  if (price !== null || trigger.kind === 'plan') return price;
  return held(side, positionSide ?? 'NET').isZero() ? rejected('REDUCE_ONLY', 'no position') : null;
}
