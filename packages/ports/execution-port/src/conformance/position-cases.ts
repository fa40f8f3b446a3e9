import { type Balance, Decimal, PositionMode, PositionSide, Side } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import type { CloseOutcome } from '../outcomes.ts';
import { type ExecutionCase, ensureAborts, ensureNear, ensureRejected, ensureSame, Scene } from './context.ts';

/** Positions and balances. */
export const positionCases: readonly ExecutionCase[] = [
  {
    id: 'EX-P10',
    rule: 'position: a buy opens a LONG one at the price of the fill; before it there is none',
    async run(context) {
      const scene = await Scene.open(context);
      ensure.equal(await scene.port.getPositions(), [], 'positions of a new account');
      ensure.equal(await scene.port.getPosition(scene.symbol), null, 'the position of a new account');
      await scene.take(Side.BUY, 1);
      const positions = await scene.port.getPositions();
      ensure.equal(positions.length, 1, 'the number of positions');
      for (const position of [positions[0], await scene.port.getPosition(scene.symbol)]) {
        ensure.equal(position?.symbol, scene.symbol, 'symbol');
        ensure.equal(position?.positionSide, PositionSide.LONG, 'side');
        ensureSame(position?.quantity, scene.q, 'quantity');
        ensureSame(position?.entryPrice, scene.at(1), 'entry price');
        ensure.that(position?.margin.gt(0) === true, 'margin is above 0');
      }
    },
  },
  {
    id: 'EX-P12',
    rule: 'position: a sell opens a SHORT one with a quantity above 0',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.SELL, -1);
      const position = await scene.port.getPosition(scene.symbol);
      ensure.equal(position?.positionSide, PositionSide.SHORT, 'side');
      ensureSame(position?.quantity, scene.q, 'quantity');
      ensureSame(position?.entryPrice, scene.at(-1), 'entry price');
    },
  },
  {
    id: 'EX-P14',
    rule: 'position: more of it averages the entry price by quantity',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.BUY, 1);
      await scene.take(Side.BUY, 5, { quantity: scene.q.mul(3) });
      const position = await scene.port.getPosition(scene.symbol);
      ensureSame(position?.quantity, scene.q.mul(4), 'quantity');
      ensureNear(position?.entryPrice ?? new Decimal(0), scene.at(4), 'entry price of 1 at +1 and 3 at +5');
    },
  },
  {
    id: 'EX-P16',
    rule: 'position: closing a part keeps the entry price and realizes the part’s profit',
    async run(context) {
      const scene = await Scene.open(context);
      const half = scene.q.div(2);
      await scene.take(Side.BUY, 1);
      await scene.take(Side.SELL, 3, { quantity: half });
      const position = await scene.port.getPosition(scene.symbol);
      ensureSame(position?.quantity, half, 'quantity');
      ensureNear(position?.entryPrice ?? new Decimal(0), scene.at(1), 'entry price');
      const profit = scene.at(3).minus(scene.at(1)).mul(half);
      ensureNear(position?.realizedPnl ?? new Decimal(0), profit, 'realized profit');
    },
  },
  {
    id: 'EX-P18',
    rule: 'position: in ONE_WAY mode a larger order the other way turns it round',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.BUY, 1);
      await scene.take(Side.SELL, -1, { quantity: scene.q.mul(3) });
      const positions = await scene.port.getPositions();
      ensure.equal(positions.length, 1, 'the number of positions');
      ensure.equal(positions[0]?.positionSide, PositionSide.SHORT, 'side');
      ensureSame(positions[0]?.quantity, scene.q.mul(2), 'quantity');
      ensureSame(positions[0]?.entryPrice, scene.at(-1), 'entry price');
    },
  },
  {
    id: 'EX-P20',
    rule: 'position: unrealized profit is (mark − entry) × quantity for a LONG one, the reverse for a SHORT one',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.SELL, -1);
      await scene.print(5, Side.BUY, scene.q);
      const position = await scene.port.getPosition(scene.symbol);
      ensure.that(position !== null, 'there is a position');
      const expected = position.entryPrice.minus(position.markPrice).mul(position.quantity);
      ensureNear(position.unrealizedPnl, expected, 'unrealized profit of a SHORT position');
      await scene.take(Side.BUY, 1, { quantity: scene.q.mul(2) });
      await scene.print(5, Side.BUY, scene.q);
      const long = await scene.port.getPosition(scene.symbol);
      ensure.that(long !== null && long.positionSide === PositionSide.LONG, 'there is a LONG position');
      const gain = long.markPrice.minus(long.entryPrice).mul(long.quantity);
      ensureNear(long.unrealizedPnl, gain, 'unrealized profit of a LONG position');
    },
  },
  {
    id: 'EX-P30',
    rule: 'closePosition: closes all of a position by a reduce-only order; without one there is noPosition',
    async run(context) {
      const scene = await Scene.open(context);
      ensure.equal((await scene.port.closePosition({ symbol: scene.symbol })).kind, 'noPosition', 'without a position');
      await scene.take(Side.BUY, 1);
      const outcome: CloseOutcome = await scene.port.closePosition({ symbol: scene.symbol, clientOrderId: 'close-it' });
      ensure.that(outcome.kind === 'accepted', `closePosition: expected accepted, got ${outcome.kind}`);
      ensure.equal(outcome.order.side, Side.SELL, 'side of the closing order');
      ensure.equal(outcome.order.reduceOnly, true, 'reduceOnly of the closing order');
      ensure.equal(outcome.order.clientOrderId, 'close-it', 'client order id of the closing order');
      ensureSame(outcome.order.quantity, scene.q, 'quantity of the closing order');
      await scene.print(-1, Side.SELL, scene.q);
      ensure.equal(await scene.port.getPosition(scene.symbol), null, 'the position');
      ensure.equal(await scene.port.getPositions(), [], 'positions');
      ensure.equal((await scene.port.closePosition({ symbol: scene.symbol })).kind, 'noPosition', 'closing it again');
    },
  },
  {
    id: 'EX-P40',
    rule: 'balance: total is available + frozen + positionMargin, equity is total + unrealized profit',
    async run(context) {
      const scene = await Scene.open(context);
      await scene.take(Side.BUY, 1);
      await scene.accepted(scene.limit(Side.BUY, -5));
      await scene.print(4, Side.BUY, scene.q);
      const balances = [await scene.port.getBalance(), ...(await scene.port.getBalances())];
      for (const balance of balances) ensureSums(balance);
      const [balance] = balances;
      ensure.that(balance?.frozen.gt(0) === true, 'an open order shows in frozen');
      ensure.that(balance?.positionMargin.gt(0) === true, 'a position shows in positionMargin');
      const position = await scene.port.getPosition(scene.symbol);
      ensureNear(
        balance?.unrealizedPnl ?? new Decimal(0),
        position?.unrealizedPnl ?? new Decimal(0),
        'unrealized profit',
      );
    },
  },
  {
    id: 'EX-P42',
    rule: 'balance: of the settlement asset by default; zeros for an asset that is not held',
    async run(context) {
      const scene = await Scene.open(context);
      const { quoteAsset } = scene.instrument;
      const balance = await scene.port.getBalance();
      ensure.equal(balance.asset, quoteAsset, 'the asset of getBalance()');
      ensure.that(balance.available.gt(0), 'a new account has something available');
      ensureSame((await scene.port.getBalance(quoteAsset)).total, balance.total, `total of ${quoteAsset}`);
      const all = await scene.port.getBalances();
      ensureSame(
        all.find(({ asset }) => asset === quoteAsset)?.total,
        balance.total,
        `total of ${quoteAsset} in getBalances`,
      );
      const none = await scene.port.getBalance('NOTHELD');
      ensure.equal(none.asset, 'NOTHELD', 'the asset that was asked for');
      ensureSame(none.equity, 0, 'equity in an asset that is not held');
    },
  },
  {
    id: 'EX-P44',
    rule: 'balance: a round trip changes it by exactly the profit of its fills less their fees',
    async run(context) {
      const scene = await Scene.open(context);
      const { log } = scene.listen();
      const before = await scene.port.getBalance();
      await scene.take(Side.BUY, 1);
      await scene.take(Side.SELL, 4);
      let expected = before.total;
      let profit = new Decimal(0);
      for (const event of log) {
        if (event.kind !== 'fill') continue;
        profit = profit.plus(event.trade.realizedPnl);
        expected = expected.plus(event.trade.realizedPnl).minus(event.trade.fee.amount);
      }
      ensureNear(profit, scene.at(4).minus(scene.at(1)).mul(scene.q), 'the profit of the fills');
      const after = await scene.port.getBalance();
      ensureNear(after.total, expected, 'total after the round trip');
      ensureSame(after.positionMargin, 0, 'position margin after the round trip');
      ensureSame(after.frozen, 0, 'frozen after the round trip');
    },
  },
  {
    id: 'EX-P60',
    rule: 'hedge: orders need a positionSide there, and are refused one in ONE_WAY mode',
    requires: ['hedge', 'settings'],
    async run(context) {
      const scene = await Scene.open(context);
      const named = await scene.port.createOrder(scene.limit(Side.BUY, -5, { positionSide: PositionSide.LONG }));
      ensureRejected(named, 'INVALID_REQUEST', 'a positionSide in ONE_WAY mode');
      await scene.port.settings?.setPositionMode(PositionMode.HEDGE);
      const unnamed = await scene.port.createOrder(scene.limit(Side.BUY, -5));
      ensureRejected(unnamed, 'INVALID_REQUEST', 'no positionSide in HEDGE mode');
    },
  },
  {
    id: 'EX-P62',
    rule: 'hedge: a LONG and a SHORT position stand side by side and close one by one',
    requires: ['hedge', 'settings'],
    async run(context) {
      const scene = await Scene.open(context);
      await scene.port.settings?.setPositionMode(PositionMode.HEDGE);
      await scene.take(Side.BUY, 1, { positionSide: PositionSide.LONG });
      await scene.take(Side.SELL, -1, { positionSide: PositionSide.SHORT, quantity: scene.q.mul(2) });
      const { symbol } = scene;
      ensureSame((await scene.port.getPosition(symbol, PositionSide.LONG))?.quantity, scene.q, 'LONG');
      ensureSame((await scene.port.getPosition(symbol, PositionSide.SHORT))?.quantity, scene.q.mul(2), 'SHORT');
      ensure.equal((await scene.port.getPositions()).length, 2, 'the number of positions');
      const outcome = await scene.port.closePosition({ symbol, positionSide: PositionSide.SHORT });
      ensure.equal(outcome.kind, 'accepted', 'closing the SHORT position');
      await scene.print(1, Side.BUY, scene.q.mul(2));
      ensure.equal(await scene.port.getPosition(symbol, PositionSide.SHORT), null, 'SHORT after closing it');
      ensureSame((await scene.port.getPosition(symbol, PositionSide.LONG))?.quantity, scene.q, 'LONG after that');
    },
  },
  ...abortCases([
    ['EX-P90', 'getPositions', (scene, signal) => scene.port.getPositions({ signal })],
    ['EX-P91', 'getPosition', (scene, signal) => scene.port.getPosition(scene.symbol, undefined, { signal })],
    ['EX-P92', 'closePosition', (scene, signal) => scene.port.closePosition({ symbol: scene.symbol }, { signal })],
    ['EX-P93', 'getBalance', (scene, signal) => scene.port.getBalance(undefined, { signal })],
    ['EX-P94', 'getBalances', (scene, signal) => scene.port.getBalances({ signal })],
  ]),
];

type AbortRow = readonly [id: string, method: string, call: (scene: Scene, signal: AbortSignal) => Promise<unknown>];

function abortCases(rows: readonly AbortRow[]): readonly ExecutionCase[] {
  return rows.map(([id, method, call]) => ({
    id,
    rule: `${method}: an aborted signal throws its reason`,
    async run(context) {
      const scene = await Scene.open(context);
      await ensureAborts((signal) => call(scene, signal), method);
    },
  }));
}

function ensureSums(balance: Balance): void {
  const { asset, available, frozen, positionMargin, total, unrealizedPnl, equity } = balance;
  ensureSame(total, available.plus(frozen).plus(positionMargin), `${asset}: total`);
  ensureSame(equity, total.plus(unrealizedPnl), `${asset}: equity`);
}
