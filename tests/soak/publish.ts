import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Check } from './checks.ts';
import { cellsOf, HEADS } from './minutes.ts';
import type { SoakOptions } from './options.ts';
import { RESOLUTION_MS } from './probe.ts';
import type { Run } from './run.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const MOST_ROWS = 12;

/** Writes the page: what is run, and what came of it this time. */
export function publish({ minutes, drops }: Run, checks: readonly Check[], options: SoakOptions): void {
  const step = Math.ceil(minutes.length / MOST_ROWS);
  const thinned = minutes.filter(({ minute }) => minute === 1 || minute % step === 0 || minute === minutes.length);
  const rows = [HEADS, HEADS.map(() => '---:'), ...thinned.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`);
  const [cpu] = cpus();
  const machine = `${availableParallelism()} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`;
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  writeFileSync(
    PAGE,
    `# Reliability

    npm run soak -- --minutes 30 --symbols 100 --rate 2000 --drop-every 2m

lets a session live under load, and cuts its connections again and again. CI runs two minutes of it. This page is written by
\`npm run soak -- --publish\`.

## What is run

- **A sandbox** (\`prate sandbox\`), a process of its own: MEXC's wire over a market made up from a seed, with as many symbols and trades
  a second as asked, some symbols four times as busy as others, and an order book of each. At every cut it resets all WebSockets at once.
- **The session**: \`prate up\` itself, with \`--source mexc\` at the sandbox's address, all symbols, the history of ten minutes, and
  \`ma-cross\` on 5 s candles on paper with 0.5 % of the account a symbol. It keeps to MEXC's published limits: after a cut it asks for the last 100
  trades of every symbol, ten symbols a second.
- **A page that is open**: three streams with all topics of the account and two of candles each, and every two seconds seven routes with candles, coverage and metrics.
- **An idle process** beside them, the measure of what the machine itself does to an event loop at that time.

A probe that is loaded into the processes (\`--import\`) measures them; \`prate\` has no code for it. Event loop delay is Node.js' own
\`monitorEventLoopDelay\` at its default resolution: the time between two ticks of a timer of ${RESOLUTION_MS} ms, so ${RESOLUTION_MS} ms is the least there can be.
Once a minute a collection is forced, and the heap of the main thread after it noted; that pause is no part of the delay.

## What is checked

- The store is read when the session has ended, and **every second of every symbol is compared with the market**, which is made up once more from its seed:
  open, high, low, close, volume and number of trades have to be equal, bit for bit, in every second that the session says it watched; a
  second without trades has to have no candle.
- A second that it says it did not watch has to lie where its log tells of a lost connection.
  Trades may be missing there only where REST's last 100 no longer held them when they were asked for; a candle of such a second never has more trades than the market made.
- The heap, from the tenth minute on, stays within 5 %; p99 of the event loop delay within twice that of the idle process; orders flow
  to the end; the page answers; SIGINT ends the session with 0 within 3 s; \`candles verify\` finds nothing.
- Runs of less than 12 minutes are judged by the heap from the second minute on, within 15 % (two minutes tell nothing of it), and by ten times the idle delay:
  tests run on busy machines, and a loss of trades is a failure on any.

## The last published run

${new Date().toISOString().slice(0, 10)}, Node.js ${process.versions.node}, ${machine}; load average at the end ${load}. ${options.minutes} minutes, ${options.symbols.length} symbols,
${options.rate.toLocaleString('en')} trades a second asked for, ${drops} cuts, one every ${options.dropEveryMs / 1000} s, seed ${options.seed}.

${checks.map(({ passed, text }) => `- ${passed ? 'Met' : '**Not met**'}: ${text}.`).join('\n')}

Delays in ms; \`cores\` is the session's CPU time with its workers, \`sandbox\` the sandbox's, 1 being a core; \`order changes\` came over the page's stream.

${rows.join('\n')}
`,
  );
}
