import { CANDLE_STORE_PORT, type CandleStorePort } from '@prate/candle-store-port';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { SqliteCandleStore, type StoreOptions } from './sqlite-candle-store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  readonly file: string;
}

/** Binds CANDLE_STORE_PORT to one store on the file, opened when first asked for and closed with the container. */
export const sqliteStoreModule = ({ file, ...options }: SqliteStoreOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, CANDLE_STORE_PORT, [], (): CandleStorePort => SqliteCandleStore.open(file, options))
      .inSingletonScope()
      .onDeactivation((store) => store.close());
  });
