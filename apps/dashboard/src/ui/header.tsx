import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { INTERVALS, intervalOf, type Theme } from '../state/view.ts';
import { useDashboard, usePage } from './hooks.ts';
import { NEXT_THEME } from './keys.ts';

const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: 'System', light: 'Light', dark: 'Dark' };
const LINK_NAMES = { connecting: 'Connecting', open: 'Live', lost: 'Connection lost', refused: 'Refused' } as const;

export function Header({
  onHelp,
  onKill,
}: {
  readonly onHelp: () => void;
  readonly onKill: () => void;
}): React.ReactNode {
  const dashboard = useDashboard();
  const session = usePage('session');
  const link = usePage('link');
  const scope = usePage('scope');
  const { theme } = usePage('view');
  return (
    <header className="top">
      <h1>Prate</h1>
      {session !== null && <strong className={`mode ${session.mode}`}>{session.mode.toUpperCase()}</strong>}
      {session?.source.isSynthetic === true && <span className="tag unreal">made-up prices</span>}
      {(session?.strategy.state === 'stopped' || session?.strategy.state === 'failed') && (
        <span className="tag halted">strategy {session.strategy.state}</span>
      )}
      <SymbolChoice />
      <IntervalChoice />
      <span className={`link ${link.phase}`} role="status">
        {LINK_NAMES[link.phase]}
      </span>
      <button type="button" onClick={() => dashboard.setTheme(NEXT_THEME[theme])} title="Theme (T)">
        <span className="spare">Theme: </span>
        {THEME_NAMES[theme]}
      </button>
      <button type="button" onClick={onHelp} title="Help (?)" aria-label="Help and keys">
        ?
      </button>
      <button
        type="button"
        className="danger"
        onClick={onKill}
        disabled={scope !== 'trade'}
        title={scope === 'read' ? 'This address may only watch' : 'Stops the strategy and cancels every open order (K)'}
      >
        Kill switch
      </button>
    </header>
  );
}

/** Gives the keys back to the page. */
function leaveOn(event: KeyboardEvent<HTMLElement>, keys: readonly string[]): boolean {
  if (!keys.includes(event.key)) return false;
  event.currentTarget.blur();
  return true;
}

function SymbolChoice(): React.ReactNode {
  const dashboard = useDashboard();
  const { symbol } = usePage('view');
  const session = usePage('session');
  const symbols = session?.symbols ?? (symbol === null ? [] : [symbol]);
  const byPointer = useRef(false);
  return (
    <label className="field">
      <span className="unseen">Symbol</span>
      <select
        id="symbol"
        value={symbol ?? ''}
        onPointerDown={() => {
          byPointer.current = true;
        }}
        onKeyDown={(event) => {
          byPointer.current = false;
          leaveOn(event, ['Escape', 'Enter']);
        }}
        onChange={(event) => {
          dashboard.setSymbol(event.target.value);
          if (byPointer.current) event.target.blur(); // the keys are the chart's again
        }}
      >
        {symbols.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

function IntervalChoice(): React.ReactNode {
  const dashboard = useDashboard();
  const { interval } = usePage('view');
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && typed !== '' && intervalOf(typed) === null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = intervalOf(typed ?? '');
    if (wanted === null) return;
    dashboard.setInterval(wanted);
    setTyped(null);
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  return (
    <form className="intervals" onSubmit={submit}>
      <fieldset>
        <legend className="unseen">Interval</legend>
        {INTERVALS.map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={preset === interval}
            onClick={() => dashboard.setInterval(preset)}
          >
            {preset}
          </button>
        ))}
        <input
          id="interval"
          aria-label="Any interval, such as 90 (seconds), 7m or 4h"
          aria-invalid={isWrong}
          aria-describedby={isWrong ? 'interval-hint' : undefined}
          title="Any interval: 90, 7m, 4h (I)"
          placeholder={INTERVALS.includes(interval) ? 'any' : interval}
          size={5}
          maxLength={8}
          autoComplete="off"
          value={typed ?? ''}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (leaveOn(event, ['Escape'])) setTyped(null);
          }}
        />
      </fieldset>
      {isWrong && (
        <span className="hint" id="interval-hint" role="status">
          1 s to 1 d, such as 90 (seconds), 7m, 4h
        </span>
      )}
    </form>
  );
}
