import type { Decimal } from '@prate/domain';
import type { AccountAsset, AccountOrder, AccountPosition } from '../backend/account-values.ts';
import type { Ticker } from '../backend/market-values.ts';
import type { StandingFaults } from '../faults/faults.ts';
import type { Doorkeeper } from '../server/credentials.ts';
import { serverNow, type Venue } from '../server/route.ts';
import type { SeenRequest } from '../server/seen-request.ts';
import type { WireValue } from '../wire/json.ts';
import type { AdminOptions } from './admin-options.ts';

/** What stands behind the admin paths. */
export interface AdminParts {
  readonly venue: Venue;
  readonly doorkeeper: Doorkeeper;
  readonly options: AdminOptions;
  readonly seen: readonly SeenRequest[];
  readonly sockets: () => number;
  readonly open: (name: string | null, balance: Decimal | null) => OpenedAccount;
}

export interface OpenedAccount {
  readonly name: string;
  readonly apiKey: string;
  readonly secretKey: string;
  readonly balance: Decimal;
}

interface AccountStatus {
  readonly name: string;
  /** Its beginning alone. */
  readonly apiKey: string;
  readonly assets: readonly AccountAsset[];
  readonly positions: readonly AccountPosition[];
  readonly orders: readonly AccountOrder[];
}

export interface Status {
  /** The server's time, and the one behind it where a fault moves it, epoch ms. */
  readonly time: number;
  readonly clock: number;
  readonly about: AdminOptions['about'];
  readonly tickers: readonly Ticker[];
  readonly accounts: readonly AccountStatus[];
  readonly sockets: number;
  /** Newest first. */
  readonly requests: readonly SeenRequest[];
  readonly faults: StandingFaults;
}

const MOST_REQUESTS = 50;
const MOST_ORDERS = 50;

export async function statusOf({ venue, doorkeeper, options, seen, sockets }: AdminParts): Promise<Status> {
  const { backend, clock, faults } = venue;
  const contracts = await backend.market.contracts();
  return {
    time: serverNow(venue),
    clock: Math.floor(clock.nowMs()),
    about: options.about,
    tickers: await Promise.all(contracts.map(({ symbol }) => backend.market.ticker(symbol))),
    accounts: await Promise.all(
      doorkeeper.accounts.map(async ({ name, apiKey }) => {
        const account = backend.account(apiKey);
        return {
          name,
          apiKey: `${apiKey.slice(0, 8)}…`,
          assets: (await account?.assets()) ?? [],
          positions: (await account?.positions()) ?? [],
          orders: ((await account?.openOrders(null)) ?? []).slice(0, MOST_ORDERS),
        };
      }),
    ),
    sockets: sockets(),
    requests: seen
      .slice(-MOST_REQUESTS)
      .reverse()
      .map((request) => ({ ...request, url: request.url.replace(/(signature|token)=[^&]*/gi, '$1=…') })),
    faults: faults.standing,
  };
}

/** As JSON: what has no end is `"always"`. */
export const faultsJson = ({ http, ...others }: StandingFaults): WireValue => ({
  ...others,
  frames: others.frames as WireValue,
  http: http.map(({ rule, seed, met, left }) => {
    const { fault, times: _, seed: __, ...which } = rule;
    return { ...fault, ...which, seed, met, left: Number.isFinite(left) ? left : 'always' };
  }),
});

export const statusJson = (status: Status): WireValue => ({
  ...status,
  tickers: status.tickers.map((ticker) => ({ ...ticker })),
  accounts: status.accounts.map(({ assets, positions, orders, ...who }) => ({
    ...who,
    assets: assets.map((asset) => ({ ...asset })),
    positions: positions.map((position) => ({ ...position })),
    orders: orders.map(
      ({ id, symbol, side, effect, type, volume, price, filledVolume, clientOrderId, createdAt }): WireValue => ({
        ...{ id, symbol, side, effect, type, volume, price, filledVolume, clientOrderId, createdAt },
      }),
    ),
  })),
  requests: status.requests.map((request) => ({ ...request })),
  faults: faultsJson(status.faults),
});
