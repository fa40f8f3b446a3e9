export * from './feed-items.ts';
export * from './iterate.ts';
export * from './market-data-port.ts';
export * from './subscription.ts';
