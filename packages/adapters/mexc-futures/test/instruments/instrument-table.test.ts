import { ManualClock } from '@prate/runtime';
import { describe, expect, it } from 'vitest';
import { type ContractResized, InstrumentTable } from '../../src/instruments/instrument-table.ts';
import { stricter } from '../../src/instruments/load-contracts.ts';
import { refusalError } from '../../src/rest/outcome.ts';
import type { WireContract } from '../../src/wire/market.ts';
import { contract } from '../support/contracts.ts';

const NOT_THERE = { kind: 'refusal', code: 1001, message: '', httpStatus: 200 } as const;

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
      contract: async (symbol) => {
        const found = (await answer(state.list)).find((one) => one.symbol === symbol);
        if (found === undefined) throw refusalError('contract/detail', NOT_THERE);
        return found;
      },
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

  it('a contract of another size than before is told with the time in doubt, and logged; a new one is not', async () => {
    const { state, clock, table, warnings } = venue();
    const told: ContractResized[] = [];
    const end = table.onResized((change) => told.push(change));
    await table.get('BTC_USDT');
    clock.advance(300_000);
    state.list = [contract({ contractSize: 0.001 }), contract({ symbol: 'NEW_USDT' })];
    await table.get('BTC_USDT');
    expect(told).toEqual([{ symbol: 'BTC_USDT', fromMs: 0, toMs: 300_000 }]);
    expect(warnings).toEqual(['a contract has another size than before']);
    end();
    state.list = [contract()];
    await table.refresh();
    expect(told).toHaveLength(1);
  });

  it.each(['', '..', 'a/b', 'BTC USDT'])("'%s' is no symbol: MEXC is not asked for it", async (symbol) => {
    const { state, clock, table } = venue();
    await expect(table.get(symbol)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(state.reads).toBe(0);
    clock.advance(10_000);
    expect(await table.find(symbol)).toBeNull();
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
    expect(table.known('BTC_USDT')?.symbol).toBe('BTC_USDT');
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
      market: {
        contracts: async () => [contract()],
        contractsOfCountry: async () => Promise.reject(new Error('no')),
        contract: async () => contract(),
      },
      logger: { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) },
    });
    expect((await table.get('BTC_USDT')).maxLeverage).toBe(500);
    expect(warnings).toHaveLength(1);
  });
});

describe('what an account needs of the table', () => {
  const inverse = contract({ symbol: 'BTC_USD', quoteCoin: 'USD', settleCoin: 'BTC' });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('a known contract is answered at once, also where a reading is due, which is done meanwhile', async () => {
    const { state, clock, table } = venue();
    expect(table.known('BTC_USDT')).toBeUndefined();
    await table.refresh();
    clock.advance(300_000);
    state.list = [contract({ contractSize: 0.001 })];
    expect((await table.find('BTC_USDT'))?.contractSize.toString()).toBe('0.0001');
    await settled();
    expect(table.known('BTC_USDT')?.contractSize.toString()).toBe('0.001');
    expect(state.reads).toBe(2);
  });

  it('after MEXC refused, the next use reads again; a reading that fails is logged once and leaves what was known', async () => {
    const { state, table, warnings } = venue();
    await table.refresh();
    state.failure = new Error('away');
    table.expire();
    for (let use = 0; use < 3; use += 1) expect(table.known('BTC_USDT')?.symbol).toBe('BTC_USDT');
    await settled();
    expect(state.reads).toBe(2);
    expect(warnings.filter((warning) => warning.includes('could not be read again'))).toHaveLength(1);
  });

  it('a symbol that is not in the list is asked for alone, and null where MEXC refuses it; a failure throws', async () => {
    const { state, table } = venue();
    expect(await table.find('NEW_USDT')).toBeNull();
    expect(await table.find('')).toBeNull();
    state.list = [contract(), contract({ symbol: 'NEW_USDT' })];
    expect((await table.find('NEW_USDT'))?.symbol).toBe('NEW_USDT');
    expect(table.known('NEW_USDT')?.symbol).toBe('NEW_USDT');
    expect(state.reads).toBe(1);
    state.failure = new Error('away');
    await expect(table.find('NEWER_USDT')).rejects.toThrow('away');
  });

  it('inverse and unknown contracts are not supported; rows of theirs are left out, and logged', async () => {
    const { state, table, warnings } = venue();
    state.list = [contract(), inverse, contract({ symbol: 'BTC_USDT_260327', futureType: 2 })];
    await expect(table.need('BTC_USD')).rejects.toThrow('BTC_USD is an inverse contract');
    await expect(table.need('NO_USDT')).rejects.toThrow('MEXC lists no contract NO_USDT');
    expect((await table.need('BTC_USDT_260327')).symbol).toBe('BTC_USDT_260327');
    const rows = ['BTC_USDT', 'BTC_USD', 'NO_USDT'].map((symbol) => ({ symbol }));
    expect(await table.withContracts(rows, (row, { baseAsset }) => [row.symbol, baseAsset])).toEqual([
      ['BTC_USDT', 'BTC'],
    ]);
    expect(warnings).toHaveLength(2);
  });

  it('a reading ends when all who waited for it are gone', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const table = new InstrumentTable({
      clock: new ManualClock(0),
      market: {
        contracts: ({ signal } = {}) => {
          signals.push(signal);
          return new Promise(() => {});
        },
        contractsOfCountry: async () => [],
        contract: async () => contract(),
      },
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [one, other].map(({ signal }) => table.refresh({ signal }).catch((reason: unknown) => reason));
    one.abort('first');
    expect(await both[0]).toBe('first');
    expect(signals[0]?.aborted).toBe(false);
    other.abort('second');
    expect(await both[1]).toBe('second');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
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

  it('an own limit of limit orders in one answer alone is compared with the most of all orders in the other', () => {
    const none = contract({ limitMaxVol: null });
    expect(stricter(none, contract()).limitMaxVol).toBe('400000');
    expect(stricter(none, none).limitMaxVol).toBeNull();
  });

  it('an answer of another contract size is left aside', () => {
    const other = contract({ contractSize: 1, maxVol: 3 });
    expect(stricter(contract(), other)).toEqual(contract());
  });
});
