import { describe, expect, it } from 'vitest';
import { cliRig } from './support/mexc-cli-rig.ts';

const MARKET = 'orders create --venue mexc --symbol BTC_USDT --side buy --type market --quantity 0.001';
const LIMIT = 'orders create --venue mexc --symbol BTC_USDT --side buy --type limit --quantity 0.002 --price 79000';

interface Line {
  readonly kind: string;
  readonly time: number;
  readonly trade?: { readonly price: string; readonly time: number };
  readonly order?: { readonly clientOrderId: string; readonly status: string };
}

describe('an account at MEXC that is watched', () => {
  it('tells how it stands and what comes, as lines that parity replays; ends with 0 when stopped', async () => {
    const { prate, start, tree } = await cliRig('processes');
    expect(await prate(`${LIMIT} --client-order-id before`)).toMatchObject({ code: 0 });
    const watching = start('orders watch --venue mexc --json');
    await watching.seen('"clientOrderId":"before"');
    expect(await prate(`${MARKET} --client-order-id bought`)).toMatchObject({ code: 0 });
    await watching.seen('"status":"FILLED"');
    await prate('orders cancel --venue mexc --symbol BTC_USDT --client-order-id before');
    await watching.seen('"status":"CANCELLED"');
    watching.child.kill('SIGTERM');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    expect([lines[0]?.kind, lines.at(-1)?.kind]).toEqual(['start', 'end']);
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(
      new Set(['start', 'balance', 'order', 'fill', 'position', 'end']),
    );

    // the tape on which it happened: the print of the fill, and quiet before and after
    const fill = lines.find(({ kind }) => kind === 'fill')?.trade;
    if (fill === undefined) throw new Error('a market order has a fill');
    const [from, to] = [lines[0] as Line, lines.at(-1) as Line];
    const rows = [
      ...[
        `${from.time - 1000},80000.1,0.0001,buy`,
        `${fill.time},${fill.price},0.001,buy`,
        `${to.time + 1000},80000,1,sell`,
      ],
    ];
    tree.write({ 'session.ndjson': stdout, 'tape.csv': `time_ms,price,quantity,side\n${rows.join('\n')}\n` });
    const parity = await prate('parity --orders session.ndjson --trades tape.csv --symbol BTC_USDT --json');
    expect(parity).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(parity.stdout)).toMatchObject({
      same: true,
      orders: [
        { clientOrderId: 'before', live: { status: 'CANCELLED' }, paper: { status: 'CANCELLED' } },
        { clientOrderId: 'bought', live: { averagePrice: fill.price }, paper: { averagePrice: fill.price } },
      ],
    });
  });

  it('for people: a line each', async () => {
    const { prate, start } = await cliRig('processes');
    const watching = start('orders watch --venue mexc');
    await watching.seen('balance');
    expect(await prate(MARKET)).toMatchObject({ code: 0 });
    await watching.seen('position  LONG');
    await watching.seen(', FILLED,');
    watching.child.kill('SIGINT');
    const { code, stdout, stderr } = await watching.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('watching the account at mexc') });
    expect(stdout).toMatch(/ balance {3}USDT: available 10000, frozen 0, /);
    expect(stdout).toMatch(/ fill {6}BUY 0\.001 BTC_USDT at 80001 as taker, fee /);
    expect(stdout).toMatch(/ position {2}LONG 0\.001 BTC_USDT from 80001, /);
    expect(stdout).toMatch(/ order {5}BUY MARKET 0\.001 BTC_USDT, FILLED, /);
  });

  it('ends by itself when its time is over', async () => {
    const { prate } = await cliRig('processes');
    const { code, stdout } = await prate('orders watch --venue mexc --json --for 100ms');
    expect(code).toBe(0);
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(['start', 'end']);
  });
});
