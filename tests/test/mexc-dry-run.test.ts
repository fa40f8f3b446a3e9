import { describe, expect, it } from 'vitest';
import { CANARY, type CliRig, cliRig } from './support/mexc-cli-rig.ts';

const DRY =
  'orders create --venue mexc --dry-run --symbol BTC_USDT --side buy --quantity 0.001 --client-order-id entry-1';
const NO_KEYS = { MEXC_API_KEY: undefined, MEXC_SECRET_KEY: undefined };

interface DryRun {
  readonly requests: readonly {
    readonly url: string;
    readonly changes: boolean;
    readonly body: string;
    readonly toSign: string;
  }[];
  readonly refusal: object | null;
  readonly notes: readonly string[];
}

/** Without what differs from run to run. */
const steady = (text: string, { sandbox }: CliRig): string =>
  text.replaceAll(sandbox.restUrl, 'https://mexc').replace(/\b1[6-9]\d{11}/g, '<ms>');

/** The bodies that would be sent, by path. */
async function bodiesOf(rig: CliRig, line: string): Promise<readonly string[]> {
  const { code, document } = await rig.json(line, NO_KEYS);
  expect(code).toBe(0);
  const { requests } = document as unknown as DryRun;
  return requests.filter(({ changes }) => changes).map(({ url, body }) => `${new URL(url).pathname.slice(16)} ${body}`);
}

describe('--dry-run at MEXC', () => {
  it('prints the request to the last byte, with key and signature hidden, and sends nothing that is signed', async () => {
    const rig = await cliRig('processes');
    const { code, stdout, stderr } = await rig.prate(
      `${DRY} --type limit --price 80000 --leverage 5 --margin isolated`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(steady(stdout, rig)).toMatchInlineSnapshot(`
      "dry run: nothing that is signed was sent

      POST https://mexc/api/v1/private/order/create
        User-Agent: prate
        ApiKey: <ApiKey>
        Request-Time: <ms>
        Signature: <Signature>
        Content-Type: application/json
        {"symbol":"BTC_USDT","side":1,"type":1,"vol":10,"price":80000,"openType":1,"leverage":5,"externalOid":"entry-1","positionMode":2}
        string to sign: <ApiKey><ms>{"symbol":"BTC_USDT","side":1,"type":1,"vol":10,"price":80000,"openType":1,"leverage":5,"externalOid":"entry-1","positionMode":2}

      asked for, and answered here by assumption:
        GET /api/v1/private/position/position_mode → 2
        GET /api/v1/private/order/list/open_orders?page_num=1&page_size=100 → []
        GET /api/v1/private/position/open_positions → []
        GET /api/v1/private/account/assets → []
        GET /api/v1/private/position/leverage?symbol=BTC_USDT → [{"positionType":1,"openType":1,"leverage":20,"level":1,"max…

      note: the signature is the lower-case hex of HMAC-SHA256, with the secret key, over the string to sign
      note: the account is assumed to be in one-way mode, at leverage 20, without positions and orders
      "
    `);
    expect(rig.sandbox.requests.filter(({ url }) => url.includes('/private/'))).toEqual([]);
  });

  it('without keys, as JSON: the same request, and a note that says so', async () => {
    const rig = await cliRig();
    const line = `${DRY} --type limit --price 80000`;
    const [withKeys, without] = [await rig.json(line), await rig.json(line, NO_KEYS)];
    const [ours, theirs] = [withKeys, without].map(({ document }) => document as unknown as DryRun) as [DryRun, DryRun];
    const timeless = ({ requests }: DryRun): string => steady(JSON.stringify(requests), rig);
    expect(timeless(theirs)).toBe(timeless(ours));
    expect(theirs.notes.filter((note) => !ours.notes.includes(note))).toEqual([
      'there are no keys: the shape is right, the signature would not be',
    ]);
    const { body, toSign } = theirs.requests.at(-1) as DryRun['requests'][number];
    expect(toSign).toMatch(/^<ApiKey>\d{13}\{/);
    expect(toSign.endsWith(body)).toBe(true);
  });

  it('every type, both directions of closing, and hedge mode: the shapes of the wire', async () => {
    const rig = await cliRig();
    const shapes = [
      'buy --type market',
      'sell --type market --reduce-only',
      'buy --type ioc --price 80000 --reduce-only',
      'sell --type fok --price 80000 --position-side long',
      'buy --type post-only --price 79000 --position-side short --margin cross',
    ];
    const bodies = [];
    for (const shape of shapes) bodies.push(...(await bodiesOf(rig, DRY.replace('buy', shape))));
    expect(bodies).toMatchInlineSnapshot(`
      [
        "order/create {"symbol":"BTC_USDT","side":1,"type":5,"vol":10,"price":80000,"openType":1,"leverage":20,"externalOid":"entry-1","positionMode":2}",
        "order/create {"symbol":"BTC_USDT","side":4,"type":5,"vol":10,"price":80000,"openType":1,"externalOid":"entry-1","positionMode":2,"reduceOnly":true}",
        "order/create {"symbol":"BTC_USDT","side":2,"type":3,"vol":10,"price":80000,"openType":1,"externalOid":"entry-1","positionMode":2,"reduceOnly":true}",
        "order/create {"symbol":"BTC_USDT","side":4,"type":4,"vol":10,"price":80000,"openType":1,"externalOid":"entry-1","positionMode":1}",
        "order/create {"symbol":"BTC_USDT","side":2,"type":2,"vol":10,"price":79000,"openType":2,"externalOid":"entry-1","positionMode":1}",
      ]
    `);
  });

  it('cancels and leverage', async () => {
    const rig = await cliRig();
    const bodies = [];
    for (const line of [
      'orders cancel --venue mexc --dry-run --symbol BTC_USDT --id 739113577038255616',
      'orders cancel --venue mexc --dry-run --symbol BTC_USDT --client-order-id entry-1',
      'orders cancel-all --venue mexc --dry-run --symbol BTC_USDT --triggers',
      'leverage --venue mexc --dry-run --symbol BTC_USDT --set 5',
    ]) {
      bodies.push(...(await bodiesOf(rig, line)));
    }
    expect(bodies).toMatchInlineSnapshot(`
      [
        "order/cancel ["739113577038255616"]",
        "order/cancel_with_external [{"symbol":"BTC_USDT","externalOid":"entry-1"}]",
        "order/cancel_all {"symbol":"BTC_USDT"}",
        "planorder/cancel_all {"symbol":"BTC_USDT"}",
        "stoporder/cancel_all {"symbol":"BTC_USDT"}",
        "trackorder/cancel {"symbol":"BTC_USDT"}",
        "position/change_leverage {"symbol":"BTC_USDT","openType":1,"positionType":1,"leverage":5}",
        "position/change_leverage {"symbol":"BTC_USDT","openType":1,"positionType":2,"leverage":5}",
      ]
    `);
  });

  it('trigger orders: placed and cancelled, as if what they are about were there', async () => {
    const rig = await cliRig();
    const create = 'orders triggers create --venue mexc --dry-run --symbol BTC_USDT --quantity 0.001';
    const cancel = 'orders triggers cancel --venue mexc --dry-run --symbol BTC_USDT --id';
    const bodies = [];
    for (const line of [
      `${create} --kind plan --side buy --trigger-price 85000 --direction rises-to`,
      `${create} --kind stop --side sell --trigger-price 75000 --price-source mark`,
      `${create} --kind take-profit --side buy --trigger-price 75000 --position-side short`,
      `${create} --kind trailing --side sell --callback 0.01 --reduce-only`,
      `${cancel} plan-739113577038255616`,
      `${cancel} stop-739113577038255617`,
      `${cancel} trailing-739113577038255618`,
    ]) {
      bodies.push(...(await bodiesOf(rig, line)));
    }
    expect(bodies).toMatchInlineSnapshot(`
      [
        "planorder/place/v2 {"symbol":"BTC_USDT","side":1,"vol":10,"openType":1,"leverage":20,"positionMode":2,"triggerPrice":85000,"triggerType":1,"trend":1,"executeCycle":2,"orderType":5}",
        "stoporder/place {"positionId":100000000000000000,"vol":10,"volType":1,"stopLossPrice":75000,"lossTrend":2}",
        "stoporder/place {"positionId":100000000000000000,"vol":10,"volType":1,"takeProfitPrice":75000,"profitTrend":1}",
        "trackorder/place {"symbol":"BTC_USDT","side":4,"vol":10,"openType":1,"leverage":20,"positionMode":2,"reduceOnly":true,"trend":1,"backType":1,"backValue":0.01}",
        "planorder/cancel [{"symbol":"BTC_USDT","orderId":"739113577038255616"}]",
        "stoporder/cancel [{"stopPlanOrderId":739113577038255617}]",
        "trackorder/cancel {"symbol":"BTC_USDT","trackOrderId":"739113577038255618"}",
      ]
    `);
    expect(rig.sandbox.requests.filter(({ url }) => url.includes('/private/'))).toEqual([]);
    const { stdout } = await rig.prate(`${create} --kind stop --side sell --trigger-price 75000`, NO_KEYS);
    expect(stdout).toContain('with a LONG position in BTC_USDT (positionId 100000000000000000), and without orders');
    const other = await rig.prate(`${cancel} plan-739113577038255616`, NO_KEYS);
    expect(other.stdout).toContain('with the trigger order plan-739113577038255616 waiting in BTC_USDT');
  });

  it('the order path is that of the configuration, and there is no second', async () => {
    const rig = await cliRig();
    rig.tree.write({ 'prate.config.json': '{"mexc": {"orderCreatePath": "/api/v1/private/order/submit"}}' });
    expect(await bodiesOf(rig, `${DRY} --type market`)).toEqual([expect.stringMatching(/^order\/submit \{/)]);
  });

  it('an order that would be refused: exit code 1, and why', async () => {
    const rig = await cliRig();
    const { code, document } = await rig.json(`${DRY.replace('0.001', '0.00015')} --type market`, NO_KEYS);
    expect(code).toBe(1);
    const { requests, refusal } = document as unknown as DryRun;
    expect(refusal).toMatchObject({ kind: 'rejected', reason: 'INVALID_QUANTITY', below: '0.0001', above: '0.0002' });
    expect(requests.filter(({ changes }) => changes)).toEqual([]);
    const text = await rig.prate(`${DRY.replace('BTC_USDT', 'CLO_USDT')} --type market`, NO_KEYS);
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/^rejected, not on the book: CONTRACT_UNAVAILABLE: /m);
  });

  it('nobody answers: published contracts, and a note that says so; mode and --yes are not asked for', async () => {
    const rig = await cliRig();
    await rig.sandbox.close();
    const { code, stdout } = await rig.prate(`${DRY} --type limit --price 80000`, { ...NO_KEYS, PRATE_MODE: 'paper' });
    expect(code).toBe(0);
    expect(stdout).toContain('{"symbol":"BTC_USDT","side":1,"type":1,"vol":10,"price":80000,');
    expect(steady(stdout, rig)).toContain('note: https://mexc does not answer: contracts are as published in 2026-05');
    const other = await rig.prate(`${DRY.replace('BTC_USDT', 'ZZZ_USDT')} --type limit --price 80000`, NO_KEYS);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/does not answer, and nothing was published for .* of ZZZ_USDT/);
  });

  it('the key is in no output, not even where the order names it', async () => {
    const rig = await cliRig();
    // the rig looks for the canary in everything that is printed
    const { code } = await rig.prate(`${DRY} --type limit --price 80000`, { MEXC_API_KEY: CANARY.apiKey });
    expect(code).toBe(0);
  });
});
