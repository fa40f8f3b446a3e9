import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { escaped } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';

export interface PageParts {
  readonly title: string;
  /** HTML, whose texts are escaped. */
  readonly body: string;
  /** What the script reads: the JSON of the element with the id `data`. */
  readonly data: unknown;
  /** Runs after the chart library. */
  readonly script: string;
}

/**
 * One file with everything in it, for a browser without a network: style, chart library, data and script. Its policy lets
 * nothing else run, and nothing be loaded.
 */
export function page({ title, body, data, script }: PageParts): string {
  const library = chartLibrary();
  const policy = [
    "default-src 'none'",
    `script-src ${[library, script].map(hashOf).join(' ')}`,
    `style-src ${hashOf(PAGE_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${library}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** What the licence of the charts asks for, as HTML. */
export const CHART_CREDIT: string =
  'Charts by <a href="https://www.tradingview.com/" rel="noreferrer">TradingView</a> Lightweight Charts™, © TradingView, Inc., Apache License 2.0.';

/** The library as one script for a page. */
function chartLibrary(): string {
  const main = import.meta.resolve('lightweight-charts');
  return readFileSync(fileURLToPath(new URL('lightweight-charts.standalone.production.js', main)), 'utf8');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
