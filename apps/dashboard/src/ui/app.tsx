import { useEffect, useRef, useState } from 'react';
import { price } from '../format.ts';
import type { Dashboard } from '../state/dashboard.ts';
import { AccountPanel } from './account-panel.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { useDashboard, usePage } from './hooks.ts';
import { type ChartCommands, listenToKeys } from './keys.ts';
import { KillDialog } from './kill-dialog.tsx';
import { Notices } from './notices.tsx';
import { SessionPanel } from './session-panel.tsx';
import { Fills, Orders, Positions } from './tables.tsx';

export function App(): React.ReactNode {
  const dashboard = useDashboard();
  const { theme } = usePage('view');
  const [opened, setOpened] = useState<'help' | 'kill' | null>(null);
  const chart = useRef<ChartCommands>({ scroll: () => {}, zoom: () => {}, goLive: () => {} });

  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  useEffect(() => keepTitle(dashboard), [dashboard]);

  useEffect(
    () =>
      listenToKeys(dashboard, {
        help: () => setOpened('help'),
        kill: () => setOpened('kill'),
        scroll: (screens) => chart.current.scroll(screens),
        zoom: (factor) => chart.current.zoom(factor),
        goLive: () => chart.current.goLive(),
      }),
    [dashboard],
  );

  const close = (): void => setOpened(null);
  return (
    <>
      <Header onHelp={() => setOpened('help')} onKill={() => setOpened('kill')} />
      <Notices />
      <main className="rooms">
        <ChartPanel commands={chart} />
        <div className="side">
          <AccountPanel />
          <SessionPanel />
        </div>
        <div className="tables">
          <Orders />
          <Positions />
          <Fills />
        </div>
      </main>
      <footer>
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          Charts by TradingView
        </a>{' '}
        (Lightweight Charts™, © 2025 TradingView, Inc.). Times are UTC.
      </footer>
      {opened === 'help' && <HelpDialog onClose={close} />}
      {opened === 'kill' && <KillDialog onClose={close} />}
    </>
  );
}

/** The tab tells the last price, of what, and whether it is still told. @returns ends it */
function keepTitle({ loader, page }: Dashboard): () => void {
  const tell = (): void => {
    const { bars, symbol, later, priceDecimals } = loader.candles.get();
    const { link, session } = page.get();
    const last = later === null ? bars.at(-1) : undefined;
    const now = link.phase === 'open' && last !== undefined ? `${price(last.close, priceDecimals)} ` : '';
    const lost = link.phase === 'lost' || link.phase === 'refused' ? '(no connection) ' : '';
    const mode = session === null ? '' : ` · ${session.mode}`;
    const title = `${lost}${now}${symbol}${mode} · Prate`;
    if (symbol !== '' && document.title !== title) document.title = title;
  };
  const ends = [loader.candles.subscribe(tell), page.subscribe(tell)];
  return () => {
    for (const end of ends) end();
  };
}
