import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrderStatus, Side } from '@prate/domain';
import { SqliteCandleStore } from '@prate/sqlite-store';
import { afterAll, describe, expect, it } from 'vitest';
import { FixtureTree, repository } from '../../tooling/test-support/fixture-tree.ts';
import { BlotterExecution } from './support/blotter-execution.ts';
import { candleLines, playSession, SYMBOL } from './support/sessions.ts';

const wiring = readFileSync(join(repository, 'apps/cli/src/session/wiring.ts'), 'utf8');

async function storedSeconds(db: string): Promise<readonly string[]> {
  const store = SqliteCandleStore.open(db);
  try {
    const series = { venue: 'synthetic', symbol: SYMBOL };
    return candleLines(SYMBOL, await store.readColumns({ series, interval: '1s', from: 0, to: 8.64e15 }));
  } finally {
    await store.close();
  }
}

describe('another ExecutionPort in the place of paper', () => {
  const tree = new FixtureTree();
  afterAll(() => tree[Symbol.dispose]());
  const db = (name: string): string => join(tree.folder, `${name}.db`);

  it('is one line of the wiring, which reads on one page', () => {
    const lines = wiring.split('\n');
    expect(lines.filter((line) => line.includes('paperModule('))).toEqual([
      expect.stringMatching(/^ {4}paperModule\(config\.paper\),/),
    ]);
    // beside that line stands its import, and nothing else is said to a paper account
    expect(lines.filter((line) => /in-memory-paper|InMemoryPaper|PaperExchange/.test(line)).length).toBe(1);
    expect(lines.length).toBeLessThanOrEqual(90);
  });

  it('gets the orders of the same session, and nothing else changes', async () => {
    let blotter: BlotterExecution | undefined;
    const session = { seed: 11, minutes: 20 };
    const paper = await playSession({ ...session, db: db('paper') });
    const other = await playSession({
      ...session,
      db: db('other'),
      otherExecution: (clock) => {
        blotter = new BlotterExecution(clock);
        return blotter;
      },
    });

    expect(paper.report.fills).toBeGreaterThan(2);
    // every order went there, and none was filled on paper on the side
    const orders = blotter?.orders ?? [];
    expect(orders.length).toBeGreaterThan(2);
    expect(other.report).toMatchObject({ orders: orders.length, fills: 0, errors: [] });
    expect(other.report.endEquity.toString()).toBe('10000');
    expect(other.log.filter((line) => line.startsWith('{')).every((line) => line.includes('"blotter-'))).toBe(true);

    // it began alike: the same first order, at the same moment, for as much
    const [first] = orders;
    expect(first).toMatchObject({ symbol: SYMBOL, side: Side.BUY, status: OrderStatus.CANCELLED });
    const onPaper = paper.log
      .filter((line) => line.startsWith('{"kind":"order"'))
      .map((line) => JSON.parse(line).order);
    expect(onPaper[0]).toMatchObject({ createdAt: first?.createdAt, quantity: first?.quantity.toString() });

    // and the market, its candles and what is stored of them are the same to the last digit
    const market = (log: readonly string[]): readonly string[] => log.filter((line) => line.startsWith(SYMBOL));
    expect(market(other.log)).toEqual(market(paper.log));
    const seconds = await storedSeconds(db('paper'));
    expect(seconds.length).toBeGreaterThan(600);
    expect(await storedSeconds(db('other'))).toEqual(seconds);
  });
});
