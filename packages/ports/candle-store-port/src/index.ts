export * from './candle-store-port.ts';
export * from './errors.ts';
