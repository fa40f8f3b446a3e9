export type { LiveCandleFeed, StoredCandles } from './candle-sources.ts';
export { HttpApi } from './http-api.ts';
export type { HttpApiOptions, Tokens } from './options.ts';
export { API_PREFIX, openApiDocument } from './schema/openapi.ts';
export { secureRandom } from './security/tokens.ts';
export type { KillResult, SessionControl } from './session-control.ts';
export * from './wire/index.ts';
