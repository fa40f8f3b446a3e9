import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Desk, type Ran, spawnPrate } from './support/desk.ts';

const ORDER = 'orders create --symbol BTC_USDT --json';

interface Orders {
  readonly orders: readonly { readonly id: string; readonly clientOrderId: string }[];
}

/** Each command is a process. */
const runner = (desk: Desk): { run(line: string): Promise<Ran>; json<T>(line: string): Promise<T> } => {
  const run = (line: string): Promise<Ran> => spawnPrate(line, desk.folder).ended;
  return {
    run,
    async json<T>(line: string): Promise<T> {
      const { code, stdout, stderr } = await run(`${line} --json`);
      if (code !== 0) throw new Error(`exit code ${code} of '${line}': ${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
};

describe('a paper account and processes', () => {
  it('what one process did the next one finds: orders, leverage, positions, histories', async () => {
    using desk = new Desk();
    const { run, json } = runner(desk);
    expect((await run('leverage --symbol BTC_USDT --set 20')).code).toBe(0);
    expect(await json('leverage --symbol BTC_USDT')).toMatchObject({ leverage: 20 });
    expect((await run(`${ORDER} --side buy --type market --quantity 0.002 --client-order-id first`)).code).toBe(0);
    expect(
      (await run(`${ORDER} --side buy --type limit --price 20000 --quantity 0.1 --client-order-id low`)).code,
    ).toBe(0);
    expect(await json('positions')).toMatchObject({ positions: [{ quantity: '0.002', leverage: 20 }] });
    expect(await json('orders list')).toMatchObject({ orders: [{ clientOrderId: 'low' }] });
    expect(await json('orders get --symbol BTC_USDT --client-order-id first')).toMatchObject({
      order: { status: 'FILLED' },
    });
    expect(await json('orders history')).toMatchObject({ orders: [{ clientOrderId: 'first' }] });
    expect(await json('orders fills')).toMatchObject({ fills: [{ clientOrderId: 'first' }] });
    expect(await json('orders funding')).toMatchObject({ venue: 'paper' });
    expect(await json('balance')).toMatchObject({ balances: [{ asset: 'USDT' }] });
    const stop =
      'orders triggers create --symbol BTC_USDT --kind stop --side sell --quantity 0.002 --trigger-price 20000';
    expect((await run(stop)).code).toBe(0);
    expect(await json('orders triggers list')).toMatchObject({ triggers: [{ request: { symbol: 'BTC_USDT' } }] });
    expect((await run('orders cancel --symbol BTC_USDT --client-order-id low')).code).toBe(0);
    expect((await run(`${ORDER} --side sell --type limit --price 900000 --quantity 0.001`)).code).toBe(0);
    expect((await run('orders cancel-all')).code).toBe(0);
    expect(await json('paper status')).toMatchObject({ orders: [], positions: [{ symbol: 'BTC_USDT' }] });
  });

  it('killed at any moment: what was acknowledged is there, and the file is whole', async () => {
    using desk = new Desk();
    const { json, run } = runner(desk);
    const acknowledged: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const id = `order-${i}`;
      const line = `${ORDER} --side buy --type limit --price ${20_000 + i} --quantity 0.001 --client-order-id ${id}`;
      const { child, ended } = spawnPrate(line, desk.folder);
      // some before they began, some at work, some at their first word
      const dies = new Promise<void>((resolve) => {
        if (i % 2 === 1) child.stdout?.once('data', () => resolve());
        else void whenLocked(desk.folder, ended).then(resolve);
      });
      await Promise.race([dies, ended]);
      child.kill('SIGKILL');
      const { stdout } = await ended;
      if (stdout.includes('"accepted"')) acknowledged.push(id);
    }
    const { orders } = await json<Orders>('orders list');
    const found = orders.map(({ clientOrderId }) => clientOrderId);
    expect(acknowledged.length).toBeGreaterThan(2);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    expect((await run('paper status')).code).toBe(0);
  });

  it('orders watch: the market goes on, another process trades, Ctrl-C saves and ends it with 0', async () => {
    using desk = new Desk();
    const { run } = runner(desk);
    await run(`${ORDER} --side buy --type market --quantity 0.001`);
    const watching = spawnPrate('orders watch --json', desk.folder);
    await watching.seen('"kind":"position"');
    expect((await run('orders create --symbol ETH_USDT --side sell --type market --quantity 0.05')).code).toBe(0);
    await watching.seen('"symbol":"ETH_USDT","positionSide":null');
    const before = timeOf(desk);
    watching.child.kill('SIGINT');
    const { code, stdout, stderr } = await watching.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const kinds = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).kind as string);
    expect(kinds.slice(0, 3)).toEqual(['start', 'balance', 'position']);
    // as many fills as price levels of that moment's book were needed
    const after = kinds.slice(3).filter((kind, i, all) => kind !== 'fill' || all[i - 1] !== 'fill');
    expect(after).toEqual(['fill', 'order', 'position', 'balance', 'end']);
    expect(timeOf(desk)).toBeGreaterThan(before);
  });
});

const timeOf = (desk: Desk): number =>
  (JSON.parse(readFileSync(join(desk.folder, 'data/paper.json'), 'utf8')) as { time: number }).time;

/** Until the process has the lock, or is over. */
async function whenLocked(folder: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const lock = join(folder, 'data/paper.json.lock');
  while (!isOver && !hasText(lock)) await new Promise((resolve) => setImmediate(resolve));
}

function hasText(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== '';
  } catch {
    return false;
  }
}
