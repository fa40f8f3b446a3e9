export type EngineRefusalReason = 'NO_LIQUIDITY' | 'INSUFFICIENT_BALANCE' | 'RISK_LIMIT' | 'TOO_MANY_ORDERS';

/** The engine says no, and nothing has changed; the port and the desk tell it in their own words. */
export class EngineRefusal extends Error {
  readonly reason: EngineRefusalReason;

  constructor(reason: EngineRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
