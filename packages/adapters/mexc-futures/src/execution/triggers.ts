import { InvalidInputError, PrateError, shown } from '@prate/domain';
import type {
  TriggerCancelOutcome,
  TriggerOrder,
  TriggerOrders,
  TriggerOutcome,
  TriggerRequest,
} from '@prate/execution-port';
import { Refusal } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { checkSymbol, checkSymbolOrAll } from '../check-arguments.ts';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WriteResult } from '../rest/outcome.ts';
import type { AccountPositions } from './account-positions.ts';
import type { AccountTerms } from './account-terms.ts';
import { checkClientOrderId, checkShape, tradable } from './check-request.ts';
import type { ClientOrderIds } from './client-order-ids.ts';
import { heldSideOf, positionSideOf } from './codes.ts';
import { UnsettledOrderError } from './order-cancels.ts';
import { refusedError, rejectedBy } from './refusals.ts';
import { type CheckedTrigger, checkTrigger } from './trigger-check.ts';
import { encodePlan, encodeStop, encodeTrack } from './trigger-codec.ts';
import { isWaiting, requestsOf, type TriggerRow, TriggerRows } from './trigger-rows.ts';

const PATHS = {
  plan: { place: 'planorder/place', cancel: 'planorder/cancel' },
  stop: { place: 'stoporder/place', cancel: 'stoporder/cancel' },
  trailing: { place: 'trackorder/place', cancel: 'trackorder/cancel' },
} as const;

export interface TriggerParts {
  readonly rest: MexcRest;
  readonly contracts: InstrumentTable;
  readonly terms: AccountTerms;
  readonly positions: AccountPositions;
  readonly ids: ClientOrderIds;
  /** Checks a call's options; what it returns ends with the connection too. */
  readonly enter: (options: CallOptions | undefined) => CallOptions;
}

/**
 * Plan orders, take-profit and stop-loss of positions, trailing orders. Ids name the kind: `plan-…`, `stop-…`, `trailing-…`.
 * MEXC keeps no client order id of a trigger: that of `create` is known to this object alone, and '' for all others. A plan
 * lives for seven days; a stop as long as its position; a take-profit and a stop-loss that MEXC holds as one end together.
 */
export class MexcTriggers implements TriggerOrders {
  readonly #parts: TriggerParts;
  readonly #rows: TriggerRows;
  readonly #clientIds = new Map<string, string>();

  constructor(parts: TriggerParts) {
    this.#parts = parts;
    this.#rows = new TriggerRows(parts.rest);
  }

  /** `stop` and `takeProfit` need the position that they are to end. */
  async create(request: TriggerRequest, options?: CallOptions): Promise<TriggerOutcome> {
    const { enter, contracts, terms, ids, rest } = this.#parts;
    const call = enter(options);
    const clientOrderId = request?.clientOrderId ?? ids.make();
    try {
      checkShape(request, 'symbol, side, quantity, trigger');
      checkClientOrderId(clientOrderId);
      const contract = tradable(request.symbol, await contracts.find(request.symbol, call));
      const checked = checkTrigger(request, contract, await terms.positionMode(call));
      const result = await this.#place(checked, call);
      if (result.kind === 'unknown') return { ...result, clientOrderId };
      if (result.kind === 'refused') return { ...rejectedBy(PATHS[checked.kind].place, result), clientOrderId };
      const id = `${checked.kind}-${result.data}`;
      this.#clientIds.set(id, clientOrderId);
      const trigger: TriggerOrder = { id, clientOrderId, request, createdAt: rest.serverNowMs() };
      return { kind: 'accepted', trigger };
    } catch (error) {
      if (error instanceof Refusal) return { ...error.rejected, clientOrderId };
      throw error;
    }
  }

  async cancel(symbol: string, id: string, options?: CallOptions): Promise<TriggerCancelOutcome> {
    const call = this.#parts.enter(options);
    checkSymbol(symbol);
    if (typeof id !== 'string' || id === '') {
      throw new InvalidInputError(`a trigger's id is a text such as plan-739113577038255616, not ${shown(id)}`);
    }
    const before = await this.#rows.find(symbol, id, call);
    if (before === null) return { kind: 'notFound' };
    if (!isWaiting(before)) return { kind: 'alreadyFinal' };
    const result = await this.#cancel(before, call);
    if (result.kind === 'refused') rejectedBy(PATHS[before.kind].cancel, result);
    const cause =
      result.kind === 'unknown'
        ? result.cause
        : result.kind === 'refused'
          ? refusedError(PATHS[before.kind].cancel, result)
          : unsettled();
    return await this.#settled(before, cause, call);
  }

  async cancelAll(
    symbol?: string,
    options?: CallOptions,
  ): Promise<readonly { readonly id: string; readonly outcome: TriggerCancelOutcome }[]> {
    const { enter, rest } = this.#parts;
    const call = enter(options);
    checkSymbolOrAll(symbol);
    const before = await this.#rows.waiting(symbol, call);
    const results = [
      [`${PATHS.plan.cancel}_all`, await rest.triggers.cancelAllPlans(symbol, call)],
      [`${PATHS.stop.cancel}_all`, await rest.triggers.cancelAllStops({ symbol }, call)],
      [PATHS.trailing.cancel, await rest.triggers.cancelTracks({ symbol }, call)],
    ] as const;
    const causes: PrateError[] = [];
    for (const [path, result] of results) {
      if (result.kind === 'refused') causes.push(refusedError(path, result));
      if (result.kind === 'unknown') causes.push(result.cause);
    }
    const [cause = unsettled()] = causes;
    const outcomes: { readonly id: string; readonly outcome: TriggerCancelOutcome }[] = [];
    for (const row of before) outcomes.push({ id: row.id, outcome: await this.#settled(row, cause, call) });
    return outcomes;
  }

  async list(symbol?: string, options?: CallOptions): Promise<readonly TriggerOrder[]> {
    const { enter, contracts, terms } = this.#parts;
    const call = enter(options);
    checkSymbolOrAll(symbol);
    const rows = await this.#rows.waiting(symbol, call);
    const mode = await terms.positionMode(call);
    const told = await contracts.withContracts(
      rows,
      (row, contract) =>
        requestsOf(row, contract, mode).map(
          (request): TriggerOrder => ({
            id: row.id,
            clientOrderId: this.#clientIds.get(row.id) ?? '',
            request,
            createdAt: row.createdAt,
          }),
        ),
      call,
    );
    return told.flat();
  }

  async #place(checked: CheckedTrigger, options?: CallOptions): Promise<WriteResult<string>> {
    const { triggers } = this.#parts.rest;
    if (checked.kind === 'stop') {
      const { positionId } = await this.#positionOf(checked, options);
      return await triggers.placeStop(encodeStop(checked, positionId), options);
    }
    const terms = (await this.#parts.terms.of(checked.contract.symbol, options))[positionSideOf(checked)];
    return checked.kind === 'plan'
      ? await triggers.placePlan(encodePlan(checked, terms), options)
      : await triggers.placeTrack(encodeTrack(checked, terms), options);
  }

  /** @throws Refusal where there is none */
  async #positionOf(checked: CheckedTrigger, options?: CallOptions): Promise<{ readonly positionId: string }> {
    const side = positionSideOf(checked);
    const { symbol } = checked.contract;
    const held = await this.#parts.positions.wires(symbol, options);
    const position = held.find(({ positionType }) => heldSideOf(positionType) === side);
    if (position !== undefined) return position;
    const message = `there is no ${side} position in ${symbol} that a stop would end: send a plan instead`;
    throw new Refusal({ kind: 'rejected', reason: 'REDUCE_ONLY', message });
  }

  async #cancel({ kind, wireId, symbol }: TriggerRow, options?: CallOptions): Promise<WriteResult<void>> {
    const { triggers } = this.#parts.rest;
    if (kind === 'plan') return await triggers.cancelPlans([{ symbol, orderId: wireId }], options);
    if (kind === 'stop') return await triggers.cancelStops([wireId], options);
    return await triggers.cancelTracks({ symbol, trackOrderId: wireId }, options);
  }

  /** What its own record says after the cancel has left. */
  async #settled(before: TriggerRow, cause: PrateError, options?: CallOptions): Promise<TriggerCancelOutcome> {
    try {
      const now = await this.#rows.find(before.symbol, before.id, options);
      if (now === null || isWaiting(now)) return { kind: 'unknown', cause };
      return { kind: now.end === 'cancelled' ? 'cancelled' : 'alreadyFinal' };
    } catch (error) {
      return { kind: 'unknown', cause: PrateError.is(error) ? error : cause };
    }
  }
}

const unsettled = (): UnsettledOrderError =>
  new UnsettledOrderError('MEXC accepted the cancel, but still shows this trigger as waiting');
