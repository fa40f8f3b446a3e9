export * from './account.ts';
export * from './actions.ts';
export * from './market.ts';
export * from './session.ts';
export * from './stream.ts';
