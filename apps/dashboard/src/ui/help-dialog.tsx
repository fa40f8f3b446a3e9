import { Dialog } from './dialog.tsx';
import { KEYS } from './keys.ts';

export function HelpDialog({ onClose }: { readonly onClose: () => void }): React.ReactNode {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>The mouse or a finger drags the chart, the wheel or two fingers zoom. The address holds all that you see.</p>
      <div className="choices">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
