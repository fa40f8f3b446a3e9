import { describe, expect, it } from 'vitest';
import type { FrameFaults } from '../src/index.ts';
import { type Rig, rig } from './support/rig.ts';

const BTC = { symbol: 'BTC_USDT' };

/** The volumes of forty deals as they came. */
async function received(faults: FrameFaults, here: Rig): Promise<{ during: number[]; after: number[] }> {
  const edge = await here.socket();
  await edge.ask('sub.deal', BTC);
  here.sandbox.faults.frames(faults);
  for (let volume = 1; volume <= 40; volume += 1) here.backend.trade('BTC_USDT', 80_000, volume);
  await edge.settled();
  const during = edge.on('push.deal').map(({ data }) => data[0].v);
  here.sandbox.faults.clear();
  await edge.settled();
  return { during, after: edge.on('push.deal').map(({ data }) => data[0].v) };
}

const ALL = Array.from({ length: 40 }, (_, i) => i + 1);
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

describe('faults of frames', () => {
  it('dropped: some are missing, and none comes later', async () => {
    const { during, after } = await received({ drop: 0.3 }, await rig());
    expect(during.length).toBeLessThan(40);
    expect(during.length).toBeGreaterThan(0);
    expect(after).toEqual(during);
    expect(sorted(during)).toEqual(during);
  });

  it('duplicated: some come twice, none is missing', async () => {
    const { during } = await received({ duplicate: 0.3 }, await rig());
    expect(during.length).toBeGreaterThan(40);
    expect([...new Set(during)]).toEqual(ALL);
  });

  it('reordered: all come in another order, what is held back at the latest when the faults end', async () => {
    const { after } = await received({ reorder: 0.3, reorderBy: 3 }, await rig());
    expect(after).not.toEqual(ALL);
    expect(sorted(after)).toEqual(ALL);
    for (const [place, volume] of after.entries()) expect(Math.abs(place + 1 - volume)).toBeLessThan(20);
  });

  it('split into fragments: a client that joins them sees nothing of it', async () => {
    const { during } = await received({ split: 1 }, await rig());
    expect(during).toEqual(ALL);
  });

  it('one seed, one sequence; another seed, another', async () => {
    const faults = { drop: 0.2, duplicate: 0.2, reorder: 0.2 };
    const run = async (seed: number) => received(faults, await rig({ seed }));
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  it('answers and pongs are spared unless they are named', async () => {
    const here = await rig();
    const edge = await here.socket();
    here.sandbox.faults.frames({ drop: 1 });
    expect(await edge.ask('sub.deal', BTC)).toMatchObject({ data: 'success' });
    here.sandbox.faults.frames({ drop: 1, channels: ['rs.'] });
    edge.send({ method: 'sub.depth', param: BTC });
    await edge.settled();
    expect(edge.on('rs.sub.depth')).toEqual([]);
  });

  it('silence: no pushes, but pongs; and then pushes again', async () => {
    const { socket, sandbox, backend } = await rig();
    const edge = await socket();
    await edge.ask('sub.deal', BTC);
    sandbox.faults.silence();
    backend.trade('BTC_USDT', 80_000, 1);
    await edge.settled();
    expect(edge.on('push.deal')).toEqual([]);
    sandbox.faults.clear();
    backend.trade('BTC_USDT', 80_000, 2);
    await edge.settled();
    expect(edge.on('push.deal').map(({ data }) => data[0].v)).toEqual([2]);
  });

  it('the book’s versions jump, in pushes and snapshots alike, and commits lack what was skipped', async () => {
    const { socket, sandbox, backend, client } = await rig();
    const edge = await socket();
    await edge.ask('sub.depth', { ...BTC, compress: false });
    const setBid = (price: number): void =>
      backend.setBook('BTC_USDT', [{ price, volume: 1 }], [{ price: 80_001, volume: 1 }]);
    setBid(79_990);
    sandbox.faults.jumpBook('BTC_USDT', 5);
    setBid(79_991);
    setBid(79_992);
    await edge.settled();
    const versions = edge.on('push.depth').map(({ data }) => data.version);
    expect([versions[1] - versions[0], versions[2] - versions[1]]).toEqual([6, 1]);
    expect((await client.open('/api/v1/contract/depth/BTC_USDT')).json.data.version).toBe(versions[2]);
  });
});

describe('faults of connections', () => {
  it('closed with a code, or reset', async () => {
    const { socket, sandbox } = await rig();
    const [first, second] = [await socket(), await socket()];
    sandbox.faults.closeSockets(1012);
    expect([await first.closed, await second.closed]).toEqual([1012, 1012]);
    const third = await socket();
    sandbox.faults.resetSockets();
    expect(await third.closed).toBe(1006);
  });

  it('frozen: half-open, nothing is answered and nothing closes; a new connection works', async () => {
    const { socket, sandbox, backend, clock } = await rig();
    const frozen = await socket();
    await frozen.ask('sub.deal', BTC);
    sandbox.faults.freezeSockets();
    const seen = frozen.frames.length;
    let closed = false;
    void frozen.closed.then(() => {
      closed = true;
    });
    frozen.send({ method: 'ping' });
    clock.advance(61_000);
    const fresh = await socket();
    await fresh.ask('sub.deal', BTC);
    backend.trade('BTC_USDT', 80_000, 1);
    await fresh.settled();
    expect(fresh.on('push.deal')).toHaveLength(1);
    expect([frozen.frames.length, closed]).toEqual([seen, false]);
    await sandbox.close();
    expect(await frozen.closed).toBe(1006);
  });
});
