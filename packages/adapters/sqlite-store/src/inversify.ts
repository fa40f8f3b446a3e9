import { CANDLE_STORE_PORT, type CandleStorePort } from '@prate/candle-store-port';
import { provide } from '@prate/runtime/inversify';
import { ContainerModule } from 'inversify';
import { SqliteCandleStore } from './sqlite-candle-store.ts';

export interface SqliteStoreOptions {
  readonly file: string;
}

/** Binds CANDLE_STORE_PORT to one store on the file, opened when first asked for and closed with the container. */
export const sqliteStoreModule = ({ file }: SqliteStoreOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    provide(bind, CANDLE_STORE_PORT, [], (): CandleStorePort => SqliteCandleStore.open(file))
      .inSingletonScope()
      .onDeactivation((store) => store.close());
  });
