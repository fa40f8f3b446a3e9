import {
  readAdlLevel,
  readAsset,
  readModeChange,
  readPosition,
  readRiskLimit,
  type WireAdlLevel,
  type WireAsset,
  type WireModeChange,
  type WirePosition,
  type WireRiskLimit,
} from '../wire/account.ts';
import { readDeals, type WireDeal } from '../wire/deals.ts';
import { readDepth, type WireDepth } from '../wire/depth.ts';
import { Fields, readList } from '../wire/fields.ts';
import type { Json } from '../wire/json-text.ts';
import {
  readContract,
  readFundingRate,
  readKlinePush,
  readPrice,
  readTicker,
  type WireContract,
  type WireFundingRate,
  type WireKline,
  type WirePrice,
  type WireTicker,
} from '../wire/market.ts';
import { readFill, readOrder, type WireFill, type WireOrder } from '../wire/orders.ts';
import {
  readPlanOrder,
  readStopOrder,
  readStopPrices,
  readTrackOrder,
  type WirePlanOrder,
  type WireStopOrder,
  type WireStopPrices,
  type WireTrackOrder,
} from '../wire/triggers.ts';

/** What each public channel delivers, under the name that its subscription has on the wire. */
export interface PublicData {
  readonly deal: readonly WireDeal[];
  readonly kline: WireKline;
  readonly ticker: WireTicker;
  readonly tickers: readonly WireTicker[];
  readonly depth: WireDepth;
  readonly 'funding.rate': WireFundingRate;
  readonly 'index.price': WirePrice;
  readonly 'fair.price': WirePrice;
  readonly contract: WireContract;
}

export type PublicChannel = keyof PublicData;

interface OfSymbol {
  readonly symbol: string;
}

/** What has to be said to subscribe. */
export interface PublicParams {
  readonly deal: OfSymbol;
  readonly kline: OfSymbol & { readonly interval: string };
  readonly ticker: OfSymbol;
  readonly tickers: object;
  /** `compress` true: MEXC merges the changes of 200 ms into one, from `begin` to `version`. Default false: every change. */
  readonly depth: OfSymbol & { readonly compress?: boolean | undefined };
  readonly 'funding.rate': OfSymbol;
  readonly 'index.price': OfSymbol;
  readonly 'fair.price': OfSymbol;
  readonly contract: object;
}

interface PublicRow<Data> {
  /** Sent with every subscription, where the caller says nothing else. */
  readonly defaults: object;
  /** Whether its pushes are of one symbol. */
  readonly bySymbol: boolean;
  /** How long a connection may go on without a push, for channels that push at a steady rate; null for all others. */
  readonly steadyMs: number | null;
  readonly read: (data: Json | undefined, place: string) => Data;
}

const object =
  <T>(read: (fields: Fields) => T) =>
  (data: Json | undefined, place: string): T =>
    read(new Fields(data, place));

/** The push is named as the subscription: `sub.deal` leads to `push.deal`. Section 14 of the reference. */
export const publicChannels: { readonly [C in PublicChannel]: PublicRow<PublicData[C]> } = {
  // merged trades are no trades: candles and order flow need every one
  deal: { defaults: { compress: false }, bySymbol: true, steadyMs: null, read: readDeals },
  kline: { defaults: {}, bySymbol: true, steadyMs: null, read: object(readKlinePush) },
  ticker: { defaults: {}, bySymbol: true, steadyMs: null, read: object(readTicker) },
  // every 2 s
  tickers: {
    defaults: {},
    bySymbol: false,
    steadyMs: 30_000,
    read: (data, place) => readList(data, place, readTicker),
  },
  depth: { defaults: { compress: false }, bySymbol: true, steadyMs: null, read: readDepth },
  'funding.rate': { defaults: {}, bySymbol: true, steadyMs: null, read: object(readFundingRate) },
  'index.price': { defaults: {}, bySymbol: true, steadyMs: null, read: object(readPrice) },
  'fair.price': { defaults: {}, bySymbol: true, steadyMs: null, read: object(readPrice) },
  contract: { defaults: {}, bySymbol: false, steadyMs: null, read: object(readContract) },
};

/** What each private channel delivers, under its name after `push.personal.`. Section 15 of the reference. */
export interface PrivateData {
  readonly order: WireOrder;
  readonly 'order.deal': WireFill;
  readonly position: WirePosition;
  readonly asset: WireAsset;
  /** Null for what MEXC tells under this name without being an order. */
  readonly 'plan.order': WirePlanOrder | null;
  readonly 'stop.planorder': WireStopOrder;
  readonly 'stop.order': WireStopPrices;
  readonly 'track.order': WireTrackOrder;
  readonly 'risk.limit': WireRiskLimit;
  readonly 'adl.level': WireAdlLevel;
  readonly 'position.mode': WireModeChange;
}

export type PrivateChannel = keyof PrivateData;

/** One private push: `channel` says which. */
export type PrivatePush = {
  readonly [C in PrivateChannel]: { readonly channel: C; readonly value: PrivateData[C] };
}[PrivateChannel];

const privateChannels: { readonly [C in PrivateChannel]: (data: Fields) => PrivateData[C] } = {
  order: readOrder,
  'order.deal': readFill,
  position: readPosition,
  asset: readAsset,
  // notes on fee deduction come under the same name
  'plan.order': (plan) => (!plan.has('id') && plan.has('deductFee') ? null : readPlanOrder(plan)),
  'stop.planorder': readStopOrder,
  'stop.order': readStopPrices,
  'track.order': readTrackOrder,
  'risk.limit': readRiskLimit,
  'adl.level': readAdlLevel,
  'position.mode': readModeChange,
};

export const PRIVATE_PREFIX = 'push.personal.';

/**
 * The push behind a whole channel name, or null for a channel that this package does not read.
 *
 * @throws BadReplyError (`BAD_REPLY`) for what is not what its channel promises
 */
export function readPrivatePush(name: string, data: unknown): PrivatePush | null {
  const channel = name.slice(PRIVATE_PREFIX.length);
  if (!Object.hasOwn(privateChannels, channel)) return null;
  const fields = new Fields(data as Json | undefined, name);
  return { channel, value: privateChannels[channel as PrivateChannel](fields) } as PrivatePush;
}
