import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { InstrumentTable } from '../../src/instruments/instrument-table.ts';
import { stricter } from '../../src/instruments/load-contracts.ts';
import type { WireContract } from '../../src/wire/market.ts';
import { contract } from '../support/contracts.ts';

/** A venue whose list changes, and which may be away. */
function venue() {
  const state = { list: [contract()], country: [] as WireContract[], reads: 0, failure: null as Error | null };
  const warnings: string[] = [];
  const clock = new ManualClock(0);
  const answer = async (list: readonly WireContract[]): Promise<readonly WireContract[]> => {
    if (state.failure !== null) throw state.failure;
    return list;
  };
  const table = new InstrumentTable({
    clock,
    market: {
      contracts: () => {
        state.reads += 1;
        return answer(state.list);
      },
      contractsOfCountry: () => answer(state.country),
    },
    logger: { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) },
  });
  return { state, warnings, clock, table };
}

describe('the table of instruments', () => {
  it('is read once for all who ask at the same time, and again when it has grown old', async () => {
    const { state, clock, table } = venue();
    await Promise.all([table.get('BTC_USDT'), table.all(), table.get('BTC_USDT')]);
    clock.advance(299_999);
    await table.get('BTC_USDT');
    expect(state.reads).toBe(1);
    clock.advance(1);
    state.list = [contract({ contractSize: 0.001 })];
    expect((await table.get('BTC_USDT')).contractSize.toString()).toBe('0.001');
    expect(state.reads).toBe(2);
  });

  it('an unknown symbol is an InvalidInputError, after a second look where the table is older than 10 s', async () => {
    const { state, clock, table } = venue();
    await expect(table.get('NEW_USDT')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(state.reads).toBe(1);
    state.list = [contract(), contract({ symbol: 'NEW_USDT' })];
    await expect(table.get('NEW_USDT')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    clock.advance(10_000);
    expect((await table.get('NEW_USDT')).symbol).toBe('NEW_USDT');
  });

  it('an inverse contract is not supported, and is not in the list', async () => {
    const { state, table } = venue();
    state.list = [contract(), contract({ symbol: 'BTC_USD', quoteCoin: 'USD', settleCoin: 'BTC' })];
    await expect(table.get('BTC_USD')).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect((await table.all()).map(({ symbol }) => symbol)).toEqual(['BTC_USDT']);
  });

  it('a first reading that fails throws; later ones leave what was known, and say so', async () => {
    const { state, clock, table, warnings } = venue();
    state.failure = new Error('away');
    await expect(table.get('BTC_USDT')).rejects.toThrow('away');
    state.failure = null;
    await table.get('BTC_USDT');
    state.failure = new Error('away again');
    clock.advance(300_000);
    expect((await table.get('BTC_USDT')).symbol).toBe('BTC_USDT');
    const before = state.reads;
    await table.get('BTC_USDT');
    expect(state.reads).toBe(before); // not before a minute has passed
    expect(warnings.at(-1)).toContain('could not be read again');
    await expect(table.refresh()).rejects.toThrow('away again');
    expect(table.peek('BTC_USDT')?.symbol).toBe('BTC_USDT');
  });

  it('an abort ends the call with its reason, not the reading of the others', async () => {
    const { table } = venue();
    const abort = new AbortController();
    const aborted = table.get('BTC_USDT', { signal: abort.signal });
    const other = table.get('BTC_USDT');
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    expect((await other).symbol).toBe('BTC_USDT');
  });

  it('without the answer by country the other is used, and the log says so', async () => {
    const clock = new ManualClock(0);
    const warnings: string[] = [];
    const table = new InstrumentTable({
      clock,
      market: { contracts: async () => [contract()], contractsOfCountry: async () => Promise.reject(new Error('no')) },
      logger: { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) },
    });
    expect((await table.get('BTC_USDT')).maxLeverage).toBe(500);
    expect(warnings).toHaveLength(1);
  });
});

describe('two answers about one contract', () => {
  it('the stricter limit counts, and the rows of tiers wherever there are some', () => {
    const here = contract({
      maxVol: 1_000,
      minVol: 2,
      maxLeverage: 50,
      apiAllowed: false,
      riskLimitCustom: [{ level: 1, maxVol: 10, mmr: 0.01, imr: 0.02, maxLeverage: 50 }],
    });
    for (const merged of [stricter(contract(), here), stricter(here, contract())]) {
      expect(merged).toMatchObject({ maxVol: '1000', minVol: '2', maxLeverage: 50, apiAllowed: false });
      expect(merged.riskLimitCustom).toHaveLength(1);
    }
  });

  it('an answer of another contract size is left aside', () => {
    const other = contract({ contractSize: 1, maxVol: 3 });
    expect(stricter(contract(), other)).toEqual(contract());
  });
});
