import { Decimal, type Instrument, MarginMode, OrderType, PositionMode, PositionSide, Side } from '@prate/domain';
import { ManualClock, seededRandom } from '@prate/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../../tooling/test-support/cases.ts';
import { Draw } from '../../../../../tooling/test-support/draw.ts';
import { DeskRefusal, type PaperDesk, PaperExchange } from '../../src/index.ts';
import { instrumentOf } from '../scripted-market.ts';
import { AccountOracle, type OraclePosition } from './account-oracle.ts';
import { Rational } from './rational.ts';
import { ToldMarket } from './told-market.ts';

const tier = (maxNotional: string | null, maxLeverage: number, rate: string): Instrument['riskTiers'][number] => ({
  maxNotional: maxNotional === null ? null : new Decimal(maxNotional),
  maxLeverage,
  maintenanceMarginRate: new Decimal(rate),
});

const INSTRUMENTS: readonly Instrument[] = [
  instrumentOf({
    minQuantity: new Decimal('0.001'),
    riskTiers: [tier('30000', 50, '0.004'), tier('90000', 25, '0.01'), tier('1000000', 10, '0.025')],
  }),
  // steps that are no powers of ten, and a price far below 1
  instrumentOf({
    symbol: 'DOGE_USDT',
    baseAsset: 'DOGE',
    tickSize: new Decimal('0.0000025'),
    lotSize: new Decimal('7'),
    contractSize: new Decimal('7'),
    minQuantity: new Decimal('7'),
    riskTiers: [tier(null, 50, '0.00333')],
  }),
];
const START: Readonly<Record<string, number>> = { BTC_USDT: 400_000, DOGE_USDT: 30_000 };
const STEPS = 14;
const MINUTE = 60_000;

/** One account in a market that the draw makes up; after every step the books are compared. */
class Scene {
  readonly #draw: Draw;
  readonly #clock = new ManualClock(1_700_000_000_000);
  readonly #market: ToldMarket = new ToldMarket(this.#clock, INSTRUMENTS);
  readonly #exchange: PaperExchange;
  readonly #desk: PaperDesk;
  readonly #oracle: AccountOracle;
  readonly #ticks = new Map(Object.entries(START));
  readonly #deposit: string;
  readonly #seen = { fills: 0, liquidations: 0, fundings: 0 };

  constructor(draw: Draw) {
    this.#draw = draw;
    const rules = {
      deposit: draw.of(['100000', '5000', '333.333333333333333333']),
      maker: draw.of(['0.0002', '-0.00013', '0']),
      taker: draw.of(['0.0006', '0.000377']),
      feeReserve: draw.of(['0', '0.0006']),
      liquidationFee: draw.of(['0.0004', '0', '0.00061']),
    };
    this.#deposit = rules.deposit;
    this.#oracle = new AccountOracle({ ...rules, instruments: INSTRUMENTS });
    this.#exchange = new PaperExchange({
      market: this.#market,
      clock: this.#clock,
      random: seededRandom(draw.below(1000)),
      balance: { USDT: rules.deposit },
      fees: { maker: rules.maker, taker: rules.taker },
      feeReserveRate: rules.feeReserve,
      liquidationFeeRate: rules.liquidationFee,
    });
    this.#desk = this.#exchange.desk('a');
  }

  /** @returns what happened, for the test of the test */
  async play(): Promise<{ readonly fills: number; readonly liquidations: number; readonly fundings: number }> {
    await this.#exchange.connect();
    this.#desk.listen((event) => {
      if (event.kind === 'fill') this.#seen[event.fill.order.category === 'USER' ? 'fills' : 'liquidations'] += 1;
      this.#oracle.tell(event);
    });
    if (this.#draw.once(3)) this.#desk.setPositionMode(PositionMode.HEDGE);
    for (const { symbol } of INSTRUMENTS) {
      this.#price(symbol, 0);
      for (const side of Object.values(PositionSide)) this.#terms(symbol, side);
    }
    for (let step = 0; step < STEPS * this.#draw.size; step += 1) {
      this.#clock.advance(MINUTE);
      this.#oracle.begin();
      this.#step(this.#draw.of(INSTRUMENTS).symbol);
      this.#compare();
    }
    return { ...this.#seen, fundings: this.#desk.fundingPayments({ symbol: null, from: 0, to: 1e15 }).length };
  }

  #step(symbol: string): void {
    const action = this.#draw.below(12);
    if (action < 5) this.#order(symbol);
    else if (action < 7) this.#price(symbol, this.#draw.once(3) ? 2_500 : 150);
    else if (action < 9) this.#print(symbol);
    else if (action === 9) this.#fund(symbol);
    else if (action === 10) this.#move();
    else this.#cancelOrClose();
  }

  /** Book and mark price somewhere else, by up to so many hundredths of a percent. */
  #price(symbol: string, most: number): void {
    const before = this.#ticks.get(symbol) as number;
    const change = most === 0 ? 0 : Math.round((before * (this.#draw.below(2 * most + 1) - most)) / 10_000);
    this.#ticks.set(symbol, Math.max(before + change, 1_000));
    this.#book(symbol);
    const mark = this.#at(symbol, this.#draw.below(21) - 10);
    const seen = this.#oracle.seen(symbol);
    const isMoved = seen.mark.compare(Rational.of(mark)) !== 0;
    seen.mark = Rational.of(mark);
    this.#market.setMark(symbol, mark);
    if (isMoved) same(this.#oracle.breached(symbol), [], 'left by the liquidation');
  }

  #book(symbol: string): void {
    const lot = this.#instrument(symbol).lotSize;
    const level = (away: number): readonly [Decimal, Decimal] => [
      this.#at(symbol, away),
      lot.mul(1 + this.#draw.below(4_000)),
    ];
    this.#oracle.seen(symbol).bestBid = Rational.of(this.#at(symbol, -1));
    this.#market.setBook([level(-1), level(-5), level(-40)], [level(1), level(6), level(30)], symbol);
  }

  #print(symbol: string): void {
    const side = this.#draw.of(Object.values(Side));
    const quantity = this.#instrument(symbol).lotSize.mul(1 + this.#draw.below(3_000));
    this.#market.print({ symbol, side, quantity, price: this.#at(symbol, this.#draw.below(161) - 80) });
  }

  #order(symbol: string): void {
    this.#book(symbol); // as the account sees it: whole
    const isHedge = this.#desk.positionMode() === PositionMode.HEDGE;
    const closes = this.#draw.once(3);
    const type = this.#draw.of([
      OrderType.MARKET,
      OrderType.LIMIT,
      OrderType.LIMIT,
      OrderType.POST_ONLY,
      OrderType.IOC,
    ]);
    this.#refusable(() =>
      this.#desk.placeOrder({
        symbol,
        side: this.#draw.of(Object.values(Side)),
        effect: isHedge && closes ? 'CLOSE' : 'OPEN',
        type,
        quantity: this.#instrument(symbol).lotSize.mul(1 + this.#draw.below(this.#affordable(symbol))),
        price: type === OrderType.MARKET ? null : this.#at(symbol, this.#draw.below(81) - 40),
        marginMode: null,
        leverage: null,
        clientOrderId: null,
        positionMode: null,
        reduceOnly: !isHedge && closes,
      }),
    );
  }

  /** In lots, now and then more than the account can pay for. */
  #affordable(symbol: string): number {
    const lotValue = this.#at(symbol, 0).mul(this.#instrument(symbol).lotSize);
    const times = this.#draw.of([0.01, 1, 8, 20]);
    return Math.ceil((Number(this.#deposit) * times) / lotValue.toNumber());
  }

  #fund(symbol: string): void {
    const rate = this.#draw.of(['0.0001', '-0.00025', '0.0075', '0.000033333']);
    this.#oracle.seen(symbol).rate = Rational.of(rate);
    this.#market.setFunding(symbol, rate, this.#clock.nowMs());
    this.#book(symbol); // the first item at or after that time settles
  }

  #terms(symbol: string, side: PositionSide): void {
    const leverage = this.#draw.of([1, 3, 7, 10, 25, 25, 50, 50]);
    const marginMode = this.#draw.of(Object.values(MarginMode));
    const held = this.#oracle.positions.has(`${symbol}/${side}`);
    this.#refusable(() => {
      this.#desk.setLeverage(symbol, side, { leverage, marginMode: held ? null : marginMode });
      this.#oracle.setLeverage(symbol, side, leverage);
    });
  }

  #move(): void {
    const position = this.#draw.of([...this.#desk.positions(), null]);
    if (position === null) return;
    const { id, symbol, side } = position;
    if (this.#draw.once(2)) {
      this.#terms(symbol, side);
      return;
    }
    const amount = new Decimal(this.#draw.below(2_000) - 1_000).div(7).toDecimalPlaces(18, Decimal.ROUND_DOWN);
    this.#refusable(() => {
      this.#desk.changeMargin(id, amount);
      this.#oracle.changeMargin(symbol, side, Rational.of(amount));
    });
  }

  #cancelOrClose(): void {
    const [order] = this.#desk.openOrders(null);
    if (order !== undefined && this.#draw.once(2)) this.#desk.cancelOrder(order.id);
    else this.#refusable(() => this.#desk.closeAllPositions());
  }

  /** What is refused changes nothing: the comparison that follows shows it. */
  #refusable(call: () => unknown): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof DeskRefusal)) throw error;
    }
  }

  #compare(): void {
    const oracle = this.#oracle;
    const [asset] = this.#desk.assets();
    const own = [oracle.available, oracle.frozen, oracle.positionMargin].map(String);
    same([asset?.available, asset?.frozen, asset?.positionMargin].map(String), own, 'available, frozen, margin');
    const told = this.#desk.positions().map((position) => {
      const { heldQuantity, margin, closedPnl, fees, funding, heldAveragePrice, unrealizedPnl } = position;
      const key = `${position.symbol}/${position.side}`;
      const values = [heldQuantity, margin, closedPnl, fees, funding, position.maintenanceMargin, unrealizedPnl];
      return [key, position.marginMode, ...values.map(String), cutText(heldAveragePrice)].join(' ');
    });
    const expected = [...oracle.positions].map(([key, position]) => [key, ...this.#row(position)].join(' '));
    same(told.sort(), expected.sort(), 'positions');
    const sums = new Map<string, Decimal>();
    for (const { asset: coin, amount } of this.#exchange.ledgerBalances()) {
      sums.set(coin, (sums.get(coin) ?? new Decimal(0)).plus(amount));
    }
    same(
      [...sums.values()].map(String),
      [...sums.keys()].map(() => '0'),
      'the ledger sums to zero',
    );
  }

  #row(position: OraclePosition): readonly string[] {
    const { quantity, cost, margin, realized, fees, funding, isCross } = position;
    const values = [quantity, margin, realized, fees, funding];
    const risks = [this.#oracle.maintenance(position), this.#oracle.unrealized(position), cost.over(quantity)];
    return [isCross ? MarginMode.CROSS : MarginMode.ISOLATED, ...[...values, ...risks].map(String)];
  }

  /** Quotients of the port, at 18 decimals. */
  async compareLiquidationPrices(): Promise<void> {
    const port = this.#exchange.account('a');
    await port.connect();
    for (const { symbol, positionSide, liquidationPrice } of await port.getPositions()) {
      const own = this.#oracle.liquidationPrice(
        this.#oracle.positions.get(`${symbol}/${positionSide}`) as OraclePosition,
      );
      same([cutText(liquidationPrice)], [String(own)], `liquidation price of ${symbol} ${positionSide}`);
    }
  }

  #instrument(symbol: string): Instrument {
    return INSTRUMENTS.find((instrument) => instrument.symbol === symbol) as Instrument;
  }

  #at(symbol: string, away: number): Decimal {
    return this.#instrument(symbol).tickSize.mul((this.#ticks.get(symbol) as number) + away);
  }
}

const cutText = (value: Decimal | null): string =>
  String(value === null ? null : value.toDecimalPlaces(18, Decimal.ROUND_DOWN));

/** expect is slow: it is asked only to show what differs. */
function same(told: readonly string[], own: readonly string[], what: string): void {
  if (told.length !== own.length || told.some((text, i) => text !== own[i])) expect(told, what).toEqual(own);
}

describe('an account, kept a second time in exact fractions', () => {
  it('position, cost, profit, fees, funding, margin: no difference; averages and liquidation prices: equal at 18 decimals', async () => {
    const seen = { fills: 0, liquidations: 0, fundings: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 3 }), async (seed, size) => {
        const scene = new Scene(new Draw(seed, size));
        const { fills, liquidations, fundings } = await scene.play();
        await scene.compareLiquidationPrices();
        seen.fills += fills;
        seen.liquidations += liquidations;
        seen.fundings += fundings;
      }),
      cases(2_000),
    );
    // a law of accounts in which nothing happens would say nothing
    expect(seen.fills).toBeGreaterThan(8_000);
    expect(seen.liquidations).toBeGreaterThan(150);
    expect(seen.fundings).toBeGreaterThan(1_000);
  });
});
