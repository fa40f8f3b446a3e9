/** The newest of a list that may get long, oldest first, and how many there were in all. */
export interface NewestOf<Row> {
  readonly count: number;
  readonly rows: readonly Row[];
}

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
    if (this.#rows.length >= 2 * this.#most) this.#rows = this.#rows.slice(-this.#most);
  }

  list(): NewestOf<Row> {
    return { count: this.#count, rows: this.#rows.slice(-this.#most) };
  }
}
