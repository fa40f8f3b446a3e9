export type { DepthLevel, WireDepth } from '../wire/depth.ts';
export * from './book-keeper.ts';
export type { BookSide } from './book-side.ts';
export type { LocalBook } from './local-book.ts';
