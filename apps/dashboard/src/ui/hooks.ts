import { createContext, useContext, useSyncExternalStore } from 'react';
import { PALETTES, type Palette } from '../chart/palette.ts';
import type { Dashboard, Page } from '../state/dashboard.ts';

const DashboardContext = createContext<Dashboard | null>(null);
export const DashboardProvider = DashboardContext.Provider;

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === null) throw new TypeError('there is no DashboardProvider around this');
  return dashboard;
}

/** One part of the page's state; the component is drawn again when that part is another one. */
export function usePage<K extends keyof Page>(key: K): Page[K] {
  const { page } = useDashboard();
  return useSyncExternalStore(page.subscribe, () => page.get()[key]);
}

const darkness = matchMedia('(prefers-color-scheme: dark)');
const onDarkness = (listener: () => void): (() => void) => {
  darkness.addEventListener('change', listener);
  return () => darkness.removeEventListener('change', listener);
};

/** What the chosen theme comes to on this screen. */
export function usePalette(): Palette {
  const { theme } = usePage('view');
  const isDark = useSyncExternalStore(onDarkness, () => darkness.matches);
  return PALETTES[theme === 'auto' ? (isDark ? 'dark' : 'light') : theme];
}
