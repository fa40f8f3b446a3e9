export * from './abortable.ts';
export * from './async-queue.ts';
export * from './call-options.ts';
export * from './clock.ts';
export * from './logger.ts';
export * from './manual-clock.ts';
export * from './random.ts';
export * from './token.ts';
