import { bucketOpen, toInterval } from '@prate/domain';
import { type RefObject, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type FillMark, type Pointed, PriceChart, type PriceLine } from '../chart/price-chart.ts';
import type { Dashboard, Page } from '../state/dashboard.ts';
import { LEAST_BARS, MOST_BARS } from '../state/view.ts';
import { useDashboard, usePage, usePalette } from './hooks.ts';
import type { ChartCommands } from './keys.ts';
import { PointedText } from './pointed-text.tsx';

/** The chart itself is no component: it is told what changed, and draws on its own canvas. */
export function ChartPanel({ commands }: { readonly commands: RefObject<ChartCommands> }): React.ReactNode {
  const dashboard = useDashboard();
  const { loader } = dashboard;
  const palette = usePalette();
  const view = usePage('view');
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart | null>(null);
  const first = useRef(palette);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [isAtStart, setIsAtStart] = useState(false);
  const isLoading = useSyncExternalStore(loader.candles.subscribe, () => loader.candles.get().isLoading);
  const isEmpty = useSyncExternalStore(loader.candles.subscribe, () => loader.candles.get().bars.length === 0);

  useEffect(() => {
    const made = new PriceChart(container.current as HTMLDivElement, first.current, {
      onPointed: setPointed,
      onMoved: (inSight, left, right, edge) => {
        const { earlier, later } = loader.candles.get();
        setIsAtStart(left < 0 && earlier === null);
        // who follows goes on following while what was missed is loaded; who comes back from the past has to reach now
        const isLive = edge === null && (later === null || dashboard.page.get().view.to === null);
        const to = isLive ? null : (edge ?? loader.candles.get().bars.at(-1)?.openTime ?? null);
        dashboard.setWindow(to, Math.min(MOST_BARS, Math.max(LEAST_BARS, Math.round(inSight))));
        loader.look(inSight, left, right);
      },
    });
    chart.current = made;
    const goLive = (): void => {
      dashboard.goLive();
      made.scrollToEnd();
    };
    commands.current = { scroll: (screens) => made.scroll(screens), zoom: (factor) => made.zoom(factor), goLive };
    const stop = keepUp(made, dashboard);
    return () => {
      stop();
      made.remove();
    };
  }, [dashboard, loader, commands]);
  useEffect(() => chart.current?.setPalette(palette), [palette]);

  return (
    <section className="panel chart" aria-label="Candles">
      <PointedText pointed={pointed} interval={view.interval} />
      <div className="canvas" role="img" aria-label={`Candles of ${view.symbol ?? ''}, ${view.interval}`}>
        <div ref={container} />
      </div>
      {isEmpty && <p className="nothing quiet">{isLoading ? 'Loading candles …' : 'No candles yet.'}</p>}
      <div className="under">
        <ul className="legend" aria-label="How candles are drawn">
          <li className="watched">watched</li>
          <li className="partly">watched in part</li>
          <li className="made-up">made up from coarser candles</li>
          <li className="gap">gap: nobody watched</li>
        </ul>
        <span className="quiet" aria-live="off">
          {isLoading && !isEmpty ? 'loading …' : isAtStart ? 'nothing older is stored' : ''}
        </span>
        {view.to !== null && (
          <button type="button" onClick={() => commands.current.goLive()} title="Back to now (End)">
            Back to now
          </button>
        )}
      </div>
    </section>
  );
}

/** Tells the chart of candles, orders, fills and positions as they change. */
function keepUp(chart: PriceChart, { loader, page }: Dashboard): () => void {
  let marked = '';
  let drawn: Pick<Page, 'orders' | 'positions' | 'fills'> & { symbol: string | null } = {
    orders: null,
    positions: null,
    fills: null,
    symbol: null,
  };
  let decimals: number | null = null;
  const draw = (): void => {
    const { bars, interval, stretch, symbol, priceDecimals } = loader.candles.get();
    const { view, orders, positions, fills } = page.get();
    if (priceDecimals !== null && priceDecimals !== decimals) chart.setDecimals(priceDecimals);
    decimals = priceDecimals ?? decimals;
    chart.setBars(bars, interval, stretch, view.bars, view.to === null);
    if (orders !== drawn.orders || positions !== drawn.positions || symbol !== drawn.symbol) {
      chart.setLines(linesOf(symbol, { orders, positions }));
    }
    const marks = `${stretch} ${bars[0]?.openTime} ${bars.at(-1)?.openTime}`;
    if (fills !== drawn.fills || marks !== marked) chart.setFills(marksOf(symbol, interval, fills));
    marked = marks;
    drawn = { orders, positions, fills, symbol };
  };
  draw();
  const ends = [loader.candles.subscribe(draw), page.subscribe(draw)];
  return () => {
    for (const end of ends) end();
  };
}

const marksOf = (symbol: string, interval: string, fills: Page['fills']): FillMark[] =>
  (fills ?? [])
    .filter((fill) => fill.symbol === symbol)
    .map(({ time, side, price }) => ({ time: bucketOpen(toInterval(interval), time), side, price: Number(price) }));

/** Numbers only for where on the screen; the words keep the text. */
function linesOf(symbol: string, { orders, positions }: Pick<Page, 'orders' | 'positions'>): PriceLine[] {
  const ofOrders = (orders ?? []).flatMap((order): PriceLine[] => {
    if (order.symbol !== symbol || order.price === null) return [];
    const kind = order.side === 'BUY' ? 'buy' : 'sell';
    return [{ price: Number(order.price), title: `${order.side} ${order.remaining}`, kind }];
  });
  const ofPositions = (positions ?? [])
    .filter((position) => position.symbol === symbol)
    .map(({ entryPrice, positionSide, quantity }): PriceLine => {
      return { price: Number(entryPrice), title: `${positionSide} ${quantity}`, kind: 'position' };
    });
  return [...ofOrders, ...ofPositions];
}
