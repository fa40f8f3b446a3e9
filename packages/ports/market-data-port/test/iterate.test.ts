import { QueueFullError } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { iterate, type Listener, type Subscription } from '../src/index.ts';

/** A stream that the test feeds by hand. */
class HandFed implements Subscription {
  end: (error?: Error) => void = () => {};
  refuse: (error: Error) => void = () => {};
  readonly ready: Promise<void> = new Promise((_, reject) => {
    this.refuse = reject;
  });
  readonly done: Promise<void> = new Promise((resolve, reject) => {
    this.end = (error) => (error === undefined ? resolve() : reject(error));
  });
  listener: Listener<number> = () => {};
  closed = 0;

  subscribe = (listener: Listener<number>): Subscription => {
    this.listener = listener;
    return this;
  };

  close(): void {
    this.closed += 1;
    this.end();
  }
}

const rest = async (loop: AsyncIterable<number>): Promise<number[]> => {
  const items: number[] = [];
  for await (const item of loop) items.push(item);
  return items;
};

describe('iterate', () => {
  it('collects from the call on, and ends when the stream ends, after what waits was read', async () => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe);
    stream.listener(1);
    stream.listener(2);
    stream.end();
    expect(await rest(loop)).toEqual([1, 2]);
  });

  it('leaving the loop closes the subscription', async () => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe);
    stream.listener(1);
    for await (const _ of loop) break;
    expect(stream.closed).toBe(1);
  });

  it('an error of the stream ends the loop with that error, after what waits was read', async () => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe);
    stream.listener(1);
    stream.end(new Error('the feed broke'));
    expect(await loop.next()).toEqual({ done: false, value: 1 });
    await expect(loop.next()).rejects.toThrow('the feed broke');
  });

  it('a stream that cannot be ends the loop with the reason of ready', async () => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe);
    stream.refuse(new Error('no such symbol'));
    await expect(loop.next()).rejects.toThrow('no such symbol');
  });

  it('fail, the default: more items than may wait end the loop with QUEUE_FULL and close the stream', async () => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe, { capacity: 2 });
    for (const item of [1, 2, 3]) stream.listener(item);
    expect(stream.closed).toBe(1);
    await expect(rest(loop)).rejects.toThrow(QueueFullError);
  });

  it.each([
    ['drop-oldest', [2, 3]],
    ['drop-newest', [1, 2]],
  ] as const)('%s: keeps what the policy says', async (whenFull, kept) => {
    const stream = new HandFed();
    const loop = iterate(stream.subscribe, { capacity: 2, whenFull });
    for (const item of [1, 2, 3]) stream.listener(item);
    stream.end();
    await stream.done;
    expect(await rest(loop)).toEqual(kept);
  });
});
