import { toJson, type WireValue } from '../wire/json.ts';

/** Frames of the protocol, as text. */
export const pushFrame = (channel: string, symbol: string | null, data: WireValue, ts: number): string =>
  toJson({ channel, symbol: symbol ?? undefined, data, ts });

export const ackFrame = (method: string, ts: number): string =>
  toJson({ channel: `rs.${method}`, data: 'success', ts });

/** It names no request: several subscriptions at once cannot be told apart by it. */
export const errorFrame = (text: string, ts: number): string => toJson({ channel: 'rs.error', data: text, ts });

export const pongFrame = (ts: number): string => toJson({ channel: 'pong', data: ts });
