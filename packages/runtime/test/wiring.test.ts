import { type Bind, Container, ContainerModule } from 'inversify';
import { describe, expect, it } from 'vitest';
import {
  CLOCK,
  type Clock,
  LOGGER,
  ManualClock,
  RANDOM,
  type Random,
  seededRandom,
  silentLogger,
  type Token,
  token,
} from '../src/index.ts';
import { provide, resolveAsync } from '../src/inversify.ts';

interface Dice {
  throwAt(): readonly [timeMs: number, side: number];
}
const DICE: Token<Dice> = token('test-dice');
const diceOf = (clock: Clock, random: Random): Dice => ({ throwAt: () => [clock.nowMs(), random.nextInt(1, 7)] });

const collaborators = new ContainerModule(({ bind }) => {
  bind(CLOCK).toConstantValue(new ManualClock(5));
  bind(RANDOM).toConstantValue(seededRandom(1));
});

function containerWith(wire: (bind: Bind) => void): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.load(collaborators, new ContainerModule(({ bind }) => wire(bind)));
  return container;
}

describe('tokens', () => {
  it('one name is one symbol, so that two copies of a package agree', () => {
    expect(token('clock')).toBe(CLOCK);
    expect(token('other')).not.toBe(CLOCK);
    expect(new Set([CLOCK, LOGGER, RANDOM]).size).toBe(3);
  });

  it('a token remembers the type of its service', () => {
    const clock: Token<Clock> = CLOCK;
    // @ts-expect-error a token of a clock is no token of a source of chance
    const random: Token<Random> = CLOCK;
    expect(random).toBe(clock);
  });
});

describe('provide and resolveAsync', () => {
  it('a factory gets the services of its tokens, in their order', async () => {
    const container = containerWith((bind) => {
      provide(bind, DICE, [CLOCK, RANDOM], diceOf);
    });
    const dice: Dice = await resolveAsync(container, DICE);
    expect(dice.throwAt()).toEqual([5, seededRandom(1).nextInt(1, 7)]);
  });

  it('asynchronous factories are awaited, here and anywhere below', async () => {
    const container = containerWith((bind) => {
      provide(bind, LOGGER, [], async () => silentLogger);
      provide(bind, DICE, [CLOCK, RANDOM, LOGGER], (clock, random) => diceOf(clock, random));
    });
    expect((await resolveAsync(container, DICE)).throwAt()[0]).toBe(5);
  });

  it('the binding can be scoped and closed', async () => {
    const closed: Dice[] = [];
    const container = containerWith((bind) => {
      provide(bind, DICE, [CLOCK, RANDOM], diceOf)
        .inSingletonScope()
        .onDeactivation((dice) => {
          closed.push(dice);
        });
    });
    const dice = await resolveAsync(container, DICE);
    expect(await resolveAsync(container, DICE)).toBe(dice);
    await container.unbindAllAsync();
    expect(closed).toEqual([dice]);
  });

  it('a service that nobody provides is an error', async () => {
    await expect(resolveAsync(new Container(), DICE)).rejects.toThrow('test-dice');
  });

  it('wrong wiring does not compile', () => {
    const wire = (bind: Bind): void => {
      // @ts-expect-error the tokens stand in the wrong order
      provide(bind, DICE, [RANDOM, CLOCK], diceOf);
      // @ts-expect-error one token is missing
      provide(bind, DICE, [CLOCK], diceOf);
      // @ts-expect-error the factory makes something else
      provide(bind, DICE, [CLOCK], (clock) => clock);
      // @ts-expect-error so does this one, later
      provide(bind, DICE, [], async () => 5);
    };
    const wrongResult = async (container: Container): Promise<void> => {
      // @ts-expect-error dice are no clock
      const clock: Clock = await resolveAsync(container, DICE);
      expect(clock).toBeDefined();
    };
    expect([wire, wrongResult]).toHaveLength(2); // neither is called: the compiler is the test
  });
});
