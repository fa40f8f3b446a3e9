import { useId } from 'react';
import { average, decimal, fee, money, profit, timeOfDay } from '../format.ts';
import { usePage } from './hooks.ts';

const FILLS_SHOWN = 50;

interface TableProps {
  readonly title: string;
  /** Text to the left, numbers to the right: how many columns of text come first. */
  readonly head: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly React.ReactNode[] }[];
  /** Null: not told yet. */
  readonly empty: string | null;
}

function Table({ title, head, rows, empty }: TableProps): React.ReactNode {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {rows.length === 0 ? (
        <p className="quiet">{empty ?? 'Loading …'}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
        <div className="wide" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells }) => (
                <tr key={key}>
                  {cells.map((cell, i) => (
                    <td key={head[i]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

const Side = ({ side }: { readonly side: string }): React.ReactNode => (
  <span className={side === 'BUY' || side === 'LONG' ? 'buy' : 'sell'}>{side}</span>
);

/** Nothing won and nothing lost is neither. */
const signOf = (amount: string): string => (/[1-9]/.test(amount) ? (amount.startsWith('-') ? 'loss' : 'gain') : '');

const Profit = ({ amount }: { readonly amount: string }): React.ReactNode => (
  <span className={signOf(amount)}>{profit(amount)}</span>
);

const useMarketTime = (): number | null => usePage('session')?.marketTime ?? null;

export function Orders(): React.ReactNode {
  const orders = usePage('orders');
  const now = useMarketTime();
  const rows = (orders ?? []).map((order) => ({
    key: order.id,
    cells: [
      order.symbol,
      <Side key="side" side={order.side} />,
      order.type,
      order.price === null ? '' : decimal(order.price),
      decimal(order.quantity),
      decimal(order.filledQuantity),
      timeOfDay(order.createdAt, now),
    ],
  }));
  return (
    <Table
      title={orders === null ? 'Open orders' : `Open orders (${orders.length})`}
      head={['Symbol', 'Side', 'Type', 'Price', 'Quantity', 'Filled', 'Since']}
      rows={rows}
      empty={orders === null ? null : 'None.'}
    />
  );
}

export function Positions(): React.ReactNode {
  const positions = usePage('positions');
  const rows = (positions ?? []).map((position) => ({
    key: `${position.symbol} ${position.positionSide}`,
    cells: [
      position.symbol,
      <span key="side">
        <Side side={position.positionSide} /> {position.leverage}×
      </span>,
      decimal(position.quantity),
      average(position.entryPrice),
      average(position.markPrice),
      <Profit key="profit" amount={position.unrealizedPnl} />,
      money(position.margin),
      position.liquidationPrice === null ? '—' : average(position.liquidationPrice),
    ],
  }));
  return (
    <Table
      title="Positions"
      head={['Symbol', 'Side', 'Quantity', 'Entry', 'Mark', 'Profit', 'Margin', 'Liquidation']}
      rows={rows}
      empty={positions === null ? null : 'None.'}
    />
  );
}

export function Fills(): React.ReactNode {
  const fills = usePage('fills');
  const now = useMarketTime();
  const rows = (fills ?? [])
    .slice(-FILLS_SHOWN)
    .reverse()
    .map((fill) => ({
      key: fill.id,
      cells: [
        timeOfDay(fill.time, now),
        fill.symbol,
        <Side key="side" side={fill.side} />,
        decimal(fill.price),
        decimal(fill.quantity),
        fill.liquidity.toLowerCase(),
        `${fee(fill.fee.amount)} ${fill.fee.asset}`,
        <Profit key="profit" amount={fill.realizedPnl} />,
      ],
    }));
  return (
    <Table
      title="Fills"
      head={['Time', 'Symbol', 'Side', 'Price', 'Quantity', 'As', 'Fee', 'Realized']}
      rows={rows}
      empty={fills === null ? null : 'None yet.'}
    />
  );
}
