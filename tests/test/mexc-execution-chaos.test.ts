import { Decimal, type Order, OrderType, Side } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import { type Random, seededRandom } from '@prate/runtime';
import { expect, it } from 'vitest';
import { CANARY_KEY, type ExecutionRig, executionRig } from './support/mexc-execution-rig.ts';

const symbol = 'BTC_USDT';
const SEEDS = process.env['PRATE_LONG'] === '1' ? 1_000 : 15;
const STEPS = 40;

/** One thing that a trader, the market or the network does. */
async function act({ port, backend, sandbox }: ExecutionRig, random: Random, open: string[]): Promise<void> {
  const side = random.next() < 0.5 ? Side.BUY : Side.SELL;
  const quantity = new Decimal(random.nextInt(1, 20)).div(10_000);
  switch (random.nextInt(0, 8)) {
    case 0:
    case 1:
    case 2: {
      const price = 80_000 + random.nextInt(-20, 20);
      const outcome = await port.createOrder({ symbol, side, type: OrderType.LIMIT, price, quantity });
      if (outcome.kind === 'accepted') open.push(outcome.order.id);
      return;
    }
    case 3:
      await port.createOrder({ symbol, side, type: OrderType.MARKET, quantity });
      return;
    case 4: {
      const [orderId] = open.splice(random.nextInt(0, open.length + 1), 1);
      if (orderId !== undefined) await port.cancelOrder({ symbol, orderId });
      return;
    }
    case 5:
      if (random.next() < 0.3) sandbox.faults.resetSockets();
      return;
    default:
      backend.trade(symbol, 80_000 + random.nextInt(-20, 20), random.nextInt(1, 15), side);
  }
}

function check(rig: ExecutionRig, log: readonly ExecutionEvent[], what: string): void {
  const account = rig.backend.account(CANARY_KEY);
  const everything = { symbol: null, from: 0, to: Number.MAX_SAFE_INTEGER };
  const orders = [...(account?.openOrders(null) ?? []), ...(account?.orderHistory(everything) ?? [])];
  const last = new Map<string, Order>();
  const filled = new Map<string, Decimal>();
  const ids = new Set<string>();
  for (const event of log) {
    if (event.kind === 'fill') {
      const { id, orderId, quantity } = event.trade;
      expect(ids.has(id), `${what}: fill ${id} is told once`).toBe(false);
      ids.add(id);
      filled.set(orderId, (filled.get(orderId) ?? new Decimal(0)).plus(quantity));
    } else if (event.kind === 'order') {
      const { order } = event;
      const before = last.get(order.id);
      expect(before?.isActive ?? true, `${what}: order ${order.id} has not ended before`).toBe(true);
      expect(order.filledQuantity.gte(before?.filledQuantity ?? 0), `${what}: order ${order.id} goes forward`).toBe(
        true,
      );
      last.set(order.id, order);
    }
  }
  for (const { id, status, filledVolume } of orders) {
    const told = last.get(id);
    const server = { open: status === 'OPEN', filled: String(filledVolume.div(10_000)) };
    expect({ open: told?.isActive, filled: String(told?.filledQuantity) }, `${what}: order ${id}`).toEqual(server);
    expect(String(filled.get(id) ?? 0), `${what}: the fills of order ${id}`).toBe(server.filled);
  }
  expect(log.filter(({ kind }) => kind === 'fill')).toHaveLength(account?.fills(everything).length ?? -1);
}

it(`${SEEDS} seeds: whatever frames are lost, doubled, swapped or cut off, events end as the account is, each fill told once`, async () => {
  let gaps = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    await using rig = await executionRig();
    const { port, backend, sandbox, clock, sockets } = rig;
    const random = seededRandom(seed);
    const levels = (prices: readonly number[]) => prices.map((price) => ({ price, volume: 5 }));
    backend.setBook(symbol, levels([79_999, 79_998, 79_997]), levels([80_001, 80_002, 80_003]));
    backend.trade(symbol, '80000', 10);
    await port.connect();
    const log: ExecutionEvent[] = [];
    const read = (async () => {
      for await (const event of port.events()) log.push(event);
    })();
    const open: string[] = [];
    sandbox.faults.frames({ drop: 0.1, duplicate: 0.1, reorder: 0.2, channels: ['push.'] });
    for (let step = 0; step < STEPS; step += 1) {
      await rig.settle(act(rig, random, open));
      clock.advance(random.nextInt(1, 3_000));
      await sockets.settle();
    }
    sandbox.faults.clear();
    // quiet: the connection comes back, and the audit compares all of it
    for (let step = 0; step < 300; step += 1) {
      clock.advance(500);
      await sockets.settle();
    }
    await rig.settle(port.getBalance());
    await port.disconnect();
    await read;
    check(rig, log, `seed ${seed}`);
    gaps += log.filter(({ kind }) => kind === 'gap').length;
  }
  expect(gaps).toBeGreaterThan(0);
});
