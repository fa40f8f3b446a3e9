import Database from 'better-sqlite3';
import { SqliteCandleStore } from '../src/index.ts';
import { HOUR, steady, T0 } from './support.ts';

/** Changes a file behind the back of its store. */
export function change(file: string, sql: string): void {
  const database = new Database(file);
  database.prepare(sql).run();
  database.close();
}

/** Flips a bit in the middle of the block that a query finds, `SELECT id, body ...`. */
export function flipBlock(file: string, query: string): void {
  const database = new Database(file);
  const { id, body } = database.prepare(query).get() as { id: number; body: Buffer };
  const at = body.length >> 1;
  body[at] = (body[at] as number) ^ 4;
  database.prepare('UPDATE blocks SET body = ? WHERE id = ?').run(body, id);
  database.close();
}

/** A closed store of three hours of seconds, each hour at one price: 5, 6 and 7. */
export async function threeHours(file: string): Promise<void> {
  const store = SqliteCandleStore.open(file);
  for (const hour of [0, 1, 2]) await store.write('X', { columns: steady('1s', T0 + hour * HOUR, 3600, 5 + hour) });
  await store.close();
}
