import type { KillJson } from '@prate/http-api/wire';
import { useState } from 'react';
import { ApiError, messageOf } from '../api/api.ts';
import { decimal } from '../format.ts';
import { Dialog } from './dialog.tsx';
import { useDashboard, usePage } from './hooks.ts';

type Progress =
  | { readonly step: 'asks' }
  | { readonly step: 'works' }
  | { readonly step: 'done'; readonly result: KillJson }
  /** Whether anything was done is not known. */
  | { readonly step: 'failed'; readonly message: string; readonly isRefusal: boolean };

/** Asks, does, and shows what was done. Nothing is kept from who asks again. */
export function KillDialog({ onClose }: { readonly onClose: () => void }): React.ReactNode {
  const dashboard = useDashboard();
  const scope = usePage('scope');
  const [progress, setProgress] = useState<Progress>({ step: 'asks' });
  const kill = (): void => {
    setProgress({ step: 'works' });
    dashboard.kill().then(
      (result) => setProgress({ step: 'done', result }),
      (error: unknown) => {
        const isRefusal = error instanceof ApiError && error.status >= 400 && error.status < 500;
        setProgress({ step: 'failed', message: messageOf(error), isRefusal });
      },
    );
  };
  const isBusy = progress.step === 'works';
  const label = { asks: 'Stop and cancel everything', works: 'Working …', done: 'Do it again', failed: 'Try again' };
  return (
    <Dialog title="Kill switch" onClose={onClose}>
      {progress.step === 'asks' && <Question mayTrade={scope === 'trade'} />}
      <div role="status">
        {isBusy && <p>Stopping the strategy and cancelling orders …</p>}
        {progress.step === 'done' && <Result result={progress.result} />}
        {progress.step === 'failed' && (
          <p className="bad">
            {progress.isRefusal ? 'Refused: ' : 'It is not known what was done: '}
            {progress.message}.{!progress.isRefusal && ' Try again, or stop prate in its terminal (Ctrl-C).'}
          </p>
        )}
      </div>
      <div className="choices">
        <button type="button" onClick={onClose}>
          {progress.step === 'asks' ? 'Leave it running' : 'Close'}
        </button>
        <button type="button" className="danger" onClick={kill} disabled={isBusy || scope !== 'trade'}>
          {label[progress.step]}
        </button>
      </div>
    </Dialog>
  );
}

function Question({ mayTrade }: { readonly mayTrade: boolean }): React.ReactNode {
  const session = usePage('session');
  const orders = usePage('orders');
  return (
    <>
      <p>
        This stops the strategy{session === null ? '' : ` ${session.strategy.name}`}, cancels every open order
        {orders === null ? '' : ` (${orders.length} now)`}, and asks the exchange whether one remains.
      </p>
      <p>Positions stay as they are. The strategy starts again only with the next prate up.</p>
      {!mayTrade && <p className="bad">This address may only watch: open the one for trading.</p>}
    </>
  );
}

function Result({ result }: { readonly result: KillJson }): React.ReactNode {
  const { strategyStopped, cancelled, verified, remaining, problems } = result;
  return (
    <>
      <ul className="done">
        <li className={strategyStopped ? 'good' : 'bad'}>
          {strategyStopped ? 'The strategy is stopped.' : 'The strategy is NOT stopped.'}
        </li>
        <li className={remaining.length === 0 ? 'good' : 'bad'}>
          {cancelled} {cancelled === 1 ? 'order' : 'orders'} cancelled.
        </li>
        <li className={verified ? 'good' : 'bad'}>
          {verified
            ? 'Verified: the exchange has no open order left.'
            : `NOT verified: ${remaining.length} may still be open.`}
        </li>
      </ul>
      {remaining.length > 0 && (
        <ul>
          {remaining.map(({ id, symbol, side, remaining: quantity, price }) => (
            <li key={id}>
              {symbol} {side} {decimal(quantity)} {price === null ? 'at market' : `at ${decimal(price)}`} (order {id})
            </li>
          ))}
        </ul>
      )}
      {problems.map((problem) => (
        <p key={problem} className="bad">
          {problem}
        </p>
      ))}
    </>
  );
}
