import type { CursorJson, ServerMessageJson } from '@prate/http-api/wire';

/** The messages of one subscription that move its place in the topic. */
export type TopicMessage = Extract<ServerMessageJson, { readonly type: 'snapshot' | 'resumed' | 'change' }>;

/**
 * `apply`: it is the next one. `ignore`: it was applied before, or has nothing to apply. `resync`: one is missing, so the
 * state is not known any more and the whole of it is needed again.
 */
type Verdict = 'apply' | 'ignore' | 'resync';

export interface Step {
  readonly verdict: Verdict;
  /** The place after it; null where nothing is known. */
  readonly cursor: CursorJson | null;
}

/** What to do with a message of a topic that was heard up to `cursor`. */
export function stepOf(cursor: CursorJson | null, message: TopicMessage): Step {
  const { seq } = message;
  if (message.type === 'snapshot') return { verdict: 'apply', cursor: { epoch: message.epoch, seq } };
  if (cursor === null) return { verdict: 'resync', cursor: null };
  if (message.type === 'resumed') {
    const goesOn = message.epoch === cursor.epoch && seq === cursor.seq;
    return goesOn ? { verdict: 'ignore', cursor } : { verdict: 'resync', cursor: null };
  }
  if (seq <= cursor.seq) return { verdict: 'ignore', cursor };
  if (seq > cursor.seq + 1) return { verdict: 'resync', cursor: null };
  return { verdict: 'apply', cursor: { epoch: cursor.epoch, seq } };
}
