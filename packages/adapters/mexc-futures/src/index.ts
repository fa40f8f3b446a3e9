export * from './book/index.ts';
export * from './ws/index.ts';
