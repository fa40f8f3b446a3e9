import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import { AsyncQueue, QueueFullError, type WhenFull } from '../src/index.ts';

const queueOf = (whenFull: WhenFull, capacity = 3, onEnd?: () => void): AsyncQueue<number> =>
  new AsyncQueue({ capacity, whenFull, onEnd });

async function readAll(queue: AsyncQueue<number>): Promise<readonly number[]> {
  const items: number[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

describe('async queue', () => {
  it('hot: what was pushed before the loop began is read, in order', async () => {
    const queue = queueOf('fail');
    for (const item of [1, 2, 3]) queue.push(item);
    queue.end();
    expect(await readAll(queue)).toEqual([1, 2, 3]);
    expect(queue.dropped).toBe(0);
  });

  it('a reader that waits gets the next item, whatever the capacity', async () => {
    const queue = queueOf('fail', 1);
    const waiting = [queue.next(), queue.next(), queue.next()];
    for (const item of [1, 2, 3]) queue.push(item);
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it.each([
    ['drop-oldest', [3, 4, 5]],
    ['drop-newest', [1, 2, 3]],
  ] as const)('full: %s keeps %j of 1 to 5, and counts what it dropped', async (whenFull, kept) => {
    const queue = queueOf(whenFull);
    for (const item of [1, 2, 3, 4, 5]) queue.push(item);
    queue.end();
    expect(await readAll(queue)).toEqual(kept);
    expect(queue.dropped).toBe(2);
  });

  it('full: fail ends the loop with QUEUE_FULL after what waited, and tells the producer once', async () => {
    const onEnd = vi.fn();
    const queue = queueOf('fail', 3, onEnd);
    for (const item of [1, 2, 3, 4, 5]) queue.push(item);
    expect(onEnd).toHaveBeenCalledTimes(1);
    const items: number[] = [];
    const reading = (async (): Promise<void> => {
      for await (const item of queue) items.push(item);
    })();
    await expect(reading).rejects.toThrow(QueueFullError);
    expect(items).toEqual([1, 2, 3]);
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  it('end: readers that wait are done, and so is who comes later', async () => {
    const onEnd = vi.fn();
    const queue = queueOf('fail', 3, onEnd);
    const waiting = queue.next();
    queue.end();
    queue.end();
    queue.push(1);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('fail: a reader that waits gets the error itself, once; undefined is an error too', async () => {
    for (const error of [new Error('broken'), undefined]) {
      const waited = queueOf('fail');
      const waiting = waited.next();
      waited.fail(error);
      await expect(waiting).rejects.toBe(error);
      expect((await waited.next()).done).toBe(true);

      const unread = queueOf('fail');
      unread.push(1);
      unread.fail(error);
      expect((await unread.next()).value).toBe(1);
      await expect(unread.next()).rejects.toBe(error);
      expect((await unread.next()).done).toBe(true);
    }
  });

  it('leaving the loop ends the queue: nothing more is kept, an unread failure is forgotten', async () => {
    const onEnd = vi.fn();
    const queue = queueOf('fail', 3, onEnd);
    queue.push(1);
    queue.push(2);
    for await (const item of queue) {
      expect(item).toBe(1);
      break;
    }
    expect(onEnd).toHaveBeenCalledTimes(1);
    queue.push(3);
    expect(await queue.next()).toEqual({ done: true, value: undefined });

    const failed = queueOf('fail');
    failed.fail(new Error('broken'));
    await failed.return();
    expect(await failed.next()).toEqual({ done: true, value: undefined });
  });

  it.each([0, -1, 1.5, Number.NaN])('a capacity of %d is refused', (capacity) => {
    expect(() => queueOf('fail', capacity)).toThrow(RangeError);
  });

  it('any mix of pushes and reads: behaves as a plain array with a limit', async () => {
    const step = fc.oneof(fc.constant('read' as const), fc.integer());
    const policy = fc.constantFrom<WhenFull>('drop-oldest', 'drop-newest');
    await fc.assert(
      fc.asyncProperty(fc.array(step), policy, fc.integer({ min: 1, max: 5 }), async (steps, whenFull, capacity) => {
        const queue = queueOf(whenFull, capacity);
        const model: number[] = [];
        let dropped = 0;
        for (const item of steps) {
          if (item === 'read') {
            const expected = model.shift();
            if (expected !== undefined) expect((await queue.next()).value).toBe(expected);
            continue;
          }
          queue.push(item);
          if (model.length < capacity) model.push(item);
          else {
            dropped += 1;
            if (whenFull === 'drop-oldest') {
              model.shift();
              model.push(item);
            }
          }
        }
        queue.end();
        expect(await readAll(queue)).toEqual(model);
        expect(queue.dropped).toBe(dropped);
      }),
      cases(200),
    );
  });

  it('a million items that wait are read in time that grows with their number, not its square', async () => {
    const queue = queueOf('fail', Number.POSITIVE_INFINITY);
    for (let i = 0; i < 1_000_000; i += 1) queue.push(i);
    queue.end();
    let count = 0;
    for await (const item of queue) {
      if (item !== count) throw new Error(`${item} came in place ${count}`);
      count += 1;
    }
    expect(count).toBe(1_000_000);
  });

  describe('a listener in the place of the loop', () => {
    it('gets what waits, then each item within its push, whatever the capacity, and resolves at the end', async () => {
      const queue = queueOf('fail', 2);
      const heard: number[] = [];
      queue.push(1);
      queue.push(2);
      const ended = queue.listen((item) => heard.push(item));
      expect(heard).toEqual([1, 2]);
      for (const item of [3, 4, 5, 6]) {
        queue.push(item);
        expect(heard.at(-1)).toBe(item);
      }
      queue.end();
      queue.push(7);
      await ended;
      expect(heard).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('what it pushes itself comes after what waits', async () => {
      const queue = queueOf('fail', 9);
      const heard: number[] = [];
      for (const item of [1, 2]) queue.push(item);
      const ended = queue.listen((item) => {
        heard.push(item);
        if (item === 1) queue.push(3);
      });
      queue.end();
      await ended;
      expect(heard).toEqual([1, 2, 3]);
    });

    it('rejects with the error of fail(), also where that came first', async () => {
      const failure = new Error('no more');
      const late = queueOf('fail');
      const ended = late.listen(() => {});
      late.fail(failure);
      await expect(ended).rejects.toBe(failure);
      const early = queueOf('fail');
      early.push(1);
      early.fail(failure);
      const heard: number[] = [];
      await expect(early.listen((item) => heard.push(item))).rejects.toBe(failure);
      expect(heard).toEqual([1]);
    });

    it('there is one reader', async () => {
      const queue = queueOf('fail');
      void queue.listen(() => {});
      await expect(queue.listen(() => {})).rejects.toThrow(TypeError);
      const looped = queueOf('fail');
      void looped.next();
      await expect(looped.listen(() => {})).rejects.toThrow(TypeError);
    });
  });
});
