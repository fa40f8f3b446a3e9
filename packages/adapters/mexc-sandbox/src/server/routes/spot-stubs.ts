import type { Route } from '../route.ts';

/** What ccxt asks of MEXC's spot API before it speaks to futures. There is no spot market here. */
export const spotStubs: readonly Route[] = [
  { method: 'GET', path: '/api/v3/exchangeInfo', limit: 'read', access: 'bare', answer: () => ({ symbols: [] }) },
  { method: 'GET', path: '/api/v3/capital/config/getall', limit: 'read', access: 'bare', answer: () => [] },
];
