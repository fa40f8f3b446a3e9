import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineJsonSchema } from '../src/parity/lines.ts';
import { Desk, spawnPrate } from './support/desk.ts';
import { buyLines, filledOrder, order, ownFill, tape } from './support/recordings.ts';

const PARITY = 'parity --orders session.ndjson --trades tape.csv';

const desk = (lines: readonly string[] = buyLines(), trades = tape(20)): Desk => {
  const made = new Desk();
  made.write({ 'session.ndjson': `${lines.join('\n')}\n`, 'tape.csv': trades });
  return made;
};

interface Document {
  readonly same: boolean;
  readonly source: string;
  readonly verdict: string;
  readonly balance: string;
  readonly orders: readonly Record<string, unknown>[];
  readonly totals: readonly { readonly asset: string; readonly summary: Record<string, unknown> }[];
  readonly fees: readonly object[];
  readonly notCompared: readonly object[];
  readonly notes: readonly string[];
}

describe('prate parity', () => {
  it('as a process: one document, exact to the last digit, and a page', async () => {
    using at = desk();
    const { code, stdout, stderr } = await spawnPrate(`${PARITY} --json --out parity.html`, at.folder).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as Document;
    expect(document).toMatchObject({
      ...{ same: true, source: 'recording', balance: '10000', notCompared: [] },
      verdict: 'No difference: paper did with 1 order what happened live.',
      orders: [
        {
          ...{ id: '7', differences: [], refusal: null, quantity: '0.5' },
          paper: { status: 'FILLED', averagePrice: '100.2', fee: '0.02004', realizedPnl: '0' },
          priceDifference: { absolute: '0', ticks: '0', basisPoints: '0' },
        },
      ],
      // 0.5 × (102 − 100.2) − 0.02004
      totals: [{ asset: 'USDT', summary: { netProfit: { live: '0.87996', paper: '0.87996', difference: '0' } } }],
      fees: [{ symbol: 'BTC_USDT', taker: { rate: '0.0004', from: 'found' }, maker: { from: 'default' } }],
    });
    expect(document.notes).toEqual([expect.stringContaining('paper begins with 10000')]);

    const page = readFileSync(join(at.folder, 'parity.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src /);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    // nothing is loaded, and what runs is what the policy names
    expect(page).not.toMatch(/<(script|img|link|iframe)\b[^>]*\b(src|href)=/);
    const texts = [...page.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs)].map(([, text]) => text as string);
    expect(texts).toHaveLength(3);
    for (const text of texts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    for (const scheme of ['light', 'dark']) expect(page).toContain(scheme);
    expect(page).toContain('TradingView');
  });

  it('for people: what it came to, and the orders that differ', async () => {
    using at = desk();
    const same = await at.output(PARITY);
    expect(same).toContain('Parity of session.ndjson (1 order) with paper on tape.csv');
    expect(same).toContain('No difference');
    expect(same).not.toContain('Orders that differ');
    expect(same).toContain('taker 0.0004 as recorded');
    const other = await at.output(`${PARITY} --taker-fee 0.001 --latency 1s --balance 500`);
    expect(other).toMatch(/0 orders of 1 alike; paper made 0\.0\d+ USDT less/);
    expect(other).toMatch(/│ FILLED 0\.5 │ +100\.3 │ +\+1 │/);
    expect(other).toContain('taker 0.001 as given');
    expect(other).toContain('paper began with 500');
  });

  it('a history with its fills in place of a recording, each in the shape in which prate prints it', async () => {
    using at = desk();
    at.write({
      'history.json': JSON.stringify({ venue: 'mexc', orders: [filledOrder()] }, null, 2),
      'fills.json': JSON.stringify({ venue: 'mexc', fills: [ownFill()] }),
      'funding.json': JSON.stringify({
        payments: [{ symbol: 'BTC_USDT', amount: '-0.005', asset: 'USDT', rate: '0.0001', time: 1_714_521_610_000 }],
      }),
    });
    const line = 'parity --orders history.json --trades tape.csv --funding funding.json';
    const document = await at.json<Document>(`${line} --fills fills.json`);
    expect(document).toMatchObject({
      same: true,
      source: 'history',
      totals: [{ summary: { funding: { paper: '-0.005' } } }],
    });
    // without fills: the same prices, and what nobody tells is left out
    const bare = await at.json<Document>(line);
    expect(bare).toMatchObject({ orders: [{ live: { averagePrice: '100.2', realizedPnl: null } }] });
  });

  it('several symbols: a tape for each, and one without is told (exit 3)', async () => {
    const other = JSON.stringify({
      version: 1,
      time: 1_714_521_600_600,
      kind: 'order',
      order: order({ id: '8', symbol: 'ETH_USDT' }),
    });
    using at = desk([...buyLines(), other]);
    const { code, stderr } = await at.run(PARITY);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--trades BTC_USDT=FILE for each') });
    const { code: partial, stdout } = await at.run('parity --orders session.ndjson --trades BTC_USDT=tape.csv --json');
    expect(partial).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      same: false,
      notCompared: [{ id: '8', reason: 'NO_TRADES_OF_SYMBOL' }],
    });
    expect((await at.run(`${PARITY} --trades BTC_USDT=tape.csv --symbol BTC_USDT`)).code).toBe(2);
  });

  it('where ids say that trades are missing it does not compare (exit 3), unless told that ids mean nothing', async () => {
    using at = desk(buyLines(), tape(20, [1]));
    const careful = await at.run(PARITY);
    expect(careful.code).toBe(3);
    expect(careful.stdout).toContain('ids say that trades are missing');
    const bold = await at.run(`${PARITY} --no-id-gaps`);
    expect(bold.code).toBe(0);
    expect(bold.stdout).toContain('price, fee, time');
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -9), /line 3 is no JSON document/],
    ['a number that is no text', (text: string) => text.replace('"0.5"', '0.5'), /line 3: trade\.quantity: /],
    [
      'a quantity of nothing',
      (text: string) => text.replace('"0.5"', '"0"'),
      /line 3: trade\.quantity: a quantity above 0/,
    ],
    [
      'another version',
      (text: string) => text.replace('"version":1', '"version":2'),
      /line 3: version 2: this prate reads version 1/,
    ],
    ['a kind that is none', (text: string) => text.replace('"fill"', '"deal"'), /line 3: kind: /],
    ['no time', (text: string) => text.replace('"time"', '"when"'), /line 3: time: /],
  ])('a damaged line, %s: its number and what would be right, exit 1', async (_rule, damage, message) => {
    using at = desk(buyLines().map((line, i) => (i === 2 ? damage(line) : line)));
    const { code, stdout, stderr } = await at.run(PARITY);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('an order that contradicts itself is refused with its line', async () => {
    const broken = JSON.stringify({ version: 1, time: 1, kind: 'order', order: order({ filledQuantity: '9' }) });
    using at = desk([...buyLines(), broken]);
    const { code, stderr } = await at.run(PARITY);
    expect(code).toBe(1);
    expect(stderr).toMatch(/line 6: order: order 7: filled 9 of 0\.5/);
  });

  it.each([
    ['no such file', 'parity --orders nothing.ndjson --trades tape.csv', 1, /nothing\.ndjson cannot be read/],
    ['no orders in it', 'parity --orders tape.csv --trades tape.csv', 1, /tape\.csv: line 1 is no JSON document/],
    ['trades that are none', 'parity --orders session.ndjson --trades session.ndjson', 1, /session\.ndjson/],
    ['a fee that is none', `${PARITY} --taker-fee 6`, 2, /between -1 and 1/],
    ['a page that cannot be written', `${PARITY} --out no/where.html`, 1, /cannot be written/],
    ['nothing to replay on', 'parity --orders session.ndjson', 2, /--trades/],
  ])('%s', async (_rule, line, code, message) => {
    using at = desk();
    const ran = await at.run(line);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(message);
  });
});

describe('the lines of a recording', () => {
  it('their schema is published as it is', () => {
    const published = readFileSync(new URL('../recording.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(lineJsonSchema())));
  });
});
