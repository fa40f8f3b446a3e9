import type { Dashboard } from '../state/dashboard.ts';
import { INTERVALS, type Theme } from '../state/view.ts';

/** What keys do to the chart. */
export type ChartCommands = Pick<Commands, 'scroll' | 'zoom' | 'goLive'>;

/** What keys do that is not the dashboard's own. */
export interface Commands {
  readonly help: () => void;
  readonly kill: () => void;
  readonly scroll: (screens: number) => void;
  readonly zoom: (factor: number) => void;
  readonly goLive: () => void;
}

export const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

/** As the help shows them. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['← →', 'scroll a quarter of a screen back or on; with Shift a whole one'],
  ['+ −', 'fewer or more candles in sight'],
  ['End or L', 'back to now'],
  [`1 … ${INTERVALS.length}`, `interval: ${INTERVALS.join(', ')}`],
  ['I', 'type any interval from 1 s to 1 d, such as 90 or 7m'],
  ['S', 'choose a symbol'],
  ['[ ]', 'the symbol before or after'],
  ['T', 'theme: as the system, light, dark'],
  ['K', 'kill switch (asks first)'],
  ['?', 'this help'],
  ['Esc', 'closes what is open, leaves a field'],
];

/** @returns ends it */
export function listenToKeys(dashboard: Dashboard, commands: Commands): () => void {
  const listener = (event: KeyboardEvent): void => {
    const { target, key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    // a table that scrolls has the arrows for itself
    if (key.startsWith('Arrow') && target instanceof Element && target.closest('.wide') !== null) return;
    const command = commandOf(key, shiftKey, dashboard, commands);
    if (command === null) return;
    event.preventDefault();
    command();
  };
  document.addEventListener('keydown', listener);
  return () => document.removeEventListener('keydown', listener);
}

function commandOf(
  key: string,
  isShifted: boolean,
  dashboard: Dashboard,
  { help, kill, scroll, zoom, goLive }: Commands,
): (() => void) | null {
  const interval = INTERVALS[Number(key) - 1];
  if (interval !== undefined) return () => dashboard.setInterval(interval);
  const screens = isShifted ? 1 : 0.25;
  switch (key.toLowerCase()) {
    case 'arrowleft':
      return () => scroll(-screens);
    case 'arrowright':
      return () => scroll(screens);
    case '+':
    case '=':
      return () => zoom(0.75);
    case '-':
    case '_':
      return () => zoom(4 / 3);
    case 'end':
    case 'l':
      return goLive;
    case 'i':
      return () => focusOn('interval');
    case 's':
      return () => focusOn('symbol');
    case '[':
      return () => step(dashboard, -1);
    case ']':
      return () => step(dashboard, 1);
    case 't':
      return () => dashboard.setTheme(NEXT_THEME[dashboard.page.get().view.theme]);
    case 'k':
      return kill;
    case '?':
      return help;
    default:
      return null;
  }
}

const focusOn = (id: string): void => document.getElementById(id)?.focus();

function step(dashboard: Dashboard, by: number): void {
  const { session, view } = dashboard.page.get();
  const symbols = session?.symbols ?? [];
  const next = symbols[symbols.indexOf(view.symbol ?? '') + by];
  if (next !== undefined) dashboard.setSymbol(next);
}
