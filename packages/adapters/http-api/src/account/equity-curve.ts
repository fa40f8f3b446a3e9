import type { Decimal } from '@prate/domain';
import type { EquityJson } from '../wire/account.ts';

interface Sample {
  readonly time: number;
  readonly equity: Decimal;
}

/** Half of this many samples, and up to all of it, are kept. */
const MOST_SAMPLES = 4096;

/**
 * What the account was worth, at a few thousand times however long the session: when it is full, every second sample goes,
 * and from then on half as many come in. The latest is always there.
 */
export class EquityCurve {
  readonly asset: string;
  #samples: Sample[] = [];
  /** Only every so many-th sample stays. */
  #every = 1;
  #seen = 0;
  #latest: Sample | null = null;

  constructor(asset: string) {
    this.asset = asset;
  }

  /** @param time epoch ms; what is not later than the last is left out */
  add(time: number, equity: Decimal): boolean {
    if (this.#latest !== null && time <= this.#latest.time) return false;
    this.#latest = { time, equity };
    if (this.#seen % this.#every === 0) this.#samples.push(this.#latest);
    this.#seen += 1;
    if (this.#samples.length > MOST_SAMPLES) {
      this.#samples = this.#samples.filter((_, i) => i % 2 === 0);
      this.#every *= 2;
    }
    return true;
  }

  get latest(): Sample | null {
    return this.#latest;
  }

  /** Samples in `[from, to)`, at most `points` of them, evenly chosen, first and last among them. */
  read(from: number, to: number, points: number): EquityJson {
    const all = this.#samples.filter(({ time }) => time >= from && time < to);
    const latest = this.#latest;
    if (latest !== null && latest.time >= from && latest.time < to && all.at(-1) !== latest) all.push(latest);
    const chosen = all.length <= points ? all : evenly(all, points);
    return {
      asset: this.asset,
      time: chosen.map(({ time }) => time),
      equity: chosen.map(({ equity }) => equity.toString()),
    };
  }
}

const evenly = (samples: readonly Sample[], points: number): Sample[] =>
  Array.from({ length: points }, (_, i) => samples[Math.round((i * (samples.length - 1)) / (points - 1))] as Sample);
