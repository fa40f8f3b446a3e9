import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { klinesCsv } from './support/data.ts';
import { Desk, type Ran, spawnPrate } from './support/desk.ts';

/** A market that needs no network, and nobody to watch. */
const MADE_UP = '--source synthetic:1 --no-page';

describe('a strategy from a file', () => {
  const STRATEGY = `
    interface Count { seen: number }
    const count: Count = { seen: 0 };
    export default {
      name: 'mine',
      async onCandle(candle: { close: number }, { execution, symbols }: { execution: any; symbols: readonly string[] }) {
        count.seen += 1;
        if (count.seen === 10) await execution.createOrder({ symbol: symbols[0], side: 'BUY', type: 'MARKET', quantity: '1' });
      },
    };`;

  async function tryStrategy(file: string, text: string): Promise<Ran> {
    using desk = new Desk().write({ 'k.csv': klinesCsv(60), [file]: text });
    await desk.output('candles import k.csv --symbol S');
    // Node itself has to load the file
    const args = `replay --symbol S --from 2024-05-01 --to 2024-05-01T01:00 --json --strategy ./${file}`;
    return await spawnPrate(args, desk.folder).ended;
  }

  it('TypeScript with a default export trades', async () => {
    const { code, stdout, stderr } = await tryStrategy('mine.ts', STRATEGY);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ strategy: 'mine', candles: 60, orders: 1, fills: 1, errors: [] });
    expect(code).toBe(0);
  });

  it('that sleeps: is told that time moves by events alone', async () => {
    using desk = new Desk().write({
      't.mjs': "export default { name: 'tired', async onCandle(candle, { clock }) { await clock.sleep(1000); } };\n",
    });
    const { code, stderr } = await desk.run(`up ${MADE_UP} --strategy t.mjs`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('a callback cannot sleep')]);
  });

  it('that is refused every order: the report says how often and why', async () => {
    using desk = new Desk().write({
      'k.csv': klinesCsv(5),
      't.mjs':
        "export default { name: 'poor', async onCandle(candle, { execution, symbols: [symbol] }) {\n" +
        "  await execution.createOrder({ symbol, side: 'BUY', type: 'MARKET', quantity: '1000000' });\n} };\n",
    });
    expect(await desk.output('up --source k.csv --symbols S --strategy t.mjs')).toMatch(
      /rejected +5 INSUFFICIENT_BALANCE/,
    );
  });

  it('that imports @prate packages: finds them, wherever it lies', async () => {
    using desk = new Desk().write({
      'k.csv': klinesCsv(5),
      't.ts':
        "import { defineStrategy } from '@prate/strategy-runner';\nimport { Side } from '@prate/domain';\n" +
        'export default defineStrategy({ name: Side.BUY.toLowerCase(), onCandle() {} });\n',
    });
    const { code, stdout } = await spawnPrate('up --source k.csv --symbols S --strategy t.ts', desk.folder).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('buy on paper')]);
  });

  it('that throws on a market without an end: the session ends all the same', async () => {
    using desk = new Desk().write({
      't.mjs': "export default { name: 'bad', onCandle() { throw new Error('oh'); } };\n",
    });
    const { code, stderr } = await desk.run(`up ${MADE_UP} --strategy t.mjs`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('oh')]);
  });

  it('that throws: the run ends, says what and where, and exits with 1', async () => {
    const text = "export default {\n  name: 'mine',\n  onCandle() {\n    throw new Error('too hot');\n  },\n};";
    const { code, stdout, stderr } = await tryStrategy('throws.ts', text);
    expect(stderr).toMatch(/^prate: strategy 'mine' threw in onCandle: too hot$/m);
    expect(stderr).toMatch(/throws\.ts:4:/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it.each([
    ['does not load', 'broken.ts', "throw new Error('no luck');", /broken\.ts cannot be loaded: no luck/],
    [
      'has a callback of another name',
      'typo.ts',
      "export default { name: 'x', onCandel() {} };",
      /typo\.ts: not a strategy: it has 'onCandel', which is never called/,
    ],
  ])('that %s: exits with 1 and says what would be right', async (_rule, file, text, message) => {
    const { code, stdout, stderr } = await tryStrategy(file, text);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('that is missing: says where it was looked for, what is built in, and makes no database', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run('up --strategy ./none.ts');
    expect(stderr).toBe(
      `prate: there is no strategy './none.ts' and no file ${join(desk.folder, 'none.ts')}; built in: ma-cross, grid\n`,
    );
    expect(code).toBe(1);
    expect(existsSync(join(desk.folder, 'data'))).toBe(false);
  });
});
