import { expect, test } from 'vitest';
import { builtInStrategies, defineStrategy, toStrategy } from '../src/index.ts';

const EXAMPLE = "Example: export default { name: 'mine', async onCandle(candle, { execution }) { … } }";

for (const [what, value, message] of [
  ['nothing', undefined, 'found nothing (undefined); export an object as the default'],
  ['null', null, 'found null; export an object'],
  ['a text', 'ma-cross', "found the text 'ma-cross'; export an object"],
  ['a function', function makeIt() {}, "found the function 'makeIt'; export what it makes (call it, or `new` it)"],
  ['no name', { onCandle() {} }, 'its name is undefined; give it a name'],
  ['an empty name', { name: ' ', onCandle() {} }, "its name is the text ' '"],
  [
    'a callback that is none',
    { name: 'a', onCandle: [] },
    'its onCandle is a list; make onCandle a function, or leave it out',
  ],
  [
    'a misspelt callback',
    { name: 'a', onCandles() {} },
    "it has 'onCandles', which is never called; the callbacks are onStart",
  ],
  ['no callback', { name: 'a', candle() {} }, 'it has no callback; give it at least one of onStart, onCandle'],
] as const) {
  test(`toStrategy: ${what} is refused, with what would be right`, () => {
    expect(() => toStrategy(value)).toThrow(`not a strategy: ${message}`);
    expect(() => toStrategy(value)).toThrow(EXAMPLE);
  });
}

test('toStrategy: an object comes back as it is', () => {
  const strategy = defineStrategy({ name: 'a', onCandle() {} });
  expect(toStrategy(strategy)).toBe(strategy);
});

test('toStrategy: an instance of a class is a strategy, and a misspelt method of its class is found', () => {
  class Mine {
    readonly name = 'mine';
    onCandle(): void {}
  }
  class Misspelt extends Mine {
    onTrades(): void {}
  }
  expect(toStrategy(new Mine()).name).toBe('mine');
  expect(() => toStrategy(new Misspelt())).toThrow("it has 'onTrades'");
});

test('every built-in strategy is one, under its own name', () => {
  for (const [name, make] of Object.entries(builtInStrategies)) expect(toStrategy(make()).name).toBe(name);
});
