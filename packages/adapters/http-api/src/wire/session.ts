/** Which token a caller has: `trade` may do what `read` may. */
export type Scope = 'read' | 'trade';

/** How one kind of feed is: trades of all symbols, the account, and so on. */
export interface FeedHealthJson {
  /** A word of a small, fixed set: `trades`, `account`. Not one per symbol. */
  readonly stream: string;
  readonly connected: boolean;
  /** Epoch ms at which the last item was told; null before the first. */
  readonly lastItemAt: number | null;
  /** How often something was missed. */
  readonly gaps: number;
  /** How old items are when they come, ms; null where unknown. */
  readonly latencyMs: number | null;
}

export type StrategyState = 'starting' | 'running' | 'stopped' | 'failed';

export interface StrategyJson {
  readonly name: string;
  readonly state: StrategyState;
  /** Why it is not running; null while it is. */
  readonly reason: string | null;
}

export interface SessionJson {
  /** Names this run; another after each start. */
  readonly id: string;
  /** Epoch ms, by the machine's clock. */
  readonly startedAt: number;
  /** The market's time, epoch ms. */
  readonly marketTime: number;
  readonly source: {
    /** `mexc`, `sandbox`, `synthetic`, `file`. */
    readonly kind: string;
    /** For people: what it is, and why it was taken. */
    readonly description: string;
    /** Whether prices are made up. */
    readonly isSynthetic: boolean;
  };
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly strategy: StrategyJson;
  /** The interval that the strategy runs on. */
  readonly interval: string;
  readonly mode: 'paper' | 'live';
  /** The file, as the user knows it. */
  readonly database: string;
  readonly feeds: readonly FeedHealthJson[];
  /** Of programs, by their name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** `GET /api/v1/session`: the session, and what the caller's token may do. */
export interface SessionReplyJson extends SessionJson {
  readonly scope: Scope;
}
