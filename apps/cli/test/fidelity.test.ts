import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, MINUTE, START, TRADES_HEADER, tradesCsv } from './support/data.ts';
import { Desk } from './support/desk.ts';

interface Report {
  readonly venue: string;
  readonly symbol: string;
  readonly interval: string;
  readonly candles: number;
  readonly orderedCandles: number;
  readonly tick: number;
  readonly models: readonly {
    readonly model: string;
    readonly seed: number;
    readonly meanCloseErrorTicks: number;
    readonly volatilityRatio: number;
    readonly orderShare: number;
  }[];
}

let desk: Desk;
beforeAll(async () => {
  desk = new Desk().write({ 't.csv': tradesCsv(2000) }); // 23 whole minutes and 20 s
  await desk.output('candles import t.csv --symbol S');
});
afterAll(() => desk[Symbol.dispose]());

const FIDELITY = 'candles fidelity --symbol S';

describe('fidelity', () => {
  it('compares both models with the recorded seconds of whole minutes', async () => {
    const report = await desk.json<Report>(FIDELITY);
    expect(report).toMatchObject({ venue: 'default', symbol: 'S', interval: '1m', candles: 23, tick: 0.01 });
    expect(report.models.map(({ model, seed }) => [model, seed])).toEqual([
      ['linear', 1],
      ['bridge', 1],
    ]);
    const [linear, bridge] = report.models;
    // the price of these trades goes straight up and down, with some cents of noise
    expect(linear?.volatilityRatio).toBeLessThan(bridge?.volatilityRatio as number);
    for (const { meanCloseErrorTicks, orderShare } of report.models) {
      expect(meanCloseErrorTicks).toBeGreaterThan(0);
      expect(orderShare).toBeGreaterThan(0.8);
    }
  });

  it('a table for people', async () => {
    const text = await desk.output(FIDELITY);
    expect(text).toMatch(/^S · 1m · venue default · 23 candles with recorded seconds, tick 0\.01\n/);
    expect(text).toMatch(/│ linear +│ +\d+\.\d\d │ +\d\.\d{3} │ +\d+\.\d % │\n/);
    expect(text).toMatch(/│ bridge \(seed 1\) │/);
  });

  it('--model, --seed, --interval, --from and --to: only candles that lie inside', async () => {
    const range = `--from ${START + 1} --to ${START + 4 * MINUTE - 1}`;
    const { candles, models } = await desk.json<Report>(`${FIDELITY} --model bridge --seed 7 ${range}`);
    expect({ candles, models: models.map(({ model, seed }) => [model, seed]) }).toEqual({
      candles: 2,
      models: [['bridge', 7]],
    });
    expect((await desk.json<Report>(`${FIDELITY} --interval 5m`)).candles).toBe(4);
  });

  it('minutes with an unwatched second do not count, nor does what is made up', async () => {
    const trade = (second: number, id: number): string => `${START + second * 1000},100.5,1,buy,${id},MARKET`;
    using other = new Desk().write({
      't.csv': lines(TRADES_HEADER, ...[0, 59, 61, 70, 130, 200].map((second, i) => trade(second, i < 3 ? i : i + 5))),
      'k.csv': lines('open_time_ms,open,high,low,close,volume', `${START + 10 * MINUTE},1,1,1,1,1`),
    });
    await other.output('candles import t.csv --symbol S');
    await other.output('candles import k.csv --symbol S --interval 1m');
    expect((await other.json<Report>(FIDELITY)).candles).toBe(2);
  });

  it.each([
    ['an interval without seconds', '--interval 1s', 2, /1m would be right/],
    ['a month', '--interval 1M', 2, /seconds are made from candles of 2s to 366d, not of 1M/],
    ['a model that is none', '--model cubic', 2, /Allowed choices are linear, bridge/],
    ['a seed that is none', '--seed 1.5', 2, /a seed must be a whole number from 0 to 4294967295/],
    ['nothing recorded', '--from 2030-01-01', 1, /no 1m of S at venue default whose seconds were all recorded/],
  ])('%s exits with a sentence', async (_what, flags, code, message) => {
    const ran = await desk.run(`${FIDELITY} ${flags}`);
    expect(ran.stderr).toMatch(message);
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
  });
});
