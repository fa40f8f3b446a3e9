/** The newest of a list that may get long, oldest first, and how many there were in all. */
export interface NewestOf<Row> {
  readonly count: number;
  readonly rows: readonly Row[];
}

/** Rows go an eighth at a time: one by one, each would move all others. */
const SHARE_DROPPED = 8;

/** Keeps the newest rows of a list, and counts all. */
export class Newest<Row> {
  readonly #most: number;
  #rows: Row[] = [];
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  add(row: Row): void {
    this.#count += 1;
    this.#rows.push(row);
    const tooMany = this.#rows.length - this.#most;
    if (tooMany > this.#most / SHARE_DROPPED) this.#rows.splice(0, tooMany);
  }

  list(): NewestOf<Row> {
    return { count: this.#count, rows: this.#rows.slice(Math.max(0, this.#rows.length - this.#most)) };
  }
}
