import { EXECUTION_PORT } from '@prate/execution-port';
import { CLOCK, ManualClock, RANDOM, seededRandom } from '@prate/runtime';
import { resolveAsync } from '@prate/runtime/inversify';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { MexcFuturesExecution } from '../../src/execution/mexc-futures-execution.ts';
import { mexcExecutionModule } from '../../src/inversify.ts';
import { CANARY_KEY, CANARY_SECRET, expectNoCanary } from '../support/canary.ts';

it('mexcExecutionModule: binds one ExecutionPort on the container’s parts; it shows no key', async () => {
  const container = new Container();
  container.bind(CLOCK).toConstantValue(new ManualClock());
  container.bind(RANDOM).toConstantValue(seededRandom(1));
  container.load(mexcExecutionModule({ apiKey: CANARY_KEY, secretKey: CANARY_SECRET }));
  const port = await resolveAsync(container, EXECUTION_PORT);
  expect(port).toBeInstanceOf(MexcFuturesExecution);
  expect(await resolveAsync(container, EXECUTION_PORT)).toBe(port);
  expectNoCanary(port);
  await container.unbindAllAsync();
  expect(port.isConnected()).toBe(false);
});
