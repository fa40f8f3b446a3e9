import { Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { ExecutionPort } from '../execution-port.ts';
import { type ExecutionCase, ensureAborts, Scene } from './context.ts';

export const lifecycleCases: readonly ExecutionCase[] = [
  {
    id: 'EX-L10',
    rule: 'isConnected: from connect() until disconnect()',
    async run({ port }) {
      ensure.equal(port.isConnected(), false, 'before connect()');
      await port.connect();
      ensure.equal(port.isConnected(), true, 'after connect()');
      await port.disconnect();
      ensure.equal(port.isConnected(), false, 'after disconnect()');
    },
  },
  {
    id: 'EX-L20',
    rule: 'before connect() every call that needs a connection is a NotConnectedError',
    async run({ port, instrument }) {
      await ensureNotConnected(port, instrument.symbol, 'before connect()');
    },
  },
  {
    id: 'EX-L22',
    rule: 'after disconnect() every call that needs a connection is a NotConnectedError',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.port.disconnect();
      await ensureNotConnected(scene.port, scene.symbol, 'after disconnect()');
    },
  },
  {
    id: 'EX-L30',
    rule: 'disconnect: may be called twice, and before connect()',
    async run({ port }) {
      await port.disconnect();
      await port.connect();
      await port.disconnect();
      await port.disconnect();
    },
  },
  {
    id: 'EX-L32',
    rule: 'disconnect: ends every events() loop, after what it still holds',
    async run(context) {
      const scene = await Scene.open(context);
      const first = scene.listen();
      const second = scene.listen();
      let ended = 0;
      const count = (): void => {
        ended += 1;
      };
      const done = [first.ended.then(count), second.ended.then(count)];
      await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.settle();
      await scene.port.disconnect();
      await scene.settle();
      ensure.equal(ended, 2, 'the number of loops that ended');
      await Promise.all(done);
      ensure.that(first.log.length > 0, 'the events before it were read');
    },
  },
  {
    id: 'EX-L40',
    rule: 'capabilities: the venue has a name, and order types, position and margin modes',
    async run({ port }) {
      const { orderTypes, positionModes, marginModes } = port.capabilities;
      ensure.that(port.venue.length > 0, 'venue is not empty');
      ensure.that(orderTypes.includes('LIMIT') && orderTypes.includes('MARKET'), 'LIMIT and MARKET orders are there');
      ensure.that(positionModes.includes('ONE_WAY'), 'ONE_WAY is among the position modes');
      ensure.that(marginModes.length > 0, 'there is a margin mode');
    },
  },
  {
    id: 'EX-L90',
    rule: 'connect: an aborted signal throws its reason, and nothing is connected',
    async run({ port }) {
      await ensureAborts((signal) => port.connect({ signal }), 'connect');
      ensure.equal(port.isConnected(), false, 'isConnected()');
    },
  },
];

async function ensureNotConnected(port: ExecutionPort, symbol: string, when: string): Promise<void> {
  const ref = { symbol, orderId: '1' };
  const request = { symbol, side: Side.BUY, type: 'LIMIT', price: 1, quantity: 1 } as const;
  const calls: Record<string, () => Promise<unknown>> = {
    createOrder: () => port.createOrder(request),
    createOrders: () => port.createOrders([request]),
    amendOrder: () => port.amendOrder(ref, { price: 1 }),
    cancelOrder: () => port.cancelOrder(ref),
    cancelAllOrders: () => port.cancelAllOrders(),
    getOrder: () => port.getOrder(ref),
    getOpenOrders: () => port.getOpenOrders(),
    getPositions: () => port.getPositions(),
    getPosition: () => port.getPosition(symbol),
    closePosition: () => port.closePosition({ symbol }),
    getBalance: () => port.getBalance(),
    getBalances: () => port.getBalances(),
  };
  const { settings, history } = port;
  if (settings !== null) calls['settings.getLeverage'] = () => settings.getLeverage(symbol);
  if (history !== null) calls['history.getTrades'] = () => history.getTrades({});
  for (const [name, call] of Object.entries(calls)) {
    await ensure.rejects(call(), 'NOT_CONNECTED', `${name} ${when}`);
  }
}
