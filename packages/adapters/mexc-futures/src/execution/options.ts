import type { Clock, Logger, Random } from '@prate/runtime';
import type { InstrumentTable } from '../instruments/instrument-table.ts';
import type { MexcRestOptions } from '../rest/mexc-rest.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import type { SocketTransport } from '../ws/socket-transport.ts';

type RestSettings = Omit<MexcRestOptions, 'credentials' | 'transport' | 'clock' | 'random' | 'logger'>;

/** Hosts, order paths and limits are those of MexcRest. */
export interface MexcFuturesExecutionOptions extends RestSettings {
  readonly apiKey: string;
  readonly secretKey: string;
  /** Default `wss://contract.mexc.com/edge`; MEXC's hosts over wss, and loopback addresses. */
  readonly wsUrl?: string | undefined;
  /**
   * Whether `createOrders` sends up to 50 at once to `order/submit_batch`, which MEXC's documents call one for market makers;
   * false: one by one. Default true. There is no second try by the other way.
   */
  readonly batches?: boolean | undefined;
  /** Default: undici. One that is given is not closed by `disconnect()`. */
  readonly transport?: HttpTransport | undefined;
  /** To share with a market data port, so that both know the same contracts. Default: one of its own. */
  readonly instruments?: InstrumentTable | undefined;
  readonly socketTransport?: SocketTransport | undefined;
  readonly clock?: Clock | undefined;
  /** Of pauses, and of client order ids. */
  readonly random?: Random | undefined;
  readonly logger?: Logger | undefined;
}
