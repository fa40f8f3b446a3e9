import type { CloseOutcome, ExecutionPort } from '@prate/execution-port';
import { ManualClock } from '@prate/runtime';
import { expect, test } from 'vitest';
import { watchedExecution } from '../src/watched-execution.ts';
import { ScriptedMarket } from './support/scripted-market.ts';
import { NextOpenAccount } from './support/test-accounts.ts';

async function watched() {
  const account = new NextOpenAccount(new ScriptedMarket(new ManualClock(0)));
  await account.connect();
  const leverage = new Map<string, number>();
  const settings = Object.freeze({
    leverage,
    getLeverage(symbol: string): number | undefined {
      return this.leverage.get(symbol);
    },
  });
  Object.defineProperties(account, { settings: { value: settings }, history: { value: settings } });
  const calls: PropertyKey[] = [];
  const outcomes: CloseOutcome[] = [];
  const port: ExecutionPort = watchedExecution(account, {
    onCall: (method) => calls.push(method),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  return { account, port, calls, outcomes };
}

test('calls are noticed, also of a method that was taken from the port before; looking at data is no call', async () => {
  const { port, calls } = await watched();
  const { getOpenOrders, venue, capabilities, triggers } = port;
  expect([venue, capabilities.amend, triggers]).toEqual(['test', false, null]);
  expect(calls).toEqual([]);
  expect(await getOpenOrders()).toEqual([]);
  expect(await port.getPosition('BTC_USDT')).toBeNull();
  expect(calls).toEqual(['getOpenOrders', 'getPosition']);
  expect(port.getOpenOrders).toBe(getOpenOrders);
});

test('so are calls of a facet that was taken before, though it is frozen', async () => {
  const { port, calls } = await watched();
  const { settings } = port;
  expect(calls).toEqual([]);
  await settings?.getLeverage('BTC_USDT');
  expect(calls).toEqual(['getLeverage']);
  expect(port.settings).toBe(settings);
});

test('outcomes are told, and it is the same port', async () => {
  const { account, port, calls, outcomes } = await watched();
  const order = { symbol: 'BTC_USDT', side: 'BUY', type: 'LIMIT', quantity: '1', price: '1' } as const;
  const outcome = await port.createOrder(order);
  await port.createOrders([order, order]);
  expect(outcomes).toHaveLength(3);
  expect(outcomes[0]).toBe(outcome);
  expect(calls).toEqual(['createOrder', 'createOrders']);
  expect(port).toBeInstanceOf(NextOpenAccount);
  expect(account.orders.size).toBe(3);
});
