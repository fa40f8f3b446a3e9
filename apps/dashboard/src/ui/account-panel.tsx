import { useEffect, useRef } from 'react';
import { EquityChart } from '../chart/equity-chart.ts';
import { asShare, money, profit } from '../format.ts';
import { usePage, usePalette } from './hooks.ts';

export function AccountPanel(): React.ReactNode {
  const balances = usePage('balances');
  const report = usePage('report');
  return (
    <section className="panel" aria-label="Account">
      <h2>Account</h2>
      {balances === null && <p className="quiet">Loading …</p>}
      {(balances ?? []).map(({ asset, equity, available, frozen, positionMargin }) => (
        <dl key={asset} className="facts">
          <div className="large">
            <dt>Equity</dt>
            <dd>
              {money(equity)} {asset}
            </dd>
          </div>
          <div>
            <dt>Available</dt>
            <dd>{money(available)}</dd>
          </div>
          <div>
            <dt>In orders</dt>
            <dd>{money(frozen)}</dd>
          </div>
          <div>
            <dt>In positions</dt>
            <dd>{money(positionMargin)}</dd>
          </div>
        </dl>
      ))}
      {report !== null && (
        <dl className="facts">
          <div>
            <dt>Net profit</dt>
            <dd className={report.netPnl.startsWith('-') ? 'loss' : 'gain'}>
              {profit(report.netPnl)} {report.asset}
            </dd>
          </div>
          <div>
            <dt>Fees</dt>
            <dd>{money(report.fees)}</dd>
          </div>
          <div>
            <dt>Trades won, lost</dt>
            <dd>
              {report.wins}, {report.losses}
            </dd>
          </div>
          <div>
            <dt>Largest drawdown</dt>
            <dd>{asShare(report.maxDrawdown)}</dd>
          </div>
        </dl>
      )}
      <ProfitCurve />
    </section>
  );
}

function ProfitCurve(): React.ReactNode {
  const equity = usePage('equity');
  const palette = usePalette();
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<EquityChart | null>(null);
  const first = useRef(palette);
  useEffect(() => {
    const made = new EquityChart(container.current as HTMLDivElement, first.current);
    chart.current = made;
    return () => made.remove();
  }, []);
  useEffect(() => chart.current?.setPalette(palette), [palette]);
  useEffect(() => {
    if (equity !== null) chart.current?.setCurve(equity);
  }, [equity]);
  const [begin, now] = [equity?.equity[0], equity?.equity.at(-1)];
  const words = begin === undefined || now === undefined ? 'no value yet' : `from ${money(begin)} to ${money(now)}`;
  return <div ref={container} className="curve" role="img" aria-label={`Profit curve: ${words}`} />;
}
