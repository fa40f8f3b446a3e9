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
  it('a market order: accepted, filled, and a position of an account that the next command does not know', async () => {
    using desk = new Desk();
    const first = await desk.json<Created>(MARKET, { clock: clock() });
    expect(first).toMatchObject({
      ...{ venue: 'paper', kind: 'accepted' },
      order: { symbol: 'BTC_USDT', side: 'BUY', type: 'MARKET', quantity: '0.001', status: 'FILLED' },
      later: { order: { filledQuantity: '0.001' }, positions: [{ positionSide: 'LONG', quantity: '0.001' }] },
    });
    expect(await desk.json<Created>(MARKET, { clock: clock() })).toEqual(first);
    expect(await desk.json('positions')).toEqual({ venue: 'paper', positions: [] });
    expect(await desk.json('orders list')).toEqual({ venue: 'paper', orders: [] });
    expect(await desk.json('balance --balance 50')).toMatchObject({ balances: [{ asset: 'USDT', total: '50' }] });
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
    expect(await desk.run('orders cancel-all')).toMatchObject({ code: 0, stdout: 'no open orders\n' });
    expect(await desk.json('orders history')).toEqual({ venue: 'paper', orders: [] });
  });

  it('leverage is shown, and set for the account of the command', async () => {
    using desk = new Desk();
    expect(await desk.json('leverage --symbol BTC_USDT')).toMatchObject({ symbol: 'BTC_USDT', leverage: 10 });
    expect(await desk.json('leverage --symbol BTC_USDT --set 25 --margin cross')).toMatchObject({ leverage: 25 });
    expect(await desk.run('leverage --symbol BTC_USDT --set 1000')).toMatchObject({ code: 1 });
  });
});
