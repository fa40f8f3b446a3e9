import { describe, expect, it } from 'vitest';
import { abortable, untilAborted } from '../src/index.ts';

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('abortable', () => {
  it('gives the same items, of either kind of source, with a signal and without', async () => {
    async function* source(): AsyncGenerator<number> {
      yield* [1, 2];
    }
    const { signal } = new AbortController();
    expect(await all(abortable([1, 2], undefined))).toEqual([1, 2]);
    expect(await all(abortable([1, 2], signal))).toEqual([1, 2]);
    expect(await all(abortable(source(), signal))).toEqual([1, 2]);
  });

  it('an abort ends it while the source hangs', async () => {
    const stop = new AbortController();
    async function* hanging(): AsyncGenerator<number> {
      yield 1;
      stop.abort(new Error('stopped'));
      await new Promise(() => {});
    }
    await expect(all(abortable(hanging(), stop.signal))).rejects.toThrow('stopped');
  });

  it('a signal that is aborted already asks for nothing', async () => {
    let asked = false;
    const source = {
      *[Symbol.iterator](): Generator<number> {
        asked = true;
        yield 1;
      },
    };
    await expect(all(abortable(source, AbortSignal.abort(new Error('before'))))).rejects.toThrow('before');
    expect(asked).toBe(false);
  });

  it('a loop that is left ends the source', async () => {
    let ended = false;
    function* source(): Generator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        ended = true;
      }
    }
    for await (const _ of abortable(source(), new AbortController().signal)) break;
    expect(ended).toBe(true);
  });
});

describe('untilAborted', () => {
  it('is what the work comes to, with and without a signal', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
    expect(await untilAborted(Promise.resolve(2), undefined)).toBe(2);
    await expect(untilAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  });

  it('an abort ends the waiting with its reason, also when it came before; what fails later is nobody’s', async () => {
    const controller = new AbortController();
    let fail = (_: Error): void => {};
    const work = new Promise<number>((_, reject) => {
      fail = reject;
    });
    const waiting = expect(untilAborted(work, controller.signal)).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await waiting;
    await expect(untilAborted(work, controller.signal)).rejects.toThrow('enough');
    fail(new Error('too late'));
    await new Promise(setImmediate);
  });
});
