import type { Status } from './status.ts';

/** Text as HTML: nothing in it is markup. */
const escaped = (value: unknown): string =>
  String(value ?? '–').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
const clockTime = (ms: number): string => time(ms).slice(11);

type Row = readonly unknown[];

/** A table, or a word where it has no rows. Columns that end in `#` are numbers. */
function table(columns: readonly string[], rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `<p class="none">${escaped(none)}</p>`;
  const isNumber = columns.map((name) => name.endsWith('#'));
  const cells = (row: Row, tag: 'td' | 'th'): string =>
    row.map((cell, i) => `<${tag}${isNumber[i] ? ' class="n"' : ''}>${escaped(cell)}</${tag}>`).join('');
  const head = cells(
    columns.map((name) => name.replace(/#$/, '')),
    'th',
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table>`;
}

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#353b46);--dim:light-dark(#5c6675,#9aa4b2);--back:light-dark(#f6f7f9,#14171c);--card:light-dark(#fff,#1c2027)}
body{font:14px/1.45 system-ui,sans-serif;margin:0;background:var(--back)}
main{max-width:1100px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:15px;margin:24px 0 8px}h3{font-size:14px;margin:0 0 8px}
p{margin:0 0 8px}.dim,.none{color:var(--dim)}
section{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:12px;margin-bottom:12px;overflow-x:auto}
table{border-collapse:collapse;width:100%}th{font-weight:600;color:var(--dim);text-align:left}
th,td{padding:3px 12px 3px 0;white-space:nowrap;border-bottom:1px solid var(--line)}tbody tr:last-child td{border-bottom:0}
.n{text-align:right;font-variant-numeric:tabular-nums}td:last-child:not(.n){white-space:normal;overflow-wrap:anywhere}section table+table{margin-top:12px}code{font:13px ui-monospace,monospace}`;

/** Everything at a glance, without a script: it loads itself again every two seconds. */
export function statusPage(status: Status): string {
  const { about, accounts, tickers, requests, faults } = status;
  const skew = faults.skewMs === 0 ? '' : `, moved by ${faults.skewMs} ms`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><title>MEXC sandbox</title><style>${STYLE}</style></head><body><main>
<h1>MEXC sandbox</h1>
<p>${escaped(time(status.time))} UTC${escaped(skew)} · ${escaped(status.sockets)} sockets open</p>
<p class="dim">${Object.entries(about)
    .map(([name, value]) => `${escaped(name)}: ${escaped(value)}`)
    .join(' · ')}</p>
<h2>Market</h2><section>${table(
    ['contract', 'last#', 'fair#', 'index#', 'bid#', 'ask#', '24 h volume#', 'funding#'],
    tickers.map((t) => [t.symbol, t.lastPrice, t.fairPrice, t.indexPrice, t.bid, t.ask, t.volume, t.fundingRate]),
    'no contracts',
  )}</section>
<h2>Accounts</h2>${accounts.map(accountHtml).join('') || '<section><p class="none">none yet</p></section>'}
<h2>Faults</h2><section>${table(['fault', 'which', 'seed#', 'met#', 'left#'], faultRows(status), 'nothing goes wrong on purpose')}
<p class="dim">seed ${escaped(faults.seed)}</p></section>
<h2>Recent requests</h2><section>${table(
    ['time', 'method', 'path', 'body'],
    requests.map(({ timeMs, method, url, body }) => [clockTime(timeMs), method, short(url, 90), short(body, 160)]),
    'none yet',
  )}</section>
</main></body></html>
`;
}

function accountHtml({ name, apiKey, assets, positions, orders }: Status['accounts'][number]): string {
  return `<section><h3>${escaped(name)} <span class="dim">${escaped(apiKey)}</span></h3>${table(
    ['asset', 'cash#', 'available#', 'in orders#', 'in positions#', 'unrealized#'],
    assets.map((a) => [a.currency, a.cash, a.available, a.frozen, a.positionMargin, a.unrealizedPnl].map(cut)),
    'no money',
  )}${table(
    ['position', 'side', 'contracts#', 'average#', 'leverage#', 'margin#', 'unrealized#', 'liquidation#'],
    positions.map((p) =>
      [
        `${p.symbol} ${p.id}`,
        p.side,
        p.heldVolume,
        p.heldAveragePrice,
        `${p.leverage} ${p.marginMode}`,
        p.margin,
        p.unrealizedPnl,
        p.liquidationPrice,
      ].map(cut),
    ),
    'no positions',
  )}${table(
    ['order', 'contract', 'side', 'type', 'contracts#', 'filled#', 'price#', 'client id'],
    orders.map((o) => [
      o.id,
      o.symbol,
      `${o.side} ${o.effect}`,
      o.type,
      o.volume,
      o.filledVolume,
      o.price,
      o.clientOrderId,
    ]),
    'no open orders',
  )}</section>`;
}

function faultRows({ faults }: Status): readonly Row[] {
  const { http, frames, silence, bookJumps } = faults;
  const rest = (value: object, ...without: string[]): string =>
    Object.entries(value)
      .filter(([name, each]) => each !== undefined && !without.includes(name))
      .map(([name, each]) => `${name} ${String(each)}`)
      .join(', ');
  return [
    ...http.map(({ rule, seed, met, left }) => [
      [rule.fault.kind, rest(rule.fault, 'kind')].filter(Boolean).join(': '),
      `${rule.route ?? 'every request'}${rule.chance === undefined ? '' : `, chance ${rule.chance}`}${rule.after ? ', after it took effect' : ''}`,
      seed,
      met,
      Number.isFinite(left) ? left : 'always',
    ]),
    ...(frames === null
      ? []
      : [
          [
            `frames: ${rest(frames, 'channels', 'seed')}`,
            frames.channels?.join(', ') ?? 'push.',
            frames.seed,
            null,
            null,
          ],
        ]),
    ...(silence.length === 0 ? [] : [['silence', silence.join(', '), null, null, null]]),
    ...Object.entries(bookJumps).map(([symbol, by]) => ['jumpBook', `${symbol} by ${by}`, null, null, null]),
  ];
}

const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Money to 8 decimals. */
function cut(value: unknown): unknown {
  const text = String(value);
  return /^-?\d+\.\d{9,}$/.test(text) ? text.replace(/(\.\d{8})\d+$/, '$1') : value;
}
