/** How Prate's pages look, light and dark. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #667085; --line: #d8dde6; --ground: #ffffff; --card: #f6f7f9; --live: #2563eb; --paper: #b45309; --mark: #fff3d6; --loss: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3442; --ground: #10141b; --card: #171d27; --live: #6ea8ff; --paper: #ffa94d; --mark: #3a2f14; --loss: #ff9c8f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1500px; padding: clamp(12px, 3vw, 24px); background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 32px 0 8px; }
h3 { font-size: 14px; margin: 16px 0 4px; font-weight: 600; }
p { margin: 4px 0; }
.verdict { font-size: 17px; }
.soft, footer { color: var(--soft); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 13px; color: var(--soft); }
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.live { color: var(--live); font-weight: 600; }
.paper { color: var(--paper); font-weight: 600; }
.chart { height: 360px; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.chart.low { height: 220px; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
.narrow { max-width: 560px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 5px 10px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--card); font-weight: 600; }
.words { text-align: left; }
tr.differs td { background: var(--mark); }
caption { text-align: left; padding: 6px 10px; color: var(--soft); font-size: 13px; }
caption span { position: sticky; left: 10px; display: block; width: fit-content; max-width: calc(100vw - 60px); }
.groups { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 16px; align-items: start; }
table.facts { border: 1px solid var(--line); border-radius: 6px; border-collapse: separate; border-spacing: 0; }
table.facts caption { color: var(--ink); font-weight: 600; font-size: 14px; padding-left: 0; }
table.facts th { text-align: left; font-weight: 400; color: var(--soft); vertical-align: top; }
table.facts td { white-space: normal; overflow-wrap: anywhere; }
table.facts tr:first-child th, table.facts tr:first-child td { border-top: 0; }
tr.loss td:last-child { color: var(--loss); }
.swatch { display: inline-block; width: 18px; height: 0; border-top: 3px solid var(--live); vertical-align: middle; margin-right: 6px; }
.swatch.hold { border-top-color: var(--paper); }
.problem { border-left: 4px solid var(--loss); padding: 4px 12px; background: var(--card); overflow-wrap: anywhere; }
h1, .wrap { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--live); outline-offset: 2px; }
li { margin: 2px 0; overflow-wrap: anywhere; }
details { margin-top: 24px; }
summary { cursor: pointer; }
footer { margin-top: 32px; border-top: 1px solid var(--line); padding-top: 8px; }
a { color: inherit; }
`;
