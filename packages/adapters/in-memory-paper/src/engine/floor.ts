import { SymbolMarket } from './market.ts';
import type { Seat } from './model.ts';

/** A market with the accounts that have orders or positions there, in the order in which they were made. */
export class Floor extends SymbolMarket {
  readonly seats: Seat[] = [];

  join(seat: Seat): void {
    let at = this.seats.length;
    while (at > 0 && (this.seats[at - 1] as Seat).account.index > seat.account.index) at -= 1;
    this.seats.splice(at, 0, seat);
  }
}
