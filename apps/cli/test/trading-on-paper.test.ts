import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { Desk } from './support/desk.ts';

const NOW = Date.UTC(2026, 0, 1);
const clock = (): ManualClock => new ManualClock(NOW);
const MARKET = 'orders create --symbol BTC_USDT --side buy --type market --quantity 0.001';

interface Created {
  readonly venue: string;
  readonly kind: string;
  readonly reason?: string;
  readonly message?: string;
  readonly below?: string;
  readonly above?: string;
  readonly order: Record<string, unknown>;
  readonly later: { readonly order: Record<string, unknown>; readonly positions: object[]; readonly balance: object };
}

describe('one order on paper', () => {
  it('a market order: accepted, filled, and a position that the next command knows', async () => {
    using desk = new Desk();
    const first = await desk.json<Created>(MARKET, { clock: clock() });
    expect(first).toMatchObject({
      ...{ venue: 'paper', kind: 'accepted' },
      order: { symbol: 'BTC_USDT', side: 'BUY', type: 'MARKET', quantity: '0.001', status: 'FILLED' },
      later: { order: { filledQuantity: '0.001' }, positions: [{ positionSide: 'LONG', quantity: '0.001' }] },
    });
    expect(await desk.json('positions', { clock: clock() })).toMatchObject({
      positions: [{ quantity: '0.001', entryPrice: first.order['averagePrice'] }],
    });
    expect(await desk.json('orders list', { clock: clock() })).toEqual({ venue: 'paper', orders: [] });
    using other = new Desk();
    expect(await other.json<Created>(MARKET, { clock: clock() })).toEqual(first);
  });

  it('in text: what it is, and what became of it', async () => {
    using desk = new Desk();
    const text = await desk.output(`${MARKET} --client-order-id mine`, { clock: clock() });
    expect(text).toMatch(
      /^accepted: BUY MARKET 0\.001 BTC_USDT, FILLED, .* \(client id mine\)\n60 s of market time later/,
    );
    expect(text).toContain('position         LONG 0.001 BTC_USDT');
  });

  it('an order that may not be: exit code 1, the reason, and both legal neighbours', async () => {
    using desk = new Desk();
    const { code, stdout } = await desk.run(`${MARKET.replace('0.001', '0.00015')} --json`);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ kind: 'rejected', reason: 'INVALID_QUANTITY', below: '0.0001', above: '0.0002' },
    });
    const text = await desk.run(MARKET.replace('BTC_USDT', 'NO_USDT'));
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(/^rejected, not on the book: UNKNOWN_SYMBOL: /);
  });

  it.each([
    ['no quantity', 'orders create --symbol A --side buy --type market', /either --quantity/],
    ['both quantities', `${MARKET} --quote-quantity 5`, /either --quantity/],
    ['a market order with a price', `${MARKET} --price 5`, /a market order has no --price/],
    ['a limit order without one', MARKET.replace('market', 'limit'), /needs a --price/],
    ['a side that is none', MARKET.replace('buy', 'long'), /'long' is none of buy, sell/],
    ['an amount that is none', MARKET.replace('0.001', '1e'), /the amount/],
    ['a client id that is none', `${MARKET} --client-order-id a.b`, /1 to 32 of/],
    ['a leverage that is none', `${MARKET} --leverage 1.5`, /whole number/],
    ['an empty id', 'orders get --symbol BTC_USDT --id=', /--id <id>.*must not be empty/],
    ['a blank asset', 'balance --asset=', /--asset <asset>.*must not be empty/],
    ['a dry run on paper', `${MARKET} --dry-run`, /add --venue mexc/],
    ['no order', 'orders cancel --symbol A', /either --id or --client-order-id/],
    ['two orders', 'orders get --symbol A --id 1 --client-order-id b', /either --id or --client-order-id/],
  ])('%s: exit code 2', async (_rule, line, message) => {
    using desk = new Desk();
    const { code, stdout, stderr } = await desk.run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('what is not there: exit code 1', async () => {
    using desk = new Desk();
    for (const line of ['orders get', 'orders cancel']) {
      expect(await desk.run(`${line} --symbol BTC_USDT --id 77`)).toMatchObject({ code: 1, stderr: '' });
    }
    expect(await desk.run('instruments --symbol NO_USDT')).toMatchObject({
      code: 1,
      stdout: 'no instrument NO_USDT\n',
    });
    expect(await desk.run('orders fills')).toMatchObject({ code: 0, stdout: 'no fills\n' });
    expect(await desk.json('orders funding')).toEqual({ venue: 'paper', payments: [] });
    expect(await desk.run('orders cancel-all')).toMatchObject({ code: 0, stdout: 'no open orders\n' });
    expect(await desk.json('orders history')).toEqual({ venue: 'paper', orders: [] });
  });

  it.each(['positions', 'orders list', 'orders history', 'orders fills', 'orders funding', 'orders cancel-all'])(
    '%s of an instrument that is none: exit code 1, and where those are that there are',
    async (command) => {
      using desk = new Desk();
      expect(await desk.run(`${command} --symbol NO_USDT`)).toEqual({
        ...{ code: 1, stdout: '' },
        stderr:
          "prate: the venue paper has no instrument 'NO_USDT': prate instruments --venue paper shows which there are\n",
      });
      expect(await desk.run(`${command} --symbol BTC_USDT`)).toMatchObject({ code: 0 });
    },
  );

  it('the balance of an asset that is none: exit code 1; of one that is not held: zeros', async () => {
    using desk = new Desk();
    const { code, stdout, stderr } = await desk.run('balance --asset NOPE');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^prate: the venue paper has no asset 'NOPE': prate balance/);
    expect(await desk.json('balance --asset BTC')).toMatchObject({ balances: [{ asset: 'BTC', total: '0' }] });
  });

  it('trigger orders: none to begin with; one that has no position to end is refused', async () => {
    using desk = new Desk();
    expect(await desk.run('orders triggers list')).toEqual({ code: 0, stdout: 'no trigger orders\n', stderr: '' });
    expect((await desk.run('orders triggers cancel --symbol BTC_USDT --id plan-1')).code).toBe(1);
    const stop = 'orders triggers create --symbol BTC_USDT --kind stop --side sell --quantity 1 --trigger-price 1';
    expect(await desk.run(stop)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^rejected.*REDUCE_ONLY/) });
    expect((await desk.run('orders cancel-all --triggers')).code).toBe(0);
  });

  const TRIGGER = 'orders triggers create --symbol BTC_USDT --side sell --quantity 1';
  it.each([
    ['a plan without a direction', '--kind plan --trigger-price 5', /a plan needs a --direction/],
    ['a stop without a price', '--kind stop', /needs a --trigger-price/],
    ['a stop with a direction', '--kind stop --trigger-price 5 --direction falls-to', /--direction is for plans/],
    ['a stop that sends a limit order', '--kind stop --trigger-price 5 --price 5', /--price is for plans/],
    ['a take-profit with a callback', '--kind take-profit --trigger-price 5 --callback 0.1', /--callback is for trail/],
    ['a trailing order without a callback', '--kind trailing', /needs a --callback/],
    ['a trailing order with a price', '--kind trailing --callback 0.1 --trigger-price 5', /is not for trailing orders/],
    ['a kind that is none', '--kind oco --trigger-price 5', /'oco' is none of plan, stop, take-profit, trailing/],
  ])('%s: exit code 2', async (_rule, flags, message) => {
    using desk = new Desk();
    const { code, stdout, stderr } = await desk.run(`${TRIGGER} ${flags}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('what is very long is not repeated whole', async () => {
    using desk = new Desk();
    const long = 'x'.repeat(5000);
    for (const line of [
      `${MARKET} --leverage ${long}`,
      `${MARKET} --leverage=${long}`,
      `positions --symbol ${long}`,
      `candles import ${long} --symbol S`,
      `up --symbols BTC_USDT,${long}`,
      `orders ${long}`,
    ]) {
      const { code, stderr } = await desk.run(line);
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(`${'x'.repeat(60)}`);
      expect(stderr).toMatch(/x… \(\d+ characters\)/);
      expect(stderr).not.toContain('x'.repeat(81));
    }
  });

  it('leverage is shown, and set for the account of the command', async () => {
    using desk = new Desk();
    expect(await desk.json('leverage --symbol BTC_USDT')).toMatchObject({ symbol: 'BTC_USDT', leverage: 10 });
    expect(await desk.json('leverage --symbol BTC_USDT --set 25 --margin cross')).toMatchObject({ leverage: 25 });
    expect(await desk.run('leverage --symbol BTC_USDT --set 1000')).toMatchObject({ code: 1 });
  });
});
