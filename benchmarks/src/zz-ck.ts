import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
for (const [sync, cache, mmap] of [['NORMAL', -2000, 0], ['OFF', -2000, 0], ['NORMAL', -65536, 0], ['NORMAL', -2000, 1 << 28]] as const) {
  for (const f of ['', '-wal', '-shm']) rmSync('/tmp/ck.db' + f, { force: true });
  const db = new Database('/tmp/ck.db');
  db.pragma('journal_mode = WAL'); db.pragma('wal_autocheckpoint = 10000'); db.pragma(`synchronous = ${sync}`); db.pragma(`cache_size = ${cache}`); db.pragma(`mmap_size = ${mmap}`);
  db.exec('CREATE TABLE b (id INTEGER PRIMARY KEY, rows INTEGER, body BLOB)');
  const put = db.prepare('INSERT INTO b VALUES (?, ?, ?)');
  const body = Buffer.alloc(12700, 7);
  const a = performance.now();
  db.transaction(() => { for (let i = 0; i < 720; i++) put.run(i, 3600, body); })();
  const b = performance.now();
  db.pragma('wal_checkpoint(PASSIVE)');
  const c = performance.now();
  db.close();
  console.log(sync, cache, mmap, 'insert+commit', (b - a).toFixed(1), 'checkpoint', (c - b).toFixed(1), 'close', (performance.now() - c).toFixed(1));
}
