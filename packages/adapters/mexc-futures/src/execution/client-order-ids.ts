import type { ClientOrderId } from '@prate/domain';
import { RejectReason, refuse } from '@prate/execution-port';
import type { Clock, Random } from '@prate/runtime';

/** So many are remembered; MEXC has the last word on older ones. */
const REMEMBERED = 100_000;

/**
 * The client order ids that this account has used as far as is known here. MEXC documents two reactions to one that is used
 * again (a refusal, and the order that has it), so none leaves this process twice.
 */
export class ClientOrderIds {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #used = new Set<ClientOrderId>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** `prate-`, the time, and 64 bits of chance: 30 characters at most. */
  make(): ClientOrderId {
    const chance = (): string => this.#random.nextUint32().toString(36);
    return `prate-${this.#clock.nowMs().toString(36)}-${chance()}${chance()}`;
  }

  /** @throws Refusal DUPLICATE_CLIENT_ORDER_ID */
  take(id: ClientOrderId): void {
    if (this.#used.has(id)) {
      refuse(
        RejectReason.DUPLICATE_CLIENT_ORDER_ID,
        `client order id '${id}' was used before: each order needs its own`,
      );
    }
    this.saw(id);
  }

  /** Some order has it. */
  saw(id: ClientOrderId): void {
    if (id === '') return;
    this.#used.delete(id);
    this.#used.add(id);
    if (this.#used.size <= REMEMBERED) return;
    for (const oldest of this.#used) {
      this.#used.delete(oldest);
      return;
    }
  }

  /** It is on no book after all. */
  giveBack(id: ClientOrderId): void {
    this.#used.delete(id);
  }
}
