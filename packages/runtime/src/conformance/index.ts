export * from './ensure.ts';
export * from './suite.ts';
