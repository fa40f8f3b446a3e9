import { KLINE_INTERVALS, type PriceSource } from '../../backend/market-values.ts';
import { Code, WireRefusal } from '../../wire/codes.ts';
import type { WireValue } from '../../wire/json.ts';
import {
  bookJson,
  contractJson,
  fundingJson,
  insuranceFundJson,
  isKlineInterval,
  klinesJson,
  settlementJson,
  tickerJson,
  tradeJson,
} from '../../wire/market-json.ts';
import { pageJson } from '../pages.ts';
import type { LimitClass } from '../rate-limits.ts';
import { contractOf, type Question, type Route, serverNow, type Venue } from '../route.ts';

const CONTRACT = '/api/v1/contract';
const MOST_LEVELS = 1000;
const MOST_KLINES = 2000;
/** A month of the longest: what `start` alone may reach back is bounded by the rows. */
const MONTH_MS = 31 * 86_400_000;

type PublicAnswer = (question: Question) => WireValue | Promise<WireValue>;
const get = (path: string, answer: PublicAnswer, limit: LimitClass = 'read'): Route => ({
  method: 'GET',
  path: `${CONTRACT}${path}`,
  limit,
  access: 'public',
  answer,
});

/** Section 5.1. */
export const marketRoutes: readonly Route[] = [
  get('/ping', ({ venue }) => serverNow(venue)),
  get('/detail', detail, 'snapshot'),
  get('/detail/country', detail, 'snapshot'),
  get('/support_currencies', async ({ venue }) => {
    const contracts = await venue.backend.market.contracts();
    return [...new Set(contracts.map(({ settleCoin }) => settleCoin))];
  }),
  get(
    '/depth/:symbol',
    async ({ venue, params, query }) => {
      const { symbol } = await contractOf(venue, params['symbol'] as string);
      const limit = query.count('limit', MOST_LEVELS, MOST_LEVELS);
      const book = await venue.backend.market.book(symbol);
      const shown = bookJson({ ...book, version: book.version + venue.faults.bookOffset(symbol) }, limit);
      return { ...shown, timestamp: book.time };
    },
    'snapshot',
  ),
  get('/depth_commits/:symbol/:limit', async ({ venue, params }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    const limit = Number(params['limit']);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LEVELS) {
      throw new WireRefusal(Code.PARAMETER, `parameter error: limit must be from 1 to ${MOST_LEVELS}`);
    }
    const offset = venue.faults.bookOffset(symbol);
    const changes = await venue.backend.market.bookChanges(symbol, limit);
    return changes.map((change) => bookJson({ ...change, version: change.version + offset }, MOST_LEVELS)).reverse();
  }),
  get('/deals/:symbol', async ({ venue, params, query }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    const trades = await venue.backend.market.trades(symbol, query.count('limit', 100, 100));
    return trades.map(tradeJson);
  }),
  get('/kline/:symbol', klines('LAST')),
  get('/kline/index_price/:symbol', klines('INDEX')),
  get('/kline/fair_price/:symbol', klines('FAIR')),
  get(
    '/ticker',
    async ({ venue, query }) => {
      const { market } = venue.backend;
      const symbol = query.text('symbol');
      if (symbol !== null) {
        const contract = await contractOf(venue, symbol);
        return tickerJson(contract, await market.ticker(symbol));
      }
      const contracts = await market.contracts();
      return Promise.all(contracts.map(async (contract) => tickerJson(contract, await market.ticker(contract.symbol))));
    },
    'snapshot',
  ),
  get('/index_price/:symbol', async ({ venue, params }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    const { indexPrice, time } = await venue.backend.market.ticker(symbol);
    return { symbol, indexPrice, timestamp: time };
  }),
  get('/fair_price/:symbol', async ({ venue, params }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    const { fairPrice, time } = await venue.backend.market.ticker(symbol);
    return { symbol, fairPrice, timestamp: time };
  }),
  get('/funding_rate', async ({ venue }) => {
    const contracts = await venue.backend.market.contracts();
    return Promise.all(contracts.map(({ symbol }) => funding(venue, symbol)));
  }),
  get('/funding_rate/history', async ({ venue, query }) => {
    const { symbol } = await contractOf(venue, query.needText('symbol'));
    return pageJson(await venue.backend.market.fundingHistory(symbol), query, settlementJson, 1000);
  }),
  get('/funding_rate/:symbol', async ({ venue, params }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    return funding(venue, symbol);
  }),
  get('/risk_reverse', async ({ venue: { backend } }) => {
    const contracts = await backend.market.contracts();
    const funds = await Promise.all(contracts.map(({ symbol }) => backend.market.insuranceFund(symbol)));
    return funds.map((fund) => insuranceFundJson(fund, 'timestamp'));
  }),
  get('/risk_reverse/history', async ({ venue, query }) => {
    const { symbol } = await contractOf(venue, query.needText('symbol'));
    const fund = await venue.backend.market.insuranceFund(symbol);
    return pageJson([fund], query, (row) => insuranceFundJson(row, 'snapshotTime'));
  }),
  get('/risk_reverse/:symbol', async ({ venue, params }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    return insuranceFundJson(await venue.backend.market.insuranceFund(symbol), 'timestamp');
  }),
];

/** With a symbol an object, without one an array. */
async function detail({ venue, query }: Question): Promise<WireValue> {
  const symbol = query.text('symbol');
  if (symbol !== null) return contractJson(await contractOf(venue, symbol));
  return (await venue.backend.market.contracts()).map(contractJson);
}

async function funding({ backend: { market } }: Venue, symbol: string): Promise<WireValue> {
  return fundingJson(await market.funding(symbol), await market.ticker(symbol));
}

/** `start` and `end` are seconds, both inclusive; of more than 2,000 rows the newest. */
function klines(source: PriceSource): PublicAnswer {
  return async ({ venue, params, query }) => {
    const { symbol } = await contractOf(venue, params['symbol'] as string);
    const interval = query.text('interval') ?? 'Min1';
    if (!isKlineInterval(interval)) {
      const known = Object.keys(KLINE_INTERVALS).join(', ');
      throw new WireRefusal(Code.PARAMETER, `parameter error: interval must be one of ${known}`);
    }
    const start = query.integer('start');
    const end = query.integer('end');
    const to = end === null ? serverNow(venue) : end * 1000;
    const reachMs = MOST_KLINES * (KLINE_INTERVALS[interval] ?? MONTH_MS);
    const from = start === null ? Math.max(0, to - reachMs) : start * 1000;
    const rows = await venue.backend.market.klines(symbol, interval, source, { from, to });
    return klinesJson(rows.slice(-MOST_KLINES));
  };
}
