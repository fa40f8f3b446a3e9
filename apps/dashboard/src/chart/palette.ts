import type { ChartOptions, DeepPartial } from 'lightweight-charts';

/** A canvas does not see style sheets: what it draws with is here, once for each theme. */
export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly grid: string;
  readonly up: string;
  readonly down: string;
  readonly upVolume: string;
  readonly downVolume: string;
  /** Of what was made up, and of gaps. */
  readonly unreal: string;
  readonly hatch: string;
  readonly gap: string;
  readonly line: string;
  readonly buy: string;
  readonly sell: string;
}

export const CLEAR = 'rgba(0, 0, 0, 0)';

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ...{ background: '#ffffff', text: '#3b4351', grid: '#eceff3' },
    ...{ up: '#0a8f6c', down: '#d6493b', upVolume: '#0a8f6c55', downVolume: '#d6493b55' },
    ...{ unreal: '#7a8494', hatch: '#7a849440', gap: '#b4690e66' },
    ...{ line: '#2563c9', buy: '#0a6f9c', sell: '#a03a8c' },
  },
  dark: {
    ...{ background: '#12161c', text: '#b9c2cf', grid: '#1e252e' },
    ...{ up: '#2ebd94', down: '#f0695c', upVolume: '#2ebd9455', downVolume: '#f0695c55' },
    ...{ unreal: '#8d98a8', hatch: '#8d98a840', gap: '#e0a04066' },
    ...{ line: '#6ea8ff', buy: '#4cc3f0', sell: '#e58ad2' },
  },
};

export const chartOptions = (palette: Palette): DeepPartial<ChartOptions> => ({
  layout: {
    background: { color: palette.background },
    textColor: palette.text,
    // its logo comes with a style element, which the page's policy refuses: the foot of the page names TradingView
    attributionLogo: false,
  },
  grid: { vertLines: { color: palette.grid }, horzLines: { color: palette.grid } },
  rightPriceScale: { borderColor: palette.grid },
  timeScale: { borderColor: palette.grid },
});
