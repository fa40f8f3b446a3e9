export * from './auth/auth.ts';
export * from './rest/index.ts';
