import { describe, expect, it } from 'vitest';
import { Desk, spawnPrate } from './support/desk.ts';

interface Line {
  readonly symbol: string;
  readonly interval: string;
  readonly openTime: number;
  readonly revised: boolean;
}

describe('candles live', () => {
  it('prints closed candles as lines of JSON, stores their seconds, and ends with 0 on SIGINT', async () => {
    using desk = new Desk();
    const line = 'candles live --symbol BTC_USDT,ETH_USDT --source synthetic:7 --interval 1m --json';
    const { child, ended, seen } = spawnPrate(line, desk.folder);
    await seen('"ETH_USDT"');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^[\d,]+ trades, [\d,]+ candles of 1 s stored in .*prate\.db, 0 gaps\n$/);
    const lines = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Line);
    const times = lines.filter(({ symbol }) => symbol === 'BTC_USDT').map(({ openTime }) => openTime);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(lines.map(({ interval, revised }) => `${interval} ${revised}`))).toEqual(new Set(['1m false']));
    const asked = `--symbol BTC_USDT --interval 1m --from ${times[0]} --to ${(times[0] as number) + 60_000}`;
    const { candles } = await desk.json<{ candles: readonly object[] }>(`candles query ${asked}`);
    expect(candles).toHaveLength(1);
  });

  it('--for ends it; in text each candle is a line', async () => {
    using desk = new Desk();
    const { code, stdout, stderr } = await desk.run('candles live --symbol BTC_USDT --source synthetic:7 --for 1ms');
    expect({ code, last: stderr.split('\n').at(-2) }).toMatchObject({
      code: 0,
      last: expect.stringContaining('stored in'),
    });
    expect(stdout).toMatch(/^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}BTC_USDT 5s {2}open .*\n)*$/);
  });

  it('a venue that is no source: exit code 2', async () => {
    using desk = new Desk();
    const { code, stderr } = await desk.run('candles live --symbol BTC_USDT --source sandbox');
    expect(code).toBe(2);
    expect(stderr).toContain('is not for this command');
  });
});
