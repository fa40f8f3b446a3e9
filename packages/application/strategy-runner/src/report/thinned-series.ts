/** One value at one moment, epoch ms. */
export interface CurvePoint<Value> {
  readonly time: number;
  readonly value: Value;
}

/** A stretch of time `(end − width, end]`. */
interface Bucket<Value> {
  end: number;
  lowest: CurvePoint<Value>;
  highest: CurvePoint<Value>;
  /** The last, without an object for each: a candle has one. */
  lastTime: number;
  lastValue: Value;
}

/** As many buckets there are at most; then two become one. */
const MOST_BUCKETS = 1024;

/**
 * A curve that takes no more memory than a few thousand points, however long it gets: of each stretch of time it keeps the
 * lowest value, the highest and the last, each with its time. Nothing is averaged, so peaks and falls stay as they were.
 */
export class ThinnedSeries<Value> {
  readonly #isBelow: (a: Value, b: Value) => boolean;
  #widthMs: number;
  #buckets: Bucket<Value>[] = [];
  #end = Number.NEGATIVE_INFINITY;

  /** @param widthMs of the first buckets, above 0: they double as the curve grows */
  constructor(widthMs: number, isBelow: (a: Value, b: Value) => boolean) {
    this.#widthMs = widthMs;
    this.#isBelow = isBelow;
  }

  /** @param time epoch ms, later than that of the value before */
  add(time: number, value: Value): void {
    if (time > this.#end) this.#begin(time, value);
    else this.#take(this.#buckets[this.#buckets.length - 1] as Bucket<Value>, time, value);
  }

  /**
   * Oldest first, at most three of a bucket, each once.
   * @param next as if it were added, which it is not
   */
  points(next?: CurvePoint<Value>): CurvePoint<Value>[] {
    const points = this.#buckets.slice(0, -1).flatMap(pointsOf);
    const bucket = this.#buckets[this.#buckets.length - 1];
    if (bucket === undefined) return next === undefined ? [] : [next];
    if (next === undefined || next.time > this.#end)
      return [...points, ...pointsOf(bucket), ...(next === undefined ? [] : [next])];
    const grown = { ...bucket };
    this.#take(grown, next.time, next.value);
    return [...points, ...pointsOf(grown)];
  }

  /** Where the bucket of a moment ends, epoch ms: as things are, for buckets get wider. */
  endAt(time: number): number {
    return Math.ceil(time / this.#widthMs) * this.#widthMs;
  }

  #take(bucket: Bucket<Value>, time: number, value: Value): void {
    if (this.#isBelow(value, bucket.lowest.value)) bucket.lowest = { time, value };
    if (this.#isBelow(bucket.highest.value, value)) bucket.highest = { time, value };
    bucket.lastTime = time;
    bucket.lastValue = value;
  }

  #begin(time: number, value: Value): void {
    const point = { time, value };
    this.#buckets.push({ end: this.endAt(time), lowest: point, highest: point, lastTime: time, lastValue: value });
    while (this.#buckets.length > MOST_BUCKETS) this.#merge();
    this.#end = this.endAt(time);
  }

  #merge(): void {
    this.#widthMs *= 2;
    const merged: Bucket<Value>[] = [];
    for (const bucket of this.#buckets) {
      bucket.end = this.endAt(bucket.end);
      const before = merged[merged.length - 1];
      if (before?.end !== bucket.end) {
        merged.push(bucket);
        continue;
      }
      if (this.#isBelow(bucket.lowest.value, before.lowest.value)) before.lowest = bucket.lowest;
      if (this.#isBelow(before.highest.value, bucket.highest.value)) before.highest = bucket.highest;
      before.lastTime = bucket.lastTime;
      before.lastValue = bucket.lastValue;
    }
    this.#buckets = merged;
  }
}

function pointsOf<Value>({ lowest, highest, lastTime, lastValue }: Bucket<Value>): CurvePoint<Value>[] {
  const last = { time: lastTime, value: lastValue };
  const [first, second] = lowest.time <= highest.time ? [lowest, highest] : [highest, lowest];
  return [first, second, last].filter((point, i, all) => point.time !== all[i - 1]?.time);
}
