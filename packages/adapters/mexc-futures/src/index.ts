export * from './auth/auth.ts';
export * from './book/index.ts';
export * from './execution/index.ts';
export * from './instruments/index.ts';
export * from './market/index.ts';
export * from './rest/index.ts';
export * from './ws/index.ts';
