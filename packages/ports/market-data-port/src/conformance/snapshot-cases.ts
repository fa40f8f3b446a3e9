import type { OrderBook, Ticker } from '@prate/domain';
import { ensure } from '@prate/runtime/conformance';
import { type MarketDataCase, NO_SUCH_SYMBOL } from './context.ts';

export const snapshotCases: readonly MarketDataCase[] = [
  {
    id: 'MD-C40',
    rule: 'ticker: prices are above 0 and the bid is below the ask, alone and in the list of all',
    requires: ['ticker'],
    async run({ port, symbol, advance, stepMs }) {
      await advance(stepMs);
      checkTicker(await port.getTicker(symbol), symbol);
      const listed = (await port.getTickers()).find((ticker) => ticker.symbol === symbol);
      ensure.that(listed !== undefined, `getTickers must hold ${symbol}`);
      checkTicker(listed, symbol);
    },
  },
  {
    id: 'MD-C41',
    rule: 'ticker: an unknown symbol is an InvalidInputError',
    requires: ['ticker'],
    async run({ port }) {
      await ensure.rejects(port.getTicker(NO_SUCH_SYMBOL), 'INVALID_INPUT', 'ticker of an unknown symbol');
    },
  },
  {
    id: 'MD-C43',
    rule: 'order book: best levels first, bids below asks, quantities above 0',
    requires: ['orderBook'],
    async run({ port, symbol }) {
      checkBook(await port.getOrderBook(symbol), symbol);
    },
  },
  {
    id: 'MD-C44',
    rule: 'order book: depth limits the levels of each side',
    requires: ['orderBook'],
    async run({ port, symbol }) {
      const { bids, asks } = await port.getOrderBook(symbol, 1);
      ensure.equal([bids.length, asks.length], [1, 1], 'levels at depth 1');
    },
  },
  {
    id: 'MD-C45',
    rule: 'order book: an unknown symbol is an InvalidInputError',
    requires: ['orderBook'],
    async run({ port }) {
      await ensure.rejects(port.getOrderBook(NO_SUCH_SYMBOL), 'INVALID_INPUT', 'book of an unknown symbol');
    },
  },
  {
    id: 'MD-C47',
    rule: 'funding: a rate belongs to a settlement to come; past ones ascend within [from, to)',
    requires: ['funding'],
    async run({ port, symbol, fundingRange }) {
      const rate = await port.getFundingRate(symbol);
      ensure.equal(rate.symbol, symbol, 'symbol of the rate');
      ensure.that(
        rate.rate.isFinite() && rate.rate.abs().lt(1),
        `a rate is a share of the position value, not ${rate.rate}`,
      );
      const now = await port.getServerTime();
      ensure.that(rate.settleTime >= now, `the settlement ${rate.settleTime} must not lie before now, ${now}`);
      const past = await port.getFundingHistory({ symbol, ...fundingRange });
      ensure.that(past.length > 0, 'the range must hold a settlement');
      for (const [i, { settleTime }] of past.entries()) {
        ensure.that(settleTime > (past[i - 1]?.settleTime ?? Number.NEGATIVE_INFINITY), 'settlements must ascend');
        ensure.that(
          settleTime >= fundingRange.from && settleTime < fundingRange.to,
          `${settleTime} lies outside the range`,
        );
      }
    },
  },
  {
    id: 'MD-C48',
    rule: 'funding: an unknown symbol is an InvalidInputError',
    requires: ['funding'],
    async run({ port, fundingRange }) {
      await ensure.rejects(port.getFundingRate(NO_SUCH_SYMBOL), 'INVALID_INPUT', 'funding of an unknown symbol');
      const history = port.getFundingHistory({ symbol: NO_SUCH_SYMBOL, ...fundingRange });
      await ensure.rejects(history, 'INVALID_INPUT', 'funding history of an unknown symbol');
    },
  },
];

export function checkTicker(ticker: Ticker, symbol: string): void {
  ensure.equal(ticker.symbol, symbol, 'symbol of the ticker');
  for (const name of ['lastPrice', 'bid', 'ask', 'markPrice', 'indexPrice'] as const) {
    const price = ticker[name];
    ensure.that(price === null || price.gt(0), `${name} must be above 0, not ${price}`);
  }
  const { bid, ask } = ticker;
  ensure.that(bid === null || ask === null || bid.lt(ask), `the bid ${bid} must be below the ask ${ask}`);
}

export function checkBook({ symbol, bids, asks }: OrderBook, expected: string): void {
  ensure.equal(symbol, expected, 'symbol of the book');
  const [bid, ask] = [bids[0], asks[0]];
  ensure.that(bid !== undefined && ask !== undefined, 'a book with both sides');
  ensure.that(bid.price.lt(ask.price), `the best bid ${bid.price} must be below the best ask ${ask.price}`);
  for (const [i, level] of bids.entries())
    ensure.that(level.price.lt(bids[i - 1]?.price ?? Infinity), 'bids must descend');
  for (const [i, level] of asks.entries()) ensure.that(level.price.gt(asks[i - 1]?.price ?? 0), 'asks must ascend');
  for (const { price, quantity } of [...bids, ...asks]) {
    ensure.that(
      price.gt(0) && quantity.gt(0),
      `a level must have a price and a quantity above 0, not ${price} and ${quantity}`,
    );
  }
}
