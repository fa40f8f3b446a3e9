import type { ExecutionPort, OrderRequest } from '@prate/execution-port';
import type { PaperState } from '@prate/in-memory-paper';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../tooling/test-support/cases.ts';
import type { SavedAccount } from '../src/paper/account-file.ts';
import { catchUp, warmFrom } from '../src/paper/catch-up.ts';
import { PaperSession } from '../src/paper/paper-session.ts';

/** A settlement of funding is near. */
const START = Date.UTC(2026, 2, 1, 15, 57, 30);
const BALANCE = '10000000';
const SYMBOLS = ['BTC_USDT', 'ETH_USDT'];
const MID: Record<string, number> = { BTC_USDT: 60_000, ETH_USDT: 3000 };

interface Step {
  readonly afterMs: number;
  readonly symbol: string;
  readonly kind: 'market' | 'near' | 'far' | 'cancel' | 'close' | 'leverage' | 'look';
  readonly side: 'BUY' | 'SELL';
  readonly lots: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    // whole seconds are when the market tells its books
    afterMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 400 }).map((seconds) => seconds * 1000),
    ),
    symbol: fc.constantFrom(...SYMBOLS),
    kind: fc.constantFrom<Step['kind']>('market', 'near', 'near', 'far', 'cancel', 'close', 'leverage', 'look'),
    side: fc.constantFrom('BUY', 'SELL'),
    // the larger ones walk the book
    lots: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1000, max: 30_000 })),
  }),
  { minLength: 2, maxLength: 8 },
);

/** Does it, and tells what it came to and how everything stands. */
async function act(execution: ExecutionPort, step: Step): Promise<string> {
  const { symbol, side, kind, lots } = step;
  const seen: unknown[] = [];
  const order = (more: object): OrderRequest =>
    ({ symbol, side, quantity: symbol === 'BTC_USDT' ? lots / 10_000 : lots / 100, ...more }) as OrderRequest;
  const [trade] = (await execution.history?.getTrades({ symbol, limit: 1 })) ?? [];
  const about = trade?.price.toNumber() ?? (MID[symbol] as number);
  const priceAt = (share: number): string => (about * (side === 'BUY' ? 1 - share : 1 + share)).toFixed(1);
  if (kind === 'market') seen.push(await execution.createOrder(order({ type: 'MARKET' })));
  if (kind === 'near') seen.push(await execution.createOrder(order({ type: 'LIMIT', price: priceAt(0.0002) })));
  if (kind === 'far') seen.push(await execution.createOrder(order({ type: 'POST_ONLY', price: priceAt(0.2) })));
  if (kind === 'cancel') seen.push(await execution.cancelAllOrders(symbol));
  if (kind === 'close') seen.push(await execution.closePosition({ symbol }));
  if (kind === 'leverage') {
    const setting = execution.settings?.setLeverage(symbol, 1 + (lots % 120));
    seen.push(await setting?.catch((error: Error) => error.message));
  }
  seen.push(await execution.getBalances(), await execution.getPositions(), await execution.getOpenOrders());
  const history = execution.history;
  seen.push(await history?.getTrades({}), await history?.getOrders({}), await history?.getFundingPayments({}));
  return JSON.stringify(seen);
}

async function inOneProcess(script: readonly Step[]): Promise<string[]> {
  const start = { exchange: null, time: warmFrom(START), balance: BALANCE, symbols: SYMBOLS };
  const session = await PaperSession.open(start);
  const seen: string[] = [];
  let now = START;
  for (const step of script) {
    now += step.afterMs;
    await session.playTo(now);
    seen.push(await act(session.execution, step));
  }
  await session.close();
  return seen;
}

async function inOneEach(script: readonly Step[]): Promise<string[]> {
  const seen: string[] = [];
  let saved: SavedAccount | null = null;
  let now = START;
  for (const step of script) {
    now += step.afterMs;
    const { session } = await catchUp(saved, BALANCE, now, { signal: new AbortController().signal });
    seen.push(await act(session.execution, step));
    const exchange = JSON.parse(JSON.stringify(session.save())) as PaperState;
    saved = { createdAt: START, balance: BALANCE, time: session.time, exchange };
    await session.close();
  }
  return seen;
}

const step = (symbol: string, kind: Step['kind'], more: Partial<Step> = {}): Step => ({
  ...{ afterMs: 0, symbol, kind, side: 'BUY', lots: 9 },
  ...more,
});

/** The first two meet one book, of which the second finds what the first has left. There is a price to be near to, then. */
const OPENING: readonly Step[] = [
  step('BTC_USDT', 'market', { lots: 30_000 }),
  step('BTC_USDT', 'market', { lots: 30_000 }),
  step('ETH_USDT', 'market'),
];
/** Orders on both sides of the price, one of which is likely to fill while nobody looks. */
const ENDING: readonly Step[] = [
  ...SYMBOLS.flatMap((symbol) => [
    step(symbol, 'market'),
    step(symbol, 'near'),
    step(symbol, 'near', { side: 'SELL' }),
  ]),
  step('BTC_USDT', 'look', { afterMs: 200_000 }),
];

describe('commands, each in a process of its own', () => {
  it('come to what they come to in one process that goes on, to the last digit', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const whole = [...OPENING, ...script, ...ENDING];
        expect(await inOneEach(whole)).toEqual(await inOneProcess(whole));
      }),
      cases(6),
    );
  });
});
