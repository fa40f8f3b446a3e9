import { OrderType, Side } from '@prate/domain';
import { describe, expect, it } from 'vitest';
import { EditedReplies } from './support/edited-replies.ts';
import { executionRig } from './support/mexc-execution-rig.ts';

const limit = { symbol: 'BTC_USDT', side: Side.BUY, type: OrderType.LIMIT, price: '79000', quantity: '0.001' } as const;

type Item = Record<string, unknown>;

/** What becomes of orders a, b and c, of which MEXC refuses c, when the items of the reply are changed. */
async function outcomes(edit: (items: readonly Item[]) => readonly Item[]): Promise<readonly string[]> {
  const transport = new EditedReplies((path, reply) => {
    if (!path.endsWith('submit_batch')) return reply;
    // ids as texts, so that JSON.parse leaves their digits alone
    const { data, ...rest } = JSON.parse(reply.body.replace(/"orderId":(\d+)/g, '"orderId":"$1"')) as { data: Item[] };
    return { ...reply, body: JSON.stringify({ ...rest, data: edit(data) }) };
  });
  await using rig = await executionRig({ options: { transport } });
  await rig.port.connect();
  const told = await rig.port.createOrders([
    { ...limit, clientOrderId: 'a' },
    { ...limit, clientOrderId: 'b' },
    { ...limit, clientOrderId: 'c', quantity: 249 },
  ]);
  for (const one of told) {
    if (one.kind !== 'accepted') continue;
    const { id, clientOrderId, symbol } = one.order;
    expect((await rig.port.getOrder({ symbol, orderId: id }))?.clientOrderId).toBe(clientOrderId);
  }
  await transport.close();
  return told.map(({ kind }) => kind);
}

describe('a batch', () => {
  it('items in another order: each is told of the order that it names', async () => {
    expect(await outcomes((items) => items.toReversed())).toEqual(['accepted', 'accepted', 'rejected']);
  });

  it('an item that names no order proves nothing', async () => {
    const nameless = (items: readonly Item[]) =>
      items.map((item, i) => (i === 0 ? { ...item, externalOid: null } : item));
    expect(await outcomes(nameless)).toEqual(['unknown', 'accepted', 'rejected']);
  });

  it('an item of a strange order proves nothing of any other', async () => {
    const strange = (items: readonly Item[]) =>
      items.map((item, i) => (i === 2 ? { ...item, externalOid: 'z' } : item));
    expect(await outcomes(strange)).toEqual(['accepted', 'accepted', 'unknown']);
  });

  it('two items of one order contradict each other, and leave another one without', async () => {
    const double = (items: readonly Item[]) => items.map((item, i) => (i === 1 ? { ...item, externalOid: 'a' } : item));
    expect(await outcomes(double)).toEqual(['unknown', 'unknown', 'rejected']);
  });
});
