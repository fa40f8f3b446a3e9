import type { PositionMode } from '@prate/domain';
import type { TriggerRequest } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import type { MexcInstrument } from '../instruments/mexc-instrument.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import { WirePlanState, WireTrackState } from '../wire/enums.ts';
import type { WirePlanOrder, WireStopOrder, WireTrackOrder } from '../wire/triggers.ts';
import { decodePlan, decodeStop, decodeTrack } from './trigger-codec.ts';

const PAGE = 100;
const MOST_PAGES = 100;
/** The longest that MEXC lists at once; what waits is younger, but for plans of the web. */
const SPAN_MS = 90 * 86_400_000;

/** One of MEXC's triggers, of any of its three sorts. */
export type TriggerRow = RowFields &
  (
    | { readonly kind: 'plan'; readonly wire: WirePlanOrder }
    | { readonly kind: 'stop'; readonly wire: WireStopOrder }
    | { readonly kind: 'trailing'; readonly wire: WireTrackOrder }
  );

interface RowFields {
  /** Of the port: the kind and MEXC's id. */
  readonly id: string;
  readonly wireId: string;
  readonly symbol: string;
  /** Null while it waits. */
  readonly end: 'cancelled' | 'other' | null;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** Two for a stop-loss and a take-profit that MEXC holds as one. */
export function requestsOf(row: TriggerRow, contract: MexcInstrument, mode: PositionMode): readonly TriggerRequest[] {
  if (row.kind === 'plan') return [decodePlan(row.wire, contract, mode)];
  if (row.kind === 'stop') return decodeStop(row.wire, contract, mode);
  return [decodeTrack(row.wire, contract, mode)];
}

export const isWaiting = ({ end }: TriggerRow): boolean => end === null;

type Read<W> = (pageNum: number) => Promise<readonly W[]>;

/** Reads of triggers. */
export class TriggerRows {
  readonly #rest: MexcRest;

  constructor(rest: MexcRest) {
    this.#rest = rest;
  }

  /** All that wait, oldest first. */
  async waiting(symbol?: string, options?: CallOptions): Promise<readonly TriggerRow[]> {
    const { triggers } = this.#rest;
    const rows = [
      ...(await this.#plans(symbol, WirePlanState.WAITING, options)).map(planRow),
      ...(await triggers.openStops(symbol, options)).map(stopRow),
      ...(await this.#tracks(symbol, WireTrackState.INACTIVE, options)).map(trackRow),
      ...(await this.#tracks(symbol, WireTrackState.ACTIVE, options)).map(trackRow),
    ];
    return rows
      .filter((row) => isWaiting(row) && (symbol === undefined || row.symbol === symbol))
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Null where MEXC lists none of this id in the last 90 days. */
  async find(symbol: string, id: string, options?: CallOptions): Promise<TriggerRow | null> {
    const rows = await this.#ofKind(id.slice(0, id.indexOf('-')), symbol, options);
    return rows.find((row) => row.id === id) ?? null;
  }

  async #ofKind(kind: string, symbol: string, options?: CallOptions): Promise<readonly TriggerRow[]> {
    if (kind === 'plan') return (await this.#plans(symbol, undefined, options)).map(planRow);
    if (kind === 'trailing') return (await this.#tracks(symbol, undefined, options)).map(trackRow);
    if (kind !== 'stop') return [];
    const { triggers } = this.#rest;
    const open = await triggers.openStops(symbol, options);
    const ended = await pages((pageNum) =>
      triggers.stops({ symbol, isFinished: true, pageNum, pageSize: PAGE, ...this.#span() }, options),
    );
    // what ended between the two reads is in both, and counts as ended
    return [...ended, ...open].map(stopRow);
  }

  #plans(symbol: string | undefined, state: number | undefined, options?: CallOptions): Promise<WirePlanOrder[]> {
    return pages((pageNum) =>
      this.#rest.triggers.plans({ symbol, state, pageNum, pageSize: PAGE, ...this.#span() }, options),
    );
  }

  #tracks(symbol: string | undefined, state: number | undefined, options?: CallOptions): Promise<WireTrackOrder[]> {
    return pages((pageNum) => this.#rest.triggers.tracks({ symbol, state, pageNum, pageSize: PAGE }, options));
  }

  #span(): { readonly startTime: number; readonly endTime: number } {
    const endTime = this.#rest.serverNowMs();
    return { startTime: endTime - SPAN_MS, endTime };
  }
}

async function pages<W extends { readonly id: string }>(read: Read<W>): Promise<W[]> {
  const byId = new Map<string, W>();
  for (let pageNum = 1; pageNum <= MOST_PAGES; pageNum += 1) {
    const rows = await read(pageNum);
    for (const row of rows) byId.set(row.id, row);
    if (rows.length < PAGE) break;
  }
  return [...byId.values()];
}

const planRow = (wire: WirePlanOrder): TriggerRow => ({
  kind: 'plan',
  id: `plan-${wire.id}`,
  wireId: wire.id,
  symbol: wire.symbol,
  end: planEnd(wire.state),
  createdAt: wire.createTime ?? 0,
  wire,
});

const stopRow = (wire: WireStopOrder): TriggerRow => ({
  kind: 'stop',
  id: `stop-${wire.id}`,
  wireId: wire.id,
  symbol: wire.symbol,
  end: planEnd(wire.state),
  createdAt: wire.createTime ?? 0,
  wire,
});

const trackRow = (wire: WireTrackOrder): TriggerRow => ({
  kind: 'trailing',
  id: `trailing-${wire.id}`,
  wireId: wire.id,
  symbol: wire.symbol,
  end:
    wire.state === WireTrackState.INACTIVE || wire.state === WireTrackState.ACTIVE
      ? null
      : wire.state === WireTrackState.CANCELLED
        ? 'cancelled'
        : 'other',
  createdAt: wire.createTime ?? 0,
  wire,
});

const planEnd = (state: number): TriggerRow['end'] =>
  state === WirePlanState.WAITING ? null : state === WirePlanState.CANCELLED ? 'cancelled' : 'other';
