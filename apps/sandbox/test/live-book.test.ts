import { Decimal } from '@prate/domain';
import { expect, it } from 'vitest';
import { LiveBook } from '../src/market/live-book.ts';

it('a book tells its last changes without holes, as many as it was told to keep', () => {
  const book = new LiveBook('BTC_USDT', new Decimal('0.01'), 0, 3);
  const take = (time: number, quantity: number) =>
    book.take(time, [{ price: new Decimal(100), quantity: new Decimal(quantity) }], []);
  for (let time = 1; time <= 5; time += 1) take(time, time);
  expect(take(6, 5)).toBeNull();
  expect(book.changes(9).map(({ version, time }) => [version, time])).toEqual([
    [4, 3],
    [5, 4],
    [6, 5],
  ]);
  expect(book.changes(2).map(({ version }) => version)).toEqual([5, 6]);
  expect(book.now.version).toBe(6);
});
