import { useEffect, useRef, useState } from 'react';
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
