import { Decimal, InvalidInputError, type Order, shown, type Trade } from '@prate/domain';
import type { AccountHistory, FeeRates, FundingPayment, HistoryQuery } from '@prate/execution-port';
import type { CallOptions } from '@prate/runtime';
import { checkObject, checkSymbol, checkSymbolOrAll } from '../check-arguments.ts';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { HistoryPage } from '../rest/account-rest.ts';
import type { MexcRest } from '../rest/mexc-rest.ts';
import type { WireFill, WireOrder } from '../wire/orders.ts';
import { isFinalOrder } from '../ws/account-state.ts';
import type { AccountTerms } from './account-terms.ts';
import { decodeTrade } from './decode-order.ts';
import type { KnownOrderIds } from './known-order-ids.ts';
import { compareIds, type OrderLookup } from './order-lookup.ts';

const DAY_MS = 86_400_000;
/** MEXC refuses longer spans (6003). */
const LONGEST_SPAN_MS = 90 * DAY_MS;
/** Before 2020 MEXC had no futures. */
const FIRST_MS = 1_577_836_800_000;
/** The server's time is known to some milliseconds: what is newest must not fall behind the end. */
const AHEAD_MS = 10_000;
const PAGE = 100;
const FILLS_PAGE = 1_000;
const DEFAULT_LIMIT = 100;

export interface HistoryParts {
  readonly rest: MexcRest;
  readonly contracts: InstrumentTable;
  readonly terms: AccountTerms;
  readonly lookup: OrderLookup;
  readonly ids: KnownOrderIds;
  /** Checks a call's options; what it returns ends with the connection too. */
  readonly enter: (options: CallOptions | undefined) => CallOptions;
}

/** A query with its defaults; half-open. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/**
 * What was. Without `from` it goes back 90 days, which is as far as MEXC answers at once; with an older `from` it asks for
 * one span of 90 days after the other. MEXC lists orders and fills newest first.
 */
export class OrderHistory implements AccountHistory {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  async getOrders(query: HistoryQuery, options?: CallOptions): Promise<readonly Order[]> {
    const { enter, rest, lookup } = this.#parts;
    const call = enter(options);
    const range = this.#rangeOf(query);
    const { symbol } = query;
    const wires = await this.#collect<WireOrder>(
      range,
      PAGE,
      (page) => rest.orders.history({ ...page, symbol }, call),
      (row) => (isFinalOrder(row) ? (row.createTime ?? row.updateTime ?? 0) : null),
    );
    const orders = await lookup.decodeAll(
      unique(wires, ({ orderId }) => orderId),
      call,
    );
    return newestFirst(orders, ({ createdAt }) => createdAt).slice(0, range.limit);
  }

  /** Without a symbol: of those that the account has orders or positions of. */
  async getTrades(query: HistoryQuery, options?: CallOptions): Promise<readonly Trade[]> {
    const call = this.#parts.enter(options);
    const range = this.#rangeOf(query);
    const symbols = query.symbol === undefined ? await this.symbolsSince(range.from, call) : [query.symbol];
    const wires: WireFill[] = [];
    for (const symbol of symbols) wires.push(...(await this.#fills(symbol, range, call)));
    const newest = newestFirst(
      unique(wires, ({ id }) => id),
      ({ timestamp }) => timestamp,
    ).slice(0, range.limit);
    return await this.#decodeFills(newest, call);
  }

  async getFundingPayments(query: HistoryQuery, options?: CallOptions): Promise<readonly FundingPayment[]> {
    const { enter, rest, contracts } = this.#parts;
    const call = enter(options);
    const range = this.#rangeOf(query);
    const rows = await this.#collect(
      range,
      PAGE,
      async (page) => (await rest.account.fundingRecords({ ...page, symbol: query.symbol }, call)).rows,
      ({ settleTime }) => settleTime,
    );
    const payments = await contracts.withContracts(
      unique(rows, ({ id }) => id),
      ({ symbol, funding, rate, settleTime, id }, { quoteAsset }) => ({
        id,
        payment: {
          symbol,
          amount: new Decimal(funding),
          asset: quoteAsset,
          rate: new Decimal(rate),
          time: settleTime,
        },
      }),
      call,
    );
    return newestFirst(payments, ({ payment }) => payment.time)
      .slice(0, range.limit)
      .map(({ payment }) => payment);
  }

  /** What API trades of the contract cost the account now; `contract/detail` shows other fees. */
  async getFees(symbol: string, options?: CallOptions): Promise<FeeRates> {
    const call = this.#parts.enter(options);
    checkSymbol(symbol);
    const { realMakerFee, realTakerFee } = await this.#parts.rest.account.feeRate(symbol, call);
    return { maker: new Decimal(realMakerFee), taker: new Decimal(realTakerFee) };
  }

  /** Orders that were created since and are over, as the wire has them. */
  async endedSince(fromMs: number, options?: CallOptions): Promise<readonly WireOrder[]> {
    const orders = await this.#collect<WireOrder>(
      this.#rangeOf({ from: fromMs, limit: Number.MAX_SAFE_INTEGER }),
      PAGE,
      (page) => this.#parts.rest.orders.history(page, options),
      (row) => (isFinalOrder(row) ? (row.createTime ?? row.updateTime ?? 0) : null),
    );
    return unique(orders, ({ orderId }) => orderId).reverse();
  }

  /** Every fill from a time until now, oldest first, with the client order ids: MEXC lists them by contract only. */
  async fillsSince(fromMs: number, more: readonly string[], options?: CallOptions): Promise<readonly WireFill[]> {
    const range = this.#rangeOf({ from: fromMs, limit: Number.MAX_SAFE_INTEGER });
    const symbols = new Set([...more, ...(await this.symbolsSince(fromMs, options))]);
    const fills: WireFill[] = [];
    for (const symbol of symbols) fills.push(...(await this.#fills(symbol, range, options)));
    const clientIds = await this.#parts.ids.of(fills, options);
    return fills
      .map((fill) => ({ ...fill, externalOid: clientIds.get(fill.orderId) ?? null }))
      .sort((a, b) => a.timestamp - b.timestamp || compareIds(a.id, b.id));
  }

  /** Contracts of open orders, positions, and orders that were created since. */
  async symbolsSince(fromMs: number, options?: CallOptions): Promise<readonly string[]> {
    const { rest, lookup } = this.#parts;
    const range = this.#rangeOf({ from: fromMs, limit: Number.MAX_SAFE_INTEGER });
    const [open, positions, past] = await Promise.all([
      lookup.open(undefined, options),
      rest.account.openPositions(undefined, options),
      this.#collect<WireOrder>(
        range,
        PAGE,
        (page) => rest.orders.history(page, options),
        (row) => row.createTime ?? row.updateTime ?? 0,
      ),
    ]);
    return [...new Set([...open, ...positions, ...past].map(({ symbol }) => symbol))];
  }

  async #fills(symbol: string, range: Range, options?: CallOptions): Promise<readonly WireFill[]> {
    const { orders } = this.#parts.rest;
    return await this.#collect<WireFill>(
      range,
      FILLS_PAGE,
      (page) => orders.fills({ ...page, symbol }, options),
      ({ timestamp }) => timestamp,
    );
  }

  async #decodeFills(wires: readonly WireFill[], options?: CallOptions): Promise<readonly Trade[]> {
    const { contracts, terms, ids } = this.#parts;
    const positionMode = await terms.positionMode(options);
    const clientIds = await ids.of(wires, options);
    return await contracts.withContracts(
      wires,
      (wire, contract) => decodeTrade(wire, clientIds.get(wire.orderId) ?? '', { contract, positionMode }),
      options,
    );
  }

  /** Pages of spans of at most 90 days, the newest first, until there are enough or nothing is left. */
  async #collect<Row>(
    { from, to, limit }: Range,
    pageSize: number,
    read: (page: HistoryPage) => Promise<readonly Row[]>,
    timeOf: (row: Row) => number | null,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (let end = to; end > from && rows.length < limit; end -= LONGEST_SPAN_MS) {
      const start = Math.max(from, end - LONGEST_SPAN_MS);
      for (let pageNum = 1; rows.length < limit; pageNum += 1) {
        // whether MEXC's bounds are inclusive is not documented: rows are chosen by their own times
        const page = await read({ startTime: start, endTime: end, pageNum, pageSize });
        for (const row of page) {
          const timeMs = timeOf(row);
          if (timeMs !== null && timeMs >= start && timeMs < end) rows.push(row);
        }
        if (page.length < pageSize) break;
      }
    }
    return rows;
  }

  /** @throws InvalidInputError for a limit below 1, or an end that is not after the start */
  #rangeOf(query: HistoryQuery): Range {
    checkObject('a query', query, '{ symbol, from, to, limit }');
    checkSymbolOrAll(query.symbol);
    const { from, to, limit = DEFAULT_LIMIT } = query;
    if (!(Number.isSafeInteger(limit) && limit >= 1)) {
      throw new InvalidInputError(`limit must be a whole number from 1 up, not ${shown(limit)}`);
    }
    const end = to ?? this.#parts.rest.serverNowMs() + AHEAD_MS;
    const start = from ?? end - LONGEST_SPAN_MS;
    if (!(Number.isFinite(start) && Number.isFinite(end))) {
      throw new InvalidInputError(`from and to must be times in epoch ms, not ${shown(from)} and ${shown(to)}`);
    }
    return { from: Math.max(Math.floor(start), FIRST_MS), to: Math.ceil(end), limit };
  }
}

const newestFirst = <T extends { readonly id: string }>(rows: readonly T[], timeOf: (row: T) => number): T[] =>
  [...rows].sort((a, b) => timeOf(b) - timeOf(a) || compareIds(b.id, a.id));

/** Two pages may share rows where new ones come meanwhile. */
const unique = <T>(rows: readonly T[], idOf: (row: T) => string): T[] => [
  ...new Map(rows.map((row) => [idOf(row), row])).values(),
];
