import type { Balance, Order, Position, PositionSide, Trade } from '@prate/domain';

/** What happened to the account, in the venue's order. */
export type ExecutionEvent =
  /** The order as it is now. */
  | { readonly kind: 'order'; readonly order: Order }
  /** Comes before the `order` event that it leads to. */
  | { readonly kind: 'fill'; readonly trade: Trade }
  /** The position as it is now; null when it was closed. `positionSide` is null in ONE_WAY mode. */
  | {
      readonly kind: 'position';
      readonly symbol: string;
      readonly positionSide: PositionSide | null;
      readonly position: Position | null;
    }
  | { readonly kind: 'balance'; readonly balance: Balance }
  /** Nothing is known of this time: ask again for what matters. */
  | { readonly kind: 'gap'; readonly fromMs: number; readonly toMs: number };
