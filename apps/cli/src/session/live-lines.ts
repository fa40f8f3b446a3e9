import { type CandleColumns, rowsOf } from '@prate/domain/candles';
import type { ExecutionEvent } from '@prate/execution-port';
import { systemClock } from '@prate/runtime';
import { counted } from '../counted.ts';
import type { Io } from '../io.ts';
import type { Source } from '../sources.ts';
import { formatTime } from '../times.ts';

/** Of more symbols than this, nobody could read the candles one by one. */
const MOST_SYMBOLS = 5;
const SUM_EVERY_MS = 10_000;

/** What happens, a line each, once the market is live; of many symbols a line every few seconds. */
export class LiveLines {
  readonly #io: Io;
  readonly #source: Source;
  readonly #isSummed: boolean;
  #live: boolean;
  #candles = 0;
  #fills = 0;
  #summedAt: number = systemClock.monotonicMs();

  /** @param isPaced a file that is played at a pace can be read along */
  constructor(io: Io, source: Source, isPaced: boolean) {
    this.#io = io;
    this.#source = source;
    this.#isSummed = source.symbols.length > MOST_SYMBOLS;
    this.#live = source.pace === 'live' || (source.liveFrom === null && isPaced);
  }

  #isLive(): boolean {
    const source = this.#source;
    if (source.pace === 'played') this.#live ||= source.liveFrom !== null && source.clock.nowMs() > source.liveFrom;
    return this.#live;
  }

  candles(symbol: string, candles: CandleColumns): void {
    if (!this.#isLive()) return;
    if (this.#isSummed) {
      this.#candles += candles.length;
      this.#sum(candles);
      return;
    }
    for (const { openTime, open, high, low, close, volume, trades } of rowsOf(candles)) {
      const numbers = `open ${open}  high ${high}  low ${low}  close ${close}  volume ${volume}  trades ${trades ?? '?'}`;
      this.#say(`${formatTime(openTime)}  ${symbol} ${candles.interval.text}  ${numbers}`);
    }
  }

  execution(event: ExecutionEvent): void {
    if (event.kind !== 'fill' || !this.#isLive()) return;
    this.#fills += 1;
    if (this.#isSummed) return;
    const { time, side, quantity, symbol, price, fee } = event.trade;
    const text = `paper ${side} ${quantity} ${symbol} at ${price}, fee ${fee.amount.toDecimalPlaces(6)} ${fee.asset}`;
    this.#say(`${formatTime(time)}  ${text}`);
  }

  #sum({ interval, openTime, length }: CandleColumns): void {
    const now = systemClock.monotonicMs();
    if (now - this.#summedAt < SUM_EVERY_MS) return;
    this.#summedAt = now;
    const candles = `${counted(this.#candles, 'candle')} of ${interval.text} of ${this.#source.symbols.length} symbols`;
    this.#say(`${formatTime(openTime[length - 1] as number)}  ${candles}, ${counted(this.#fills, 'fill')} on paper`);
    this.#candles = 0;
    this.#fills = 0;
  }

  #say(line: string): void {
    void this.#io.write(`${line}\n`).catch(() => {}); // what cannot be written is told at the end
  }
}
