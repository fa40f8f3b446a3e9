import type { MarginMode, OrderType, PositionMode } from '@prate/domain';

/** What a venue can do, as data: read by callers before they ask, and by the conformance suite. */
export interface ExecutionCapabilities {
  readonly orderTypes: readonly OrderType[];
  readonly positionModes: readonly PositionMode[];
  readonly marginModes: readonly MarginMode[];
  readonly amend: boolean;
  /** Whether `quoteQuantity` is accepted. */
  readonly quoteQuantity: boolean;
  /** Whether `stopLoss` and `takeProfit` may be attached to an order. */
  readonly attachedStops: boolean;
}
