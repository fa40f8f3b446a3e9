import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { verifyFile } from '../src/verify-file.ts';
import { klinesCsv } from './support/data.ts';
import { catching, Desk } from './support/desk.ts';

describe('verify', () => {
  it('shows how far it has come on a terminal, and an interrupt ends it in the middle', async () => {
    using desk = new Desk().write({ 'k.csv': klinesCsv(20_000) });
    await desk.output('candles import k.csv --symbol S');
    const stop = new AbortController();
    const { io } = catching({ cwd: desk.folder, signal: stop.signal });
    const shown: string[] = [];
    const write = (chunk: unknown, _encoding: string, done: () => void): void => {
      shown.push(String(chunk));
      if (String(chunk).includes('reading')) stop.abort(new Error('stopped'));
      done();
    };
    const stderr = Object.assign(new Writable({ write }), { isTTY: true, cursorTo() {}, clearLine() {} });
    await expect(verifyFile({ ...io, stderr }, join(desk.folder, 'data/prate.db'))).rejects.toThrow('stopped');
    expect(shown.join('')).toMatch(/reading .*\d+%/);
    expect(await desk.output('candles verify')).toContain('20,000 rows read, 0 faults');
  });
});
