import type { PositionMode } from '@prate/domain';
import type {
  AccountAsset,
  AccountOrder,
  AccountPosition,
  Fill,
  PlanOrder,
  StopOrder,
  TrailingOrder,
} from './account-values.ts';
import type { BookChange, Contract, Funding, PublicTrade } from './market-values.ts';

/** What happened, in its order. Private events name the account by its API key. */
export type BackendEvent = MarketEvent | AccountEvent;

export type MarketEvent =
  | { readonly kind: 'trades'; readonly symbol: string; readonly trades: readonly PublicTrade[] }
  | { readonly kind: 'book'; readonly symbol: string; readonly change: BookChange }
  | { readonly kind: 'fairPrice' | 'indexPrice'; readonly symbol: string }
  | { readonly kind: 'funding'; readonly symbol: string; readonly funding: Funding }
  | { readonly kind: 'contract'; readonly symbol: string; readonly contract: Contract };

export type AccountEvent = { readonly account: string } & (
  | { readonly kind: 'order'; readonly order: AccountOrder }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'position'; readonly position: AccountPosition }
  | { readonly kind: 'asset'; readonly asset: AccountAsset }
  | { readonly kind: 'plan'; readonly plan: PlanOrder }
  | { readonly kind: 'stop'; readonly stop: StopOrder }
  | { readonly kind: 'attachedStop'; readonly order: AccountOrder }
  | { readonly kind: 'trailing'; readonly trailing: TrailingOrder }
  | { readonly kind: 'positionMode'; readonly mode: PositionMode }
);
