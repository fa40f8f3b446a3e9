import { randomUUID } from 'node:crypto';
import type { SessionControl } from '@prate/http-api';
import type { FeedHealthJson } from '@prate/http-api/wire';
import { systemClock } from '@prate/runtime';
import type { Source } from '../sources.ts';
import { version } from '../version.ts';
import type { Session } from './session.ts';

export interface ControlParts {
  readonly session: Session;
  readonly source: Source;
  /** Of the strategy's candles. */
  readonly interval: string;
  readonly database: string;
  readonly feeds: () => readonly FeedHealthJson[];
}

/** The session as its page sees it. */
export function sessionControl({ session, source, interval, database, feeds }: ControlParts): SessionControl {
  const { kind, description, isSynthetic, symbols, market, clock } = source;
  const isFile = kind === 'trades' || kind === 'candles';
  const facts = {
    ...{ id: randomUUID(), startedAt: systemClock.nowMs(), interval, database, symbols },
    source: { kind: isFile ? 'file' : kind, description, isSynthetic },
    ...{ venue: market.venue, mode: 'paper' as const },
    versions: { prate: version(), node: process.version },
  };
  return {
    status: () => ({ ...facts, marketTime: clock.nowMs(), strategy: session.strategy(), feeds: feeds() }),
    stopStrategy: () => session.stopStrategy(),
    kill: () => session.kill(),
    report: () => session.report(),
  };
}
