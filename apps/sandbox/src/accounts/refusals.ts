import { DeskRefusal } from '@prate/in-memory-paper';
import { BackendRefusal } from '@prate/mexc-sandbox';

/**
 * Does what the desk is asked, and refuses what it refuses. The words are the same: one that the wire lacks does not compile. But
 * the wire checks its contracts itself, so that a symbol that the exchange does not have is an error of the wiring.
 */
export function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DeskRefusal) || error.reason === 'UNKNOWN_SYMBOL') throw error;
    throw new BackendRefusal(error.reason, error.message);
  }
}
