import { Decimal } from '@prate/domain';
import type { AccountHistory, FundingPayment, HistoryQuery } from '@prate/execution-port';
import { expect, test } from 'vitest';
import { fundingOf } from '../../src/funding-of.ts';
import type { Strategy } from '../../src/index.ts';
import { rig } from '../support/rig.ts';
import { candlesOfCloses } from '../support/scripted-market.ts';
import { AtOnceAccount } from '../support/test-accounts.ts';

const payment = (time: number, amount: string, symbol = 'BTC_USDT', asset = 'USDT'): FundingPayment => ({
  ...{ symbol, asset, time, amount: new Decimal(amount), rate: new Decimal('0.0001') },
});

/** An account whose history knows nothing but funding, newest first. */
class Funded extends AtOnceAccount {
  readonly asked: HistoryQuery[] = [];
  payments: readonly FundingPayment[] = [];
  problem: Error | null = null;
  override readonly history = {
    getFundingPayments: async (query: HistoryQuery) => {
      this.asked.push(query);
      if (this.problem !== null) throw this.problem;
      return this.payments;
    },
  } as AccountHistory;
}

const idle: Strategy = { name: 'idle', onCandle() {} };

async function reportOf(change: (account: Funded) => unknown) {
  const { runner, market, account } = await rig<AtOnceAccount>(idle, {}, (m) => new Funded(m));
  change(account as Funded);
  await runner.start();
  expect(runner.report()?.funding).toBeNull();
  await market.play(candlesOfCloses([1, 2]), () => runner.idle());
  return { report: await runner.done, history: runner.history(), asked: (account as Funded).asked };
}

test('funding is asked once, at the end, from the start of the run; that of its own symbols counts', async () => {
  const { report, history, asked } = await reportOf((account) => {
    account.payments = [
      payment(60, '0.5'),
      payment(60, '7', 'ETH_USDT'),
      payment(50, '9', 'BTC_USDT', 'MX'),
      payment(30, '-2'),
    ];
  });
  expect(report.funding?.toString()).toBe('-1.5');
  expect(asked).toEqual([{ from: 0, limit: 10_000 }]);
  expect(history?.funding.rows.map(({ time }) => time)).toEqual([30, 50, 60]);
  expect(report.netPnl.toString()).toBe('0');
});

test('a history that cannot be read is no failure of the run', async () => {
  const { report, history } = await reportOf((account) => {
    account.problem = new Error('the venue is down');
  });
  expect([report.funding, report.errors, history?.funding.count]).toEqual([null, [], 0]);
});

test('none is told where there may be more than was asked for, or there is no history', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => payment(20_000 - i, '1'));
  expect((await reportOf((account) => Object.assign(account, { payments: many }))).report.funding).toBeNull();
  expect(await fundingOf({ history: null }, ['BTC_USDT'], 0)).toBeNull();
});
