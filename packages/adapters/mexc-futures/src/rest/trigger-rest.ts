import { readRows } from '../wire/pages.ts';
import {
  readPlanOrder,
  readStopOrder,
  readTrackOrder,
  type WirePlanOrder,
  type WireStopOrder,
  type WireTrackOrder,
} from '../wire/triggers.ts';
import { type HistoryPage, historyQuery } from './account-rest.ts';
import type { NewPlanOrder, NewStopOrder, NewTrackOrder, StopPrices } from './bodies.ts';
import type { Caller } from './caller.ts';
import type { Endpoints } from './endpoints.ts';
import { decodeData, decodeNothing } from './judge-reply.ts';
import { atMost, decodeId } from './order-rest.ts';
import type { RestCallOptions, WriteResult } from './outcome.ts';

export interface PlanRef {
  readonly symbol: string;
  /** Of the plan. */
  readonly orderId: string;
}

/**
 * Trigger ("plan") orders, take-profit and stop-loss ("stop") of positions and of limit orders, trailing ("track") orders.
 * Placing and changing is sent once; cancels may be repeated.
 */
export class TriggerRest {
  readonly #caller: Caller;
  readonly #endpoints: Endpoints;

  constructor(caller: Caller, endpoints: Endpoints) {
    this.#caller = caller;
    this.#endpoints = endpoints;
  }

  /** The id of the plan. */
  async placePlan(plan: NewPlanOrder, options?: RestCallOptions): Promise<WriteResult<string>> {
    return await this.#caller.write(this.#endpoints.placePlan, { body: plan }, decodeId, options);
  }

  /** At most 50. */
  async cancelPlans(refs: readonly PlanRef[], options?: RestCallOptions): Promise<WriteResult<void>> {
    const input = { bodies: atMost(refs) };
    return await this.#caller.cancel(this.#endpoints.cancelPlans, input, decodeNothing, options);
  }

  async cancelAllPlans(symbol?: string, options?: RestCallOptions): Promise<WriteResult<void>> {
    return await this.#caller.cancel(this.#endpoints.cancelAllPlans, { body: { symbol } }, decodeNothing, options);
  }

  /** @param page `state` is one WirePlanState */
  async plans(
    page: HistoryPage & { readonly state?: number | undefined },
    options?: RestCallOptions,
  ): Promise<readonly WirePlanOrder[]> {
    const input = { query: { ...historyQuery(page), states: page.state } };
    return await this.#caller.read(this.#endpoints.listPlans, input, decodePlans, options);
  }

  /** The id of the take-profit and stop-loss. */
  async placeStop(stop: NewStopOrder, options?: RestCallOptions): Promise<WriteResult<string>> {
    return await this.#caller.write(this.#endpoints.placeStop, { body: stop }, decodeId, options);
  }

  /** At most 50. */
  async cancelStops(ids: readonly string[], options?: RestCallOptions): Promise<WriteResult<void>> {
    const input = { bodies: atMost(ids).map((stopPlanOrderId) => ({ stopPlanOrderId })) };
    return await this.#caller.cancel(this.#endpoints.cancelStops, input, decodeNothing, options);
  }

  async cancelAllStops(
    of: { readonly positionId?: string | undefined; readonly symbol?: string | undefined } = {},
    options?: RestCallOptions,
  ): Promise<WriteResult<void>> {
    return await this.#caller.cancel(this.#endpoints.cancelAllStops, { body: of }, decodeNothing, options);
  }

  /** Of the limit order that carries it. */
  async changeStop(orderId: string, prices: StopPrices, options?: RestCallOptions): Promise<WriteResult<void>> {
    const input = { body: { orderId, ...prices } };
    return await this.#caller.write(this.#endpoints.changeStop, input, decodeNothing, options);
  }

  /** Of a take-profit and stop-loss by its own id. */
  async changePlanStop(
    stopPlanOrderId: string,
    prices: StopPrices,
    options?: RestCallOptions,
  ): Promise<WriteResult<void>> {
    const input = { body: { stopPlanOrderId, ...prices } };
    return await this.#caller.write(this.#endpoints.changePlanStop, input, decodeNothing, options);
  }

  async stops(
    page: HistoryPage & { readonly isFinished?: boolean | undefined },
    options?: RestCallOptions,
  ): Promise<readonly WireStopOrder[]> {
    const { isFinished } = page;
    const input = {
      query: { ...historyQuery(page), is_finished: isFinished === undefined ? undefined : Number(isFinished) },
    };
    return await this.#caller.read(this.#endpoints.listStops, input, decodeStops, options);
  }

  async openStops(symbol?: string, options?: RestCallOptions): Promise<readonly WireStopOrder[]> {
    return await this.#caller.read(this.#endpoints.openStops, { query: { symbol } }, decodeStops, options);
  }

  /** The id of the trailing order. */
  async placeTrack(track: NewTrackOrder, options?: RestCallOptions): Promise<WriteResult<string>> {
    return await this.#caller.write(this.#endpoints.placeTrack, { body: track }, decodeId, options);
  }

  /** One, or all of a contract, or all. */
  async cancelTracks(
    of: { readonly symbol?: string | undefined; readonly trackOrderId?: string | undefined } = {},
    options?: RestCallOptions,
  ): Promise<WriteResult<void>> {
    return await this.#caller.cancel(this.#endpoints.cancelTracks, { body: of }, decodeNothing, options);
  }

  /** @param page `state` is one WireTrackState */
  async tracks(
    page: {
      readonly symbol?: string | undefined;
      readonly state?: number | undefined;
      readonly pageNum: number;
      readonly pageSize: number;
    },
    options?: RestCallOptions,
  ): Promise<readonly WireTrackOrder[]> {
    const { symbol, state, pageNum, pageSize } = page;
    const input = { query: { symbol, states: state, pageIndex: pageNum, pageSize } };
    return await this.#caller.read(this.#endpoints.listTracks, input, decodeTracks, options);
  }
}

const decodePlans = decodeData(readRows(readPlanOrder));
const decodeStops = decodeData(readRows(readStopOrder));
const decodeTracks = decodeData(readRows(readTrackOrder));
