import { Fields, readList } from './fields.ts';
import type { Json } from './json-text.ts';

/** A page of a list; pages count from 1. */
export interface WirePage<T> {
  readonly currentPage: number;
  readonly totalPage: number;
  readonly totalCount: number;
  readonly rows: readonly T[];
}

export const readPage =
  <T>(read: (row: Fields) => T) =>
  (page: Fields): WirePage<T> => ({
    currentPage: page.integer('currentPage'),
    totalPage: page.integer('totalPage'),
    totalCount: page.integer('totalCount'),
    rows: page.list('resultList', read),
  });

/** A list that came as an array in some samples and as a page in others. */
export const readRows =
  <T>(read: (row: Fields) => T) =>
  (data: Json | undefined, place: string): T[] =>
    Array.isArray(data) ? readList(data, place, read) : new Fields(data, place).list('resultList', read);
