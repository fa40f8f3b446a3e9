import { bucketOpen, toInterval } from '@prate/domain';
import type { Pointed } from '../chart/price-chart.ts';
import { asShare, dateTime, decimal, price, span, volume } from '../format.ts';
import { kindOf } from '../state/axis.ts';
import { useDashboard, usePage } from './hooks.ts';

/** So many own fills of one candle are told, the newest. */
const OWN_SHOWN = 2;

const SOURCES = {
  TRADES: 'from trades',
  EXCHANGE: "the exchange's own",
  INTERPOLATED: 'made up (interpolated)',
} as const;

/** In words, what is under the crosshair; without one, the latest candle. */
export function PointedText({
  pointed,
  interval,
}: {
  readonly pointed: Pointed | null;
  readonly interval: string;
}): React.ReactNode {
  const { loader } = useDashboard();
  const { symbol } = usePage('view');
  const fills = usePage('fills') ?? [];
  if (pointed === null) return <p className="pointed">&nbsp;</p>;
  const { slot, band } = pointed;
  const { bar } = slot;
  if (bar === null) {
    const missing = band?.missing;
    return (
      <p className="pointed">
        <b className="tag gap">no data</b>{' '}
        {missing ? `${dateTime(missing.from)} to ${dateTime(missing.to)} (${span(missing.to - missing.from)}): ` : ''}
        nobody watched, whatever was traded
      </p>
    );
  }
  const { priceDecimals } = loader.candles.get();
  const own = fills.filter(
    (fill) => fill.symbol === symbol && bucketOpen(toInterval(interval), fill.time) === bar.openTime,
  );
  const isUp = bar.close >= bar.open;
  const values = [
    ['O', bar.open],
    ['H', bar.high],
    ['L', bar.low],
    ['C', bar.close],
  ] as const;
  return (
    <p className="pointed">
      <b>{dateTime(bar.openTime)}</b> {interval}{' '}
      <span className={isUp ? 'gain' : 'loss'}>
        {values.map(([name, value]) => `${name}\u00a0${price(value, priceDecimals)}`).join('  ')}
      </span>{' '}
      V {volume(bar.volume)}
      {bar.trades === null ? '' : ` · ${bar.trades.toLocaleString()} trades`}
      {' · '}
      <span className={kindOf(bar) === 'watched' ? '' : `tag ${kindOf(bar)}`}>
        {SOURCES[bar.source]},{' '}
        {bar.isForming
          ? bar.isPartly
            ? 'not over yet, watched in part'
            : 'not over yet'
          : `${asShare(bar.coverage)} watched`}
      </span>
      {own.slice(-OWN_SHOWN).map((fill) => (
        <b key={fill.id} className={fill.side === 'BUY' ? 'buy' : 'sell'}>
          {` · own ${fill.side} ${decimal(fill.quantity)} at ${decimal(fill.price)}`}
        </b>
      ))}
      {own.length > OWN_SHOWN && `, and ${own.length - OWN_SHOWN} before`}
    </p>
  );
}
