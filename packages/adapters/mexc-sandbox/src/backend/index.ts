export * from './account-values.ts';
export * from './backend-event.ts';
export * from './backend-refusal.ts';
export * from './market-values.ts';
export * from './sandbox-backend.ts';
