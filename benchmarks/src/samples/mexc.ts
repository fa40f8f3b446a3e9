import { seededRandom } from '@prate/runtime';
import { START_MS } from './walk.ts';

export const MEXC_SYMBOL = 'BTC_USDT';
export const BARS = 2000;
export const DEALS_A_PUSH = 100;
/** Above 2^53, as all of MEXC's. */
export const ORDER_ID = '739113577038255616';

const reply = (data: string): string => `{"success":true,"code":0,"data":${data}}`;

/** What `contract/detail` says of BTC_USDT, after the field table. */
export const detailReply: string = reply(
  '[{"id":10,"symbol":"BTC_USDT","displayName":"BTC_USDT","displayNameEn":"BTC_USDT PERPETUAL","positionOpenType":3,' +
    '"baseCoin":"BTC","quoteCoin":"USDT","settleCoin":"USDT","futureType":1,"contractSize":0.0001,"minLeverage":1,' +
    '"maxLeverage":500,"priceScale":1,"volScale":0,"amountScale":4,"priceUnit":0.1,"volUnit":1,"minVol":1,"maxVol":400000,' +
    '"limitMaxVol":2500000,"bidLimitPriceRate":0.1,"askLimitPriceRate":0.1,"takerFeeRate":0.0004,"makerFeeRate":0.0001,' +
    '"maintenanceMarginRate":0.001,"initialMarginRate":0.002,"riskBaseVol":50000,"riskIncrVol":0,"riskIncrMmr":0,' +
    '"riskIncrImr":0,"riskLevelLimit":1,"state":0,"isHidden":false,"apiAllowed":true}]',
);

export const pingReply = (nowMs: number): string => reply(String(nowMs));

export const createReply: string = reply(`{"orderId":"${ORDER_ID}","ts":${START_MS}}`);

/** 2,000 bars of a minute, chart and real prices, as MEXC writes them. */
export function klinesReply(): string {
  const random = seededRandom(5);
  const columns: Record<string, (number | string)[]> = {};
  const put = (name: string, value: number | string): void => {
    columns[name] ??= [];
    columns[name].push(value);
  };
  let ticks = 800_000;
  const price = (value: number): number => value / 10;
  for (let i = 0; i < BARS; i += 1) {
    const open = ticks;
    const realOpen = open + random.nextInt(-5, 6);
    ticks = realOpen + random.nextInt(-200, 201);
    const [high, low] = [
      Math.max(realOpen, ticks) + random.nextInt(0, 50),
      Math.min(realOpen, ticks) - random.nextInt(0, 50),
    ];
    const vol = random.nextInt(1, 200_000);
    put('time', START_MS / 1000 + i * 60);
    put('open', price(open));
    put('close', price(ticks));
    put('high', price(Math.max(high, open)));
    put('low', price(Math.min(low, open)));
    put('vol', vol);
    put('amount', (vol * ticks) / 100_000);
    put('realOpen', price(realOpen));
    put('realClose', price(ticks));
    put('realHigh', price(high));
    put('realLow', price(low));
  }
  return reply(JSON.stringify(columns));
}

/** A push of 100 trades; `push` makes its ids and times its own. */
export function dealsPush(push: number): string {
  const random = seededRandom(7);
  const ts = START_MS + push * 1000;
  const data = Array.from({ length: DEALS_A_PUSH }, (_, i) => ({
    p: (800_000 + random.nextInt(-500, 500)) / 10,
    v: random.nextInt(1, 5000),
    T: random.nextInt(1, 3),
    O: 3,
    M: 2,
    t: ts + i,
    i: String(16_435_741_160 + push * DEALS_A_PUSH + i),
  }));
  return JSON.stringify({ symbol: MEXC_SYMBOL, data, channel: 'push.deal', ts });
}
