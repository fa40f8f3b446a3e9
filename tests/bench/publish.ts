import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface Line {
  readonly name: string;
  /** Of the page, ms. */
  readonly times: readonly number[];
  /** Of the chart alone, ms; null where there is no such thing. */
  readonly beside: readonly number[] | null;
  /** The median that is asked for, ms; null where none is. */
  readonly goal: number | null;
}

const PAGE = fileURLToPath(new URL('../../docs/dashboard.md', import.meta.url));
const ASSETS = fileURLToPath(new URL('../../apps/dashboard/dist/assets/', import.meta.url));
const HEADING = '\n## How fast\n';

/** `325 (294 to 356)` */
export function summary(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] as number).toFixed(0);
  return `${median(times).toFixed(0)} (${at(0)} to ${at(sorted.length - 1)})`;
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;

/** Writes the last section of docs/dashboard.md anew. */
export function publish(lines: readonly Line[], { rounds, browser }: { rounds: number; browser: string }): void {
  const [before, after] = readFileSync(PAGE, 'utf8').split(HEADING);
  if (before === undefined || after === undefined || /^## /m.test(after)) {
    throw new Error(`${PAGE} has to end with its section '${HEADING.trim()}'`);
  }
  writeFileSync(PAGE, `${before}${HEADING}${section(lines, rounds, browser)}`);
}

function section(lines: readonly Line[], rounds: number, browser: string): string {
  const [cpu] = cpus();
  const rows = lines.map(({ name, times, beside, goal }) => {
    const met = goal === null ? '' : `${goal}, ${median(times) <= goal ? 'met' : '**not met**'}`;
    return `| ${[name, summary(times), beside === null ? '' : summary(beside), met].join(' | ')} |`;
  });
  return `
\`npm run bench:page\` measures in a real browser over a real session, by turns with the same chart drawing an array that it has
already; this section is written by \`npm run bench:page -- --publish\`. ms, median (least to most) of ${rounds} rounds:

| what | the page | the chart alone, over an array | goal |
| --- | --- | --- | --- |
${rows.join('\n')}

${new Date().toISOString().slice(0, 10)}, Chromium ${browser}, Node.js ${process.versions.node}, ${availableParallelism()} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform};
load average at the end ${loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')}.

The page is ${sizes()}.
`;
}

/** What a browser loads, as \`vite build\` has left it. */
function sizes(): string {
  const files = readdirSync(ASSETS).map((name) => ({ name, bytes: readFileSync(`${ASSETS}${name}`) }));
  const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
  const of = (ending: string): string => {
    const { bytes } = files.find(({ name }) => name.endsWith(ending)) ?? { bytes: Buffer.alloc(0) };
    return `of ${kB(bytes.length)} (gzip ${kB(gzipSync(bytes).length)})`;
  };
  return `one script ${of('.js')} and one style sheet ${of('.css')}`;
}
