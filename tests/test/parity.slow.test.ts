import { Decimal, OrderType, Side, type Trade } from '@prate/domain';
import type { ExecutionEvent } from '@prate/execution-port';
import { type Recording, recordingOfHistory } from '@prate/parity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../../apps/cli/src/parity/lines.ts';
import { readOrders } from '../../apps/cli/src/parity/read-recording.ts';
import { type ParityResult, type ParityRun, runParity } from '../../apps/cli/src/parity/run-parity.ts';
import { cases } from '../../tooling/test-support/cases.ts';
import { Draw } from '../../tooling/test-support/draw.ts';
import { FixtureTree } from '../../tooling/test-support/fixture-tree.ts';
import {
  type Act,
  apart,
  csvOf,
  FEES,
  fileOf,
  type Moment,
  momentsOf,
  type Print,
  recordSession,
  START,
  SYMBOL,
  tapeOf,
} from './support/parity-sessions.ts';

const { signal } = new AbortController();

const replayed = (recording: Recording, csv: string, run: Partial<ParityRun> = {}): Promise<ParityResult> =>
  runParity({ recording, funding: null, files: [fileOf(csv)], signal, ...run });

const seeds = fc.nat(2 ** 32 - 1);

/** A random session on a random tape; null where it placed no order. */
async function randomSession(seed: number, only: (moments: Moment[], tape: Print[]) => Moment[]) {
  const draw = new Draw(seed, 6);
  const tape = tapeOf(draw, 150);
  const csv = csvOf(tape);
  const leverage = draw.once(2) ? { leverage: 1 + draw.below(50) } : {};
  const { recording } = await recordSession({ csv, moments: only(momentsOf(draw, tape, 40), tape), ...leverage });
  const orders = recording.events.some(({ event }) => event.kind === 'order');
  return orders ? { tape, csv, recording, draw } : null;
}

type RandomSession = NonNullable<Awaited<ReturnType<typeof randomSession>>>;

const law = (
  runs: number,
  check: (session: RandomSession) => Promise<void>,
  only: (moments: Moment[], tape: Print[]) => Moment[] = (moments) => moments,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const session = await randomSession(seed, only);
      if (session !== null) await check(session);
    }),
    cases(runs),
  );

const fillsOf = ({ events }: Recording): Trade[] =>
  events.flatMap(({ event }) => (event.kind === 'fill' ? [event.trade] : []));

const sum = (amounts: readonly Decimal[]): Decimal =>
  amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

const totalOf = ({ report }: ParityResult) => {
  const [total] = report.totals;
  if (total === undefined) throw new Error('nothing was compared');
  return total.summary;
};

describe('a session that was recorded on paper', () => {
  it('comes out without any difference on the same trades', async () => {
    let [orders, fills] = [0, 0];
    await law(200, async ({ recording, csv }) => {
      const { report } = await replayed(recording, csv);
      expect(report.orders.filter(({ differences }) => differences.length > 0)).toEqual([]);
      expect(report).toMatchObject({ same: true, notCompared: [], notes: expect.any(Array) });
      const { price, netProfit, shareFilled } = totalOf({ report } as ParityResult);
      expect([netProfit.difference, shareFilled?.difference, price?.liveBetterBy ?? 0].map(Number)).toEqual([0, 0, 0]);
      orders += report.orders.length;
      fills += fillsOf(recording).length;
    });
    // the law is not kept by doing nothing
    expect(orders).toBeGreaterThan(3000);
    expect(fills).toBeGreaterThan(3000);
  });

  it('nor does it after it was written down and read again, packed as lines', async () => {
    using tree = new FixtureTree();
    await law(20, async ({ recording, csv }) => {
      const start = lineOf(recording.events[0]?.time ?? 0, { kind: 'start', venue: 'paper' });
      const lines = recording.events.map(({ time, event }) => lineOf(time, event));
      tree.write({ 'session.ndjson': [start, ...lines, lineOf(recording.to ?? 0, { kind: 'end' })].join('') });
      const read = await readOrders(`${tree.folder}/session.ndjson`, null);
      expect(read.recording.events).toEqual(recording.events);
      expect((await replayed(read.recording, csv)).report.same).toBe(true);
    });
  });

  it('a history with its fills gives what the events gave, wherever no order was changed and no two things share a millisecond', async () => {
    let checked = 0;
    await law(
      40,
      async ({ recording, csv }) => {
        const last = new Map(
          recording.events.flatMap(({ event }) => (event.kind === 'order' ? [[event.order.id, event.order]] : [])),
        );
        const orders = [...last.values()];
        const amended = recording.events.some(
          ({ event }) => event.kind === 'order' && !event.order.quantity.eq(last.get(event.order.id)?.quantity ?? 0),
        );
        const moved = recording.events.some(
          ({ event }) =>
            event.kind === 'order' && event.order.price?.eq(last.get(event.order.id)?.price ?? 0) === false,
        );
        if (amended || moved || orders.some(({ isActive }) => isActive)) return;
        const history = recordingOfHistory(orders.toReversed(), fillsOf(recording).toReversed());
        const { report } = await replayed(history, csv, { balance: '1000000' });
        expect(report.orders.filter(({ differences }) => differences.length > 0)).toEqual([]);
        expect(report.same).toBe(true);
        checked += 1;
      },
      apart,
    );
    expect(checked).toBeGreaterThan(3);
  });
});

describe('a planted difference', () => {
  it('fees: exactly what other rates come to, and nothing else', async () => {
    await law(30, async ({ recording, csv }) => {
      const dearer = { makerFee: '0.0003', takerFee: '0.0007' };
      const result = await replayed(recording, csv, dearer);
      const more = { MAKER: new Decimal('0.0002'), TAKER: new Decimal('0.0003') };
      const expected = sum(
        fillsOf(recording).map(({ price, quantity, liquidity }) => price.mul(quantity).mul(more[liquidity])),
      );
      expect(totalOf(result).fees.difference.toString()).toBe(expected.toString());
      expect(totalOf(result).netProfit.difference.toString()).toBe(expected.neg().toString());
      expect(totalOf(result).profit.difference.toString()).toBe('0');
      for (const { differences, live } of result.report.orders)
        expect(differences).toEqual(live.filledQuantity.isZero() ? [] : ['fee']);
    });
  });

  it('prices: fills that were recorded two ticks worse show as exactly two ticks', async () => {
    await law(30, async ({ recording, csv }) => {
      const worse = (side: Side, price: Decimal): Decimal => price.plus(side === Side.BUY ? '0.2' : '-0.2');
      const shifted = recording.events.map(({ time, event }) => ({
        time,
        event:
          event.kind === 'fill'
            ? { ...event, trade: { ...event.trade, price: worse(event.trade.side, event.trade.price) } }
            : event,
      }));
      const result = await replayed({ ...recording, events: shifted }, csv, {
        makerFee: FEES.maker,
        takerFee: FEES.taker,
      });
      const traded = fillsOf(recording);
      for (const { live, side, priceDifference } of result.report.orders) {
        if (live.filledQuantity.isZero()) continue;
        // averages are quotients of 60 digits
        expect(priceDifference?.ticks.toDecimalPlaces(40).toString()).toBe(side === Side.BUY ? '-2' : '2');
      }
      const { price, profit } = totalOf(result);
      const quantity = sum(traded.map((fill) => fill.quantity));
      if (quantity.isZero()) return;
      expect(price?.liveBetterBy.toDecimalPlaces(40).toString()).toBe('-0.2');
      expect(price?.quantity.toString()).toBe(quantity.toString());
      expect(profit.difference.toString()).toBe(quantity.mul('0.2').toString());
    });
  });

  const print = (after: number, price: string, quantity = '1', side: Side = Side.SELL): Print => ({
    ...{ time: START + after, side },
    ...{ price: new Decimal(price), quantity: new Decimal(quantity) },
  });
  const act = (change: Partial<Act>): Act => ({
    ...{ kind: 'create', side: Side.BUY, type: OrderType.MARKET, ticks: 0, lots: 100, reduceOnly: false, which: 0 },
    ...{ early: false },
    ...change,
  });
  // tick and lot are the last decimals that the tape uses
  const tape = [
    print(0, '100.1', '1.001'),
    print(100, '101'),
    print(200, '102'),
    print(300, '103'),
    print(60_000, '104'),
  ];
  const bought = () => recordSession({ csv: csvOf(tape), moments: [{ time: START + 50, act: act({}) }] });

  it('a thinned tape: the print that filled the order is gone, the next one fills it', async () => {
    const { recording } = await bought();
    const { report } = await replayed(recording, csvOf(tape, [1]), {
      files: [{ ...fileOf(csvOf(tape, [1])), idGaps: false }],
    });
    expect(report.orders[0]).toMatchObject({
      ...{ differences: ['price', 'fee', 'time'] },
      live: { averagePrice: new Decimal(101), firstFillAt: START + 100 },
      paper: { averagePrice: new Decimal(102), firstFillAt: START + 200 },
      priceDifference: { absolute: new Decimal(1), ticks: new Decimal(10) },
    });
    // where ids count, the jump says that trades are missing, and nothing is compared
    const { report: careful } = await replayed(recording, csvOf(tape, [1]));
    expect(careful).toMatchObject({ same: false, orders: [], notCompared: [{ reason: 'TRADES_MISSING' }] });
  });

  it('latency: the order meets the market so much later', async () => {
    const { recording } = await bought();
    const late = (latencyMs: number) => replayed(recording, csvOf(tape), { latencyMs });
    for (const [latencyMs, price] of [
      [49, 101],
      [50, 102],
      [200, 103],
    ] as const) {
      const { report } = await late(latencyMs);
      expect(report.orders[0]?.paper.averagePrice?.toNumber()).toBe(price);
    }
  });

  it('funding: the recorded payment for the same position is no difference, for half of it half', async () => {
    const { recording } = await bought();
    const payment = {
      symbol: SYMBOL,
      amount: new Decimal('-0.5'),
      asset: 'USDT',
      rate: new Decimal('0.001'),
      time: START + 1000,
    };
    const same = await replayed(recording, csvOf(tape), { funding: [payment] });
    expect(same.report.same).toBe(true);
    expect(totalOf(same).funding).toMatchObject({ live: new Decimal('-0.5'), difference: new Decimal(0) });
    const half = csvOf(tape.map((one, i) => (i === 1 ? { ...one, quantity: new Decimal('0.05') } : one)).slice(0, 2));
    const less = await replayed(recording, half, { funding: [payment] });
    expect(totalOf(less).funding).toMatchObject({ live: new Decimal('-0.5'), paper: new Decimal('-0.25') });
  });

  it('positions and orders that were there before are started from', async () => {
    const moments = [
      { time: START + 250, act: act({ kind: 'close' }) },
      { time: START + 260, act: act({ type: OrderType.LIMIT, ticks: -50, lots: 5 }) },
    ];
    const warmUp = [
      { time: START + 50, act: act({ lots: 77 }) },
      { time: START + 110, act: act({ lots: 50 }) },
      { time: START + 220, act: act({ type: OrderType.LIMIT, ticks: -30, lots: 40 }) },
    ];
    const { recording } = await recordSession({ csv: csvOf(tape), moments, warmUp, leverage: 25 });
    const { report, balance } = await replayed(recording, csvOf(tape), { makerFee: FEES.maker, takerFee: FEES.taker });
    expect(report).toMatchObject({ same: true, notes: [] });
    // 0.077 at 101 and 0.05 at 102 came before; they were sold at 103, which realised 0.127 × 103 − 12.877
    const closed = report.orders.find(({ side }) => side === Side.SELL);
    expect(closed?.paper.realizedPnl?.toString()).toBe('0.204');
    expect(closed?.live.realizedPnl?.toString()).toBe('0.204');
    expect(report.orders).toHaveLength(3);
    expect(Number(balance)).toBeGreaterThan(999_999);
  });

  it('an order that paper refuses says why', async () => {
    const { recording } = await bought();
    const { report } = await replayed(recording, csvOf(tape), { balance: '0.5' });
    expect(report.orders[0]).toMatchObject({
      refusal: expect.stringMatching(/^INSUFFICIENT_BALANCE: /),
      differences: ['status', 'quantity', 'price', 'fee', 'time'],
      paper: { status: 'REJECTED' },
    });
  });

  it('gaps of the recording are told', async () => {
    const { recording } = await bought();
    const gap: ExecutionEvent = { kind: 'gap', fromMs: START + 10, toMs: START + 30 };
    const events = [{ time: START + 30, event: gap }, ...recording.events];
    const { report } = await replayed({ ...recording, events }, csvOf(tape));
    expect(report.notes).toContainEqual(expect.stringContaining('1 gap in the recording, 20 ms in all'));
  });
});
