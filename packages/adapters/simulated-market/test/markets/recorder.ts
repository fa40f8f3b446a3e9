import { createHash } from 'node:crypto';
import { formatScaled } from '@prate/domain/candles';
import type { MarketDataPort, Subscription } from '@prate/market-data-port';

type Item =
  | Parameters<Parameters<MarketDataPort['trades']>[1]>[0]
  | Parameters<Parameters<MarketDataPort['candles']>[2]>[0];

/** An item as one short line. */
function lineOf(item: Item): string {
  switch (item.kind) {
    case 'heartbeat':
      return `beat ${item.timeMs}`;
    case 'gap':
      return `gap ${item.fromMs}-${item.toMs}`;
    case 'trades': {
      const { trades } = item;
      const prices = Array.from(trades.price, (price) => formatScaled(price, trades.priceDecimals));
      return `${item.symbol} ${trades.time[0]} ${prices.join(' ')}`;
    }
    case 'candles':
    case 'revision': {
      const { candles } = item;
      return `${item.symbol} ${item.kind === 'candles' ? 'candle' : 'revision'} ${candles.openTime[0]} ${formatScaled(candles.close[0] as number, candles.priceDecimals)}`;
    }
  }
}

/** Everything that a stream told, as lines with the time at which each was told. */
export class Recorder {
  readonly lines: string[] = [];
  readonly times: number[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly take = (item: Item): void => {
    this.lines.push(lineOf(item));
    this.times.push(this.#now());
  };

  get data(): string[] {
    return this.lines.filter((line) => !/^(beat|gap) /.test(line));
  }
}

/** A digest of any sequence of items. */
export const digest = (items: readonly unknown[]): string => {
  const sum = createHash('sha256');
  for (const item of items) {
    sum.update(
      JSON.stringify(item, (_, value: unknown) =>
        ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value,
      ),
    );
  }
  return sum.digest('hex');
};

/** Whether a promise has settled by now. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const settled = promise.then(
    () => true,
    () => true,
  );
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return (await Promise.race([settled, Promise.resolve(pending)])) !== pending;
}

export const ended = (subscription: Subscription): Promise<boolean> => isSettled(subscription.done);
