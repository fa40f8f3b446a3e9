import { CANDLE_STORE_PORT, type CandleStorePort } from '@prate/candle-store-port';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { SqliteCandleStore, type StoreOptions } from './sqlite-candle-store.ts';
import { WorkerCandleStore, type WorkerStoreOptions } from './worker/worker-candle-store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  readonly file: string;
}

export interface WorkerStoreModuleOptions extends WorkerStoreOptions {
  readonly file: string;
}

/** Binds CANDLE_STORE_PORT to one store on the file, opened when first asked for and closed with the container. */
export const sqliteStoreModule = ({ file, ...options }: SqliteStoreOptions): ContainerModule =>
  storeModule(() => SqliteCandleStore.open(file, options));

/** The same, with the store in worker threads. It is opened asynchronously: ask with `resolveAsync`. */
export const workerStoreModule = ({ file, ...options }: WorkerStoreModuleOptions): ContainerModule =>
  storeModule(() => WorkerCandleStore.open(file, options));

const storeModule = (open: () => CandleStorePort | Promise<CandleStorePort>): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, CANDLE_STORE_PORT, [], open)
      .inSingletonScope()
      .onDeactivation((store) => store.close());
  });
