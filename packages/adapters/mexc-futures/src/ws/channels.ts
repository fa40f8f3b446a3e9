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
import * as privateFrames from './private-frames.ts';

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
  readonly order: privateFrames.WireOrder;
  readonly 'order.deal': privateFrames.WireFill;
  readonly position: privateFrames.WirePosition;
  readonly asset: privateFrames.WireAsset;
  /** Null for what MEXC tells under this name without being an order. */
  readonly 'plan.order': privateFrames.WireTrigger | null;
  readonly 'stop.planorder': privateFrames.WireTrigger;
  readonly 'stop.order': privateFrames.WireStopPrices;
  readonly 'track.order': privateFrames.WireTrigger;
  readonly 'risk.limit': privateFrames.WireRiskLimit;
  readonly 'adl.level': privateFrames.WireAdlLevel;
}

export type PrivateChannel = keyof PrivateData;

/** One private push: `channel` says which. */
export type PrivatePush = {
  readonly [C in PrivateChannel]: { readonly channel: C; readonly value: PrivateData[C] };
}[PrivateChannel];

const privateChannels: { readonly [C in PrivateChannel]: (data: unknown) => PrivateData[C] } = {
  order: privateFrames.readOrder,
  'order.deal': privateFrames.readFill,
  position: privateFrames.readPosition,
  asset: privateFrames.readAsset,
  'plan.order': privateFrames.readPlanOrder,
  'stop.planorder': privateFrames.readTrigger,
  'stop.order': privateFrames.readStopPrices,
  'track.order': privateFrames.readTrigger,
  'risk.limit': privateFrames.readRiskLimit,
  'adl.level': privateFrames.readAdlLevel,
};

export const PRIVATE_PREFIX = 'push.personal.';

/** The push behind a whole channel name, or null for a channel that this package does not read. */
export function readPrivatePush(name: string, data: unknown): PrivatePush | null {
  const channel = name.slice(PRIVATE_PREFIX.length);
  if (!Object.hasOwn(privateChannels, channel)) return null;
  return { channel, value: privateChannels[channel as PrivateChannel](data) } as PrivatePush;
}
