export * from './capabilities.ts';
export * from './events.ts';
export * from './execution-port.ts';
export * from './facets.ts';
export * from './outcomes.ts';
export * from './refusal.ts';
export * from './requests.ts';
