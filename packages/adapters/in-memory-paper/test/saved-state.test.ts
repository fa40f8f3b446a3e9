import { createHash } from 'node:crypto';
import { PositionMode } from '@prate/domain';
import { seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../tooling/test-support/cases.ts';
import { LogHash, PaperExchange, type PaperState } from '../src/index.ts';
import { ledgerSums, type Mode, Rig } from './rig.ts';
import { type Command, commands, play } from './script.ts';

const MODES: readonly Mode[] = ['book', 'trades', 'candles'];
/** So few are remembered that much is forgotten on the way. */
const RULES = { balance: { USDT: 300 }, slippage: { from: 0, to: 2 }, latency: { from: 0, to: 20 }, maxHistory: 4 };
/** With these some positions are liquidated. */
const risky = commands.map((script) =>
  script.map(
    (one): Command => (one.kind === 'order' ? { ...one, leverage: one.leverage === 10 ? 50 : one.leverage } : one),
  ),
);

/** Plays a script; the exchange is saved, thrown away and restored before the command of this number. */
async function logOf(
  mode: Mode,
  hedge: boolean,
  script: readonly Command[],
  restoreAt: number,
): Promise<readonly string[]> {
  const log: string[] = [];
  const rules = { ...RULES, log: (line: string) => log.push(line) };
  const rig = await Rig.open(mode, rules);
  if (hedge) await rig.port.settings.setPositionMode(PositionMode.HEDGE);
  for (const [i, command] of script.entries()) {
    if (i === restoreAt) await restore(rig, rules);
    await play(rig, mode, command);
    log.push(
      JSON.stringify([await rig.port.getBalance(), await rig.port.getPositions(), await rig.port.getOpenOrders()]),
    );
  }
  log.push(JSON.stringify(rig.exchange.save()));
  expect(Object.values(ledgerSums(rig.exchange)).every((total) => total === '0')).toBe(true);
  return log;
}

async function restore(rig: Rig, rules: typeof RULES): Promise<void> {
  const state = JSON.parse(JSON.stringify(rig.exchange.save())) as PaperState;
  rig.leave();
  const { options } = rig;
  rig.exchange = PaperExchange.restore(state, { ...options, ...rules, random: seededRandom(99) });
  rig.port = rig.exchange.account('a');
  await rig.port.connect();
}

describe.each(MODES.flatMap((mode) => [false, true].map((hedge) => [mode, hedge] as const)))(
  'a saved state, on %s, hedge %s',
  (mode, hedge) => {
    it('restored at any point, nothing that follows is different', async () => {
      await fc.assert(
        fc.asyncProperty(risky, fc.nat(30), async (script, at) => {
          expect(await logOf(mode, hedge, script, at)).toEqual(await logOf(mode, hedge, script, -1));
        }),
        cases(20),
      );
    });
  },
);

describe('a snapshot', () => {
  it.each(MODES)('on %s, written later, is what was saved then', async (mode) => {
    await fc.assert(
      fc.asyncProperty(risky, fc.nat(30), async (script, at) => {
        const rig = await Rig.open(mode, RULES);
        let saved = '';
        let snapshot: PaperState | null = null;
        for (const [i, command] of script.entries()) {
          if (i === at) {
            saved = JSON.stringify(rig.exchange.save());
            snapshot = rig.exchange.snapshot();
          }
          await play(rig, mode, command);
        }
        if (snapshot !== null) expect(JSON.stringify(snapshot)).toBe(saved);
      }),
      cases(20),
    );
  });
});

describe('a saved state', () => {
  it('of another version, or none, is refused', () => {
    const { options } = new Rig('trades');
    for (const state of [
      { engine: { version: 2 }, unfunded: [] },
      { engine: null, unfunded: [] },
    ]) {
      expect(() => PaperExchange.restore(state as unknown as PaperState, options)).toThrow('version 1');
    }
  });

  it('an account that had not got its balance yet gets it after', async () => {
    const rig = new Rig('trades', { balance: 500 });
    rig.exchange.open('own', { balance: { USDT: 7 } });
    const restored = PaperExchange.restore(JSON.parse(JSON.stringify(rig.exchange.save())) as PaperState, rig.options);
    await restored.connect();
    expect(['a', 'own'].map((name) => String(restored.desk(name).assets()[0]?.available))).toEqual(['500', '7']);
  });

  it('of an exchange on another kind of feed cannot go on', async () => {
    const rig = await Rig.open('trades');
    const restored = PaperExchange.restore(rig.exchange.save(), new Rig('book').options);
    await expect(restored.connect()).rejects.toThrow("on 'trades' before");
  });
});

describe('the log', () => {
  it('same seed, same market, same calls: the same hash, three times; another seed, another hash', async () => {
    const script = fc.sample(risky, { seed: 5, numRuns: 1 }).flat();
    const run = async (seed: number): Promise<string> => {
      const hash = new LogHash();
      const rig = new Rig('trades', { ...RULES, log: hash.add }, undefined, undefined, seed);
      await rig.port.connect();
      for (const command of [...script, ...script]) await play(rig, 'trades', command);
      return hash.digest();
    };
    const first = await run(1);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect([await run(1), await run(1)]).toEqual([first, first]);
    expect(await run(2)).not.toBe(first);
  });

  it('hashes the lines, each with its end', () => {
    const hash = new LogHash();
    hash.add('a');
    hash.add('b');
    expect(hash.digest()).toBe(createHash('sha256').update('a\nb\n').digest('hex'));
  });
});
