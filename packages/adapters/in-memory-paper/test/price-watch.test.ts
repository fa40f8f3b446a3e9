import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { Alarm, type Direction } from '../src/triggers/alarm-heap.ts';
import { PriceWatch } from '../src/triggers/price-watch.ts';

const SOURCES = ['LAST', 'MARK', 'INDEX'] as const;
const source = fc.constantFrom(...SOURCES);
const direction = fc.constantFrom<Direction>('RISES_TO', 'FALLS_TO');
const ticks = fc.integer({ min: 1, max: 30 });

const commands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), source, direction, ticks }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('unset' as const), which: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('price' as const), sources: fc.subarray([...SOURCES]), ticks }),
    },
  ),
  { minLength: 50, maxLength: 200 },
);

describe('a watch of prices', () => {
  it('rings what a list that is looked through from end to end would, in that order', () => {
    fc.assert(
      fc.property(commands, (script) => {
        const rung: number[] = [];
        const expected: number[] = [];
        const waiting: Alarm[] = [];
        const watch = new PriceWatch(() => {});
        let id = 0;
        for (const command of script) {
          if (command.kind === 'set') {
            id += 1;
            const own = id;
            const ring = (): boolean => {
              rung.push(own);
              return true;
            };
            const alarm = new Alarm({ ...command, id, ring });
            waiting.push(alarm);
            watch.set(alarm);
          } else if (command.kind === 'unset') {
            const [alarm] = waiting.splice(command.which % Math.max(waiting.length, 1), 1);
            alarm?.unset();
          } else {
            const told = waiting.filter((alarm) => command.sources.includes(alarm.source));
            const { low, high } = watch.quiet(command.sources);
            const of = (one: Direction) => told.filter((alarm) => alarm.direction === one);
            expect(low).toBe(Math.max(...of('FALLS_TO').map((alarm) => alarm.ticks)));
            expect(high).toBe(Math.min(...of('RISES_TO').map((alarm) => alarm.ticks)));
            const reached = [
              ...of('FALLS_TO').sort((a, b) => b.ticks - a.ticks || a.id - b.id),
              ...of('RISES_TO').sort((a, b) => a.ticks - b.ticks || a.id - b.id),
            ].filter((alarm) => alarm.isReachedBy(command.ticks));
            for (const alarm of reached) {
              expected.push(alarm.id);
              waiting.splice(waiting.indexOf(alarm), 1);
            }
            const now = { ticks: command.ticks, extreme: command.ticks, tradesAt: null, range: null, timeMs: 0 };
            watch.price(command.sources, now);
          }
          expect(rung).toEqual(expected);
          expect(watch.isEmpty).toBe(waiting.length === 0);
        }
      }),
      cases(200),
    );
  });

  it('what is set while it rings waits for the next price, even where that has reached it', () => {
    let rings = 0;
    const watch = new PriceWatch(() => {});
    const alarm = (): Alarm =>
      new Alarm({
        source: 'LAST',
        direction: 'RISES_TO',
        ticks: 5,
        id: 1,
        ring: () => {
          rings += 1;
          watch.set(alarm());
          return true;
        },
      });
    watch.set(alarm());
    for (const expected of [1, 2]) {
      watch.price(['LAST'], { ticks: 9, extreme: 9, tradesAt: null, range: null, timeMs: 0 });
      expect(rings).toBe(expected);
    }
  });
});
