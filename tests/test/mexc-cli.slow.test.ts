import { existsSync } from 'node:fs';
import { MexcFuturesExecution } from '@prate/mexc-futures';
import { describe, expect, it, vi } from 'vitest';
import { FULL_DISK } from '../../apps/cli/test/support/desk.ts';
import { CANARY, cliRig } from './support/mexc-cli-rig.ts';

const LIMIT = 'orders create --venue mexc --symbol BTC_USDT --side buy --type limit --quantity 0.001 --price 79000';
const MARKET = 'orders create --venue mexc --symbol BTC_USDT --side buy --type market --quantity 0.001';
const CREATE = '/api/v1/private/order/create';

interface Created {
  readonly kind: string;
  readonly order: { readonly id: string; readonly clientOrderId: string };
}

describe('prate at MEXC, before one on loopback', () => {
  it('an order: placed, listed, found by both ids, cancelled, and in the history; each by a process of its own', async () => {
    const { prate, json, changes } = await cliRig('processes');
    const created = await json(`${LIMIT} --leverage 5 --margin isolated --client-order-id entry-1`);
    expect(created).toMatchObject({
      code: 0,
      document: {
        ...{ venue: 'mexc', kind: 'accepted' },
        order: { clientOrderId: 'entry-1', side: 'BUY', type: 'LIMIT', price: '79000', quantity: '0.001' },
      },
    });
    const { id } = (created.document as unknown as Created).order;
    expect(id).toMatch(/^\d{18}$/);
    expect(changes()).toEqual([expect.stringContaining(`${CREATE} {"symbol":"BTC_USDT","side":1,"type":1,"vol":10,`)]);

    const table = await prate('orders list --venue mexc');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(
      new RegExp(`│ ${id} │ entry-1 +│ BTC_USDT │ BUY +│ LIMIT │ +79000 │ +0.001 │ +0 │ +NEW │`),
    );
    const [byId, byName, absent] = await Promise.all([
      json(`orders get --venue mexc --symbol BTC_USDT --id ${id}`),
      json('orders get --venue mexc --symbol BTC_USDT --client-order-id entry-1'),
      prate('orders get --venue mexc --symbol BTC_USDT --client-order-id nobody'),
    ]);
    expect(byId).toMatchObject({ code: 0, document: { order: { id, status: 'NEW' } } });
    expect(byName).toEqual(byId);
    expect(absent).toMatchObject({ code: 1, stdout: 'the venue knows no such order\n' });

    const cancel = 'orders cancel --venue mexc --symbol BTC_USDT --client-order-id entry-1';
    const cancelled = await json(cancel);
    expect(cancelled).toMatchObject({ code: 0, document: { kind: 'cancelled', order: { id, status: 'CANCELLED' } } });
    expect(await json(cancel)).toMatchObject({ code: 1, document: { kind: 'alreadyFinal' } });
    const nobody = await prate('orders cancel --venue mexc --symbol BTC_USDT --id 123456789012345678');
    expect(nobody).toMatchObject({ code: 1, stdout: 'not cancelled: the venue knows no such order\n' });
    const history = await json('orders history --venue mexc --symbol BTC_USDT --limit 5');
    expect(history.document).toMatchObject({ orders: [{ id, clientOrderId: 'entry-1', status: 'CANCELLED' }] });
  });

  it('a fill: position and balance, as tables and as JSON', async () => {
    const { prate, json } = await cliRig();
    expect(await prate(`${MARKET} --leverage 20`)).toMatchObject({ code: 0 });
    const [positions, table, balance, other] = await Promise.all([
      json('positions --venue mexc'),
      prate('positions --venue mexc --symbol BTC_USDT'),
      json('balance --venue mexc --asset USDT'),
      prate('balance --venue mexc'),
    ]);
    expect(positions).toMatchObject({
      code: 0,
      document: {
        venue: 'mexc',
        positions: [{ symbol: 'BTC_USDT', positionSide: 'LONG', quantity: '0.001', leverage: 20 }],
      },
    });
    expect(table.stdout).toMatch(/│ BTC_USDT │ LONG │ +0\.001 │ +80001 │/);
    expect(balance).toMatchObject({ code: 0, document: { balances: [{ asset: 'USDT', frozen: '0' }] } });
    expect(other.stdout).toMatch(/│ USDT +│ +99\d\d\.\d+ │/);
    expect(await json(`${MARKET.replace('buy', 'sell')} --reduce-only`)).toMatchObject({ code: 0 });
    expect(await prate('positions --venue mexc')).toMatchObject({ code: 0, stdout: 'no positions\n' });
  });

  it('all orders are cancelled at once; a second time there are none', async () => {
    const { prate, json } = await cliRig();
    for (const price of [78_000, 77_000]) await prate(LIMIT.replace('79000', String(price)));
    const all = await json('orders cancel-all --venue mexc --symbol BTC_USDT');
    const cancelled = { outcome: { kind: 'cancelled' } };
    expect(all).toMatchObject({ code: 0, document: { orders: [cancelled, cancelled], triggersLeft: 0 } });
    expect(await prate('orders cancel-all --venue mexc')).toMatchObject({ code: 0, stdout: 'no open orders\n' });
  });

  it('triggers stay and are counted, unless they are meant too', async () => {
    const { prate, json, sandbox } = await cliRig();
    const execution = new MexcFuturesExecution({ ...CANARY, restBaseUrl: sandbox.restUrl, wsUrl: sandbox.wsUrl });
    await execution.connect();
    const trigger = { kind: 'plan', price: '90000', direction: 'RISES_TO' } as const;
    await execution.triggers.create({ symbol: 'BTC_USDT', side: 'BUY', quantity: '0.001', trigger });
    await execution.disconnect();
    expect(await prate('orders cancel-all --venue mexc')).toMatchObject({
      ...{ code: 0, stdout: 'no open orders\n1 trigger order left: --triggers cancels them too\n' },
    });
    expect(await json('orders cancel-all --venue mexc --triggers')).toMatchObject({
      ...{
        code: 0,
        document: { orders: [], triggers: [{ id: expect.stringMatching(/^plan-/), outcome: { kind: 'cancelled' } }] },
      },
    });
    expect(await prate('orders cancel-all --venue mexc')).toMatchObject({ code: 0, stdout: 'no open orders\n' });
  });

  it('leverage: shown, set, and shown as it is now', async () => {
    const { prate, json } = await cliRig();
    const show = 'leverage --venue mexc --symbol BTC_USDT';
    expect(await json(`${show} --set 7 --margin cross`)).toMatchObject({ code: 0, document: { leverage: 7 } });
    expect(await prate(show)).toMatchObject({ code: 0, stdout: 'BTC_USDT: leverage 7\n' });
    expect(await prate(`${show} --set 5000`)).toMatchObject({ code: 1 });
  });

  it('leverage that differs by direction: both are shown', async () => {
    const { prate, json, backend } = await cliRig();
    const show = 'leverage --venue mexc --symbol BTC_USDT';
    backend.account(CANARY.apiKey)?.setLeverage('BTC_USDT', 'SHORT', { leverage: 9, marginMode: null });
    expect(await json(show)).toEqual({
      ...{ code: 0, document: { venue: 'mexc', symbol: 'BTC_USDT', leverage: null, long: 20, short: 9 } },
    });
    expect(await prate(show)).toMatchObject({
      ...{ code: 0, stdout: 'BTC_USDT: leverage 20 long, 9 short; --set N makes them one\n' },
    });
    expect(await prate(`${show} --set 9`)).toMatchObject({ code: 0, stdout: 'BTC_USDT: leverage 9\n' });
  });

  it.each([
    [
      'no whole number of contracts',
      MARKET.replace('0.001', '0.00015'),
      { reason: 'INVALID_QUANTITY', above: '0.0002' },
    ],
    ['off the tick', LIMIT.replace('79000', '79000.05'), { reason: 'INVALID_PRICE', below: '79000', above: '79000.1' }],
    [
      'a contract that the API may not trade',
      MARKET.replace('BTC_USDT --side buy', 'CLO_USDT --side buy').replace('0.001', '10'),
      { reason: 'CONTRACT_UNAVAILABLE' },
    ],
    ['no such contract', MARKET.replace('BTC_USDT', 'NO_USDT'), { reason: 'UNKNOWN_SYMBOL' }],
  ])('%s: exit code 1, why, and nothing was sent', async (_rule, line, rejected) => {
    const { json, changes } = await cliRig();
    expect(await json(line)).toMatchObject({ code: 1, document: { kind: 'rejected', ...rejected } });
    expect(changes()).toEqual([]);
  });

  it("MEXC's own no: exit code 1, and its words", async () => {
    const { prate } = await cliRig();
    const { code, stdout } = await prate(LIMIT.replace('0.001', '100'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^rejected, not on the book: INSUFFICIENT_BALANCE: .*2005/);
  });

  it('a reply that is lost: exit code 3, how to look it up, and one create; and there it is', async () => {
    const { prate, json, sandbox, changes } = await cliRig();
    sandbox.faults.http({ route: `POST ${CREATE}`, fault: { kind: 'reset' }, after: true });
    const { code, stdout } = await prate(`${LIMIT} --client-order-id lost-1`);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^unknown: it may be on the book/);
    expect(stdout).toContain('orders get --venue mexc --symbol BTC_USDT --client-order-id lost-1');
    expect(changes()).toHaveLength(1);
    const found = await json('orders get --venue mexc --symbol BTC_USDT --client-order-id lost-1');
    expect(found).toMatchObject({ code: 0, document: { order: { status: 'NEW' } } });
    sandbox.faults.http({ route: `POST ${CREATE}`, fault: { kind: 'html' } });
    const other = await json(LIMIT);
    expect(other).toMatchObject({ code: 3, document: { kind: 'unknown', cause: { code: 'BAD_REPLY' } } });
    expect(changes()).toHaveLength(2);
  });

  it.skipIf(!existsSync(FULL_DISK))(
    'a disk that is full: what an order came to is told by the exit code all the same',
    async () => {
      const { ontoFullDisk, sandbox, changes } = await cliRig();
      const full = expect.stringMatching(/^prate: standard output cannot be written \(ENOSPC\)$/m);
      expect(await ontoFullDisk(`${LIMIT} --client-order-id full-1`)).toEqual({ code: 1, stderr: full });
      sandbox.faults.http({ route: `POST ${CREATE}`, fault: { kind: 'reset' }, after: true });
      expect(await ontoFullDisk(`${LIMIT} --client-order-id full-2`)).toEqual({ code: 3, stderr: full });
      expect(changes()).toHaveLength(2);
    },
  );

  it('Ctrl-C while the reply is awaited: the order is unknown, exit code 3, and was sent once', async () => {
    const { start, sandbox, changes } = await cliRig();
    sandbox.faults.http({ route: `POST ${CREATE}`, fault: { kind: 'hang' }, after: true });
    const { child, ended } = start(`${LIMIT} --client-order-id lost-2`);
    await vi.waitFor(() => expect(changes()).toHaveLength(1), { timeout: 10_000 });
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/^unknown: .*\n {2}do not send it again, look it up: .* --client-order-id lost-2\n$/);
    expect(changes()).toHaveLength(1);
  });

  it.each([
    ['an unknown key', { MEXC_API_KEY: 'another' }],
    ['a secret of another key', { MEXC_SECRET_KEY: 'another' }],
  ])('%s: exit code 4, and nothing was placed', async (_rule, env) => {
    const { prate, changes } = await cliRig();
    for (const line of ['balance --venue mexc', LIMIT]) {
      const { code, stdout, stderr } = await prate(line, env);
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(/^prate: .*MEXC refused/m);
    }
    expect(changes()).toEqual([]);
  });

  it('an instrument or an asset that is none: exit code 1, and not emptiness', async () => {
    const { prate } = await cliRig();
    for (const command of ['positions', 'orders list', 'orders fills', 'orders triggers list']) {
      const { code, stdout, stderr } = await prate(`${command} --venue mexc --symbol NO_USDT`);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      // fills are asked for by contract: there MEXC itself says so
      expect(stderr).toMatch(
        /^prate: .*(?:the venue mexc has no instrument 'NO_USDT': prate instruments --venue mexc|NO_USDT does not exist)/m,
      );
      expect(await prate(`${command} --venue mexc --symbol ETH_USDT`)).toMatchObject({ code: 0 });
    }
    const { code, stderr } = await prate('balance --venue mexc --asset NOPE');
    expect(code).toBe(1);
    expect(stderr).toMatch(/NOPE/);
  });

  it('fills and funding: as tables and as JSON', async () => {
    const { prate, json, backend } = await cliRig();
    expect(await prate(`${MARKET} --client-order-id bought`)).toMatchObject({ code: 0 });
    backend.setFundingRate('BTC_USDT', '0.0001');
    backend.settleFunding('BTC_USDT');
    expect(await json('orders fills --venue mexc --symbol BTC_USDT')).toMatchObject({
      code: 0,
      document: {
        venue: 'mexc',
        fills: [
          {
            clientOrderId: 'bought',
            side: 'BUY',
            price: '80001',
            quantity: '0.001',
            fee: { asset: 'USDT' },
            liquidity: 'TAKER',
          },
        ],
      },
    });
    const fills = await prate('orders fills --venue mexc');
    expect(fills.stdout).toMatch(/│ BTC_USDT │ BUY +│ taker │ 80001 │ +0\.001 │ 0\.\d+ USDT │ +0 │/);
    expect(await json('orders funding --venue mexc')).toMatchObject({
      code: 0,
      document: { payments: [{ symbol: 'BTC_USDT', asset: 'USDT', rate: '0.0001', amount: '-0.008' }] },
    });
    const funding = await prate('orders funding --venue mexc --symbol BTC_USDT');
    expect(funding.stdout).toMatch(/│ BTC_USDT │ USDT +│ 0\.0001 │ -0\.008 │/);
    const before = 'orders fills --venue mexc --symbol BTC_USDT --to 2020-02-01';
    expect(await prate(before)).toMatchObject({ code: 0, stdout: 'no fills\n' });
  });

  it('trigger orders: each kind placed, listed, cancelled by its id, and not a second time', async () => {
    const { prate, json } = await cliRig();
    await prate(MARKET);
    const create = 'orders triggers create --venue mexc --symbol BTC_USDT --quantity 0.001';
    const kinds = {
      plan: '--kind plan --side buy --trigger-price 85000 --direction rises-to --price 85010',
      stop: '--kind stop --side sell --trigger-price 75000 --price-source mark',
      takeProfit: '--kind take-profit --side sell --trigger-price 90000',
      trailing: '--kind trailing --side sell --callback 0.01 --activation-price 81000 --reduce-only',
    };
    const ids: string[] = [];
    for (const [kind, flags] of Object.entries(kinds)) {
      const { code, document } = await json(`${create} ${flags}`);
      expect({ code, document }).toMatchObject({
        ...{ code: 0, document: { kind: 'accepted', trigger: { request: { trigger: { kind } } } } },
      });
      ids.push((document as unknown as { readonly trigger: { readonly id: string } }).trigger.id);
    }
    const list = await json('orders triggers list --venue mexc --symbol BTC_USDT');
    expect(
      (list.document as unknown as { readonly triggers: readonly { readonly id: string }[] }).triggers
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ids].sort());
    const table = (await prate('orders triggers list --venue mexc')).stdout;
    expect(table).toMatch(/│ BUY +│ plan +│ when LAST rises to 85000 +│ a limit order at 85010 +│ +0\.001 │/);
    expect(table).toMatch(/│ SELL │ stop +│ when MARK falls to 75000 +│ a market order, reduce-only │ +0\.001 │/);
    expect(table).toMatch(/│ SELL │ take-profit │ when LAST rises to 90000 +│ a market order, reduce-only │/);
    expect(table).toMatch(/│ SELL │ trailing +│ 0\.01 \(a share\) behind the best price, active from 81000 │/);
    for (const id of ids) {
      const cancel = `orders triggers cancel --venue mexc --symbol BTC_USDT --id ${id}`;
      expect(await prate(cancel)).toMatchObject({ code: 0, stdout: 'cancelled\n' });
      expect(await json(cancel)).toMatchObject({ code: 1, document: { kind: 'alreadyFinal' } });
    }
    expect(await prate('orders triggers list --venue mexc')).toMatchObject({ code: 0, stdout: 'no trigger orders\n' });
    const nobody = await prate('orders triggers cancel --venue mexc --symbol BTC_USDT --id plan-1');
    expect(nobody).toMatchObject({ code: 1, stdout: 'not cancelled: the venue knows no such trigger order\n' });
    const text = await prate(`${create} ${kinds.stop}`);
    expect(text.stdout).toMatch(
      /^accepted: SELL 0\.001 BTC_USDT, stop, fires when MARK falls to 75000, sends a market order, reduce-only, id stop-\d+\n$/,
    );
  });

  it('a trigger order that is refused: exit code 1; whose reply is lost: 3, and where to look', async () => {
    const { prate, json, sandbox, changes } = await cliRig();
    const create = 'orders triggers create --venue mexc --symbol BTC_USDT --side sell';
    expect(await json(`${create} --kind stop --quantity 0.001 --trigger-price 75000`)).toMatchObject({
      ...{ code: 1, document: { kind: 'rejected', reason: 'REDUCE_ONLY' } },
    });
    expect(changes()).toEqual([]);
    sandbox.faults.http({ route: 'POST /api/v1/private/planorder/place/v2', fault: { kind: 'reset' }, after: true });
    const lost = await prate(`${create} --kind plan --quantity 0.001 --trigger-price 75000 --direction falls-to`);
    expect(lost.code).toBe(3);
    expect(lost.stdout).toMatch(
      /^unknown: it may be waiting .*\n {2}do not send it again, look first: .* orders triggers list --venue mexc --symbol BTC_USDT\n$/,
    );
    expect(changes()).toHaveLength(1);
    expect((await prate('orders triggers list --venue mexc')).stdout).toContain('when LAST falls to 75000');
  });

  it('instruments: those that the API may trade and those that it may not', async () => {
    const { prate, json } = await cliRig();
    const { stdout } = await prate('instruments --venue mexc', { MEXC_API_KEY: undefined, MEXC_SECRET_KEY: undefined });
    expect(stdout).toMatch(/│ BTC_USDT +│ +0\.1 │ +0\.0001 │/);
    expect(stdout).toMatch(/│ CLO_USDT .*API_CLOSED │/);
    const { document } = await json('instruments --venue mexc --symbol BTC_USDT');
    expect(document['instruments']).toMatchObject([{ symbol: 'BTC_USDT', lotSize: '0.0001', status: 'TRADING' }]);
  });
});

describe('candles of MEXC', () => {
  it('live: trades as they happen are stored as seconds, printed as they close, and can be asked for', async () => {
    const { backend, start, json } = await cliRig();
    const { child, ended, seen } = start('candles live --venue mexc --symbol BTC_USDT --interval 1s --json');
    const trading = setInterval(() => backend.trade('BTC_USDT', '80000', 10), 100);
    try {
      await seen('"openTime"');
    } finally {
      clearInterval(trading);
    }
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/candles? of 1 s stored in/);
    const { openTime } = JSON.parse(stdout.split('\n')[0] as string) as { readonly openTime: number };
    const asked = `--symbol BTC_USDT --venue mexc --interval 1s --from ${openTime} --to ${openTime + 1000}`;
    const { document } = await json(`candles query ${asked}`);
    expect(document).toMatchObject({ candles: [{ close: 80000, source: 'TRADES' }] });
  });

  it('backfill: klines of the exchange, in the base asset', async () => {
    const { json } = await cliRig();
    const from = new Date(Date.now() - 600_000).toISOString();
    const { document } = await json(`candles backfill --venue mexc --symbol BTC_USDT --interval 1m --from ${from}`);
    expect(document).toMatchObject({ source: 'mexc', venue: 'mexc', symbols: [{ symbol: 'BTC_USDT', error: null }] });
  });
});
