import type { FeedHealthJson, StepCoverageJson } from '@prate/http-api/wire';
import { asShare, dateTime, span } from '../format.ts';
import { usePage } from './hooks.ts';

const DAY_MS = 86_400_000;

export function SessionPanel(): React.ReactNode {
  const session = usePage('session');
  const link = usePage('link');
  if (session === null) return null;
  const { source, venue, strategy, interval, database, startedAt, marketTime, feeds, versions } = session;
  return (
    <section className="panel" aria-label="Session">
      <h2>Session</h2>
      <dl className="facts">
        <div className="long">
          <dt>Source</dt>
          <dd>{source.description}</dd>
        </div>
        <div>
          <dt>Venue</dt>
          <dd>{venue}</dd>
        </div>
        <div>
          <dt>Strategy</dt>
          <dd>
            {strategy.name} on {interval}: <b className={`state ${strategy.state}`}>{strategy.state}</b>
          </dd>
        </div>
        {strategy.reason !== null && (
          <div className="long">
            <dt>Because</dt>
            <dd>{strategy.reason}</dd>
          </div>
        )}
        <div>
          <dt>Market time</dt>
          <dd>{dateTime(marketTime)}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>{dateTime(startedAt)}</dd>
        </div>
        <div className="long">
          <dt>Database</dt>
          <dd>{database}</dd>
        </div>
        <div className="long">
          <dt>Versions</dt>
          <dd>
            {Object.entries(versions)
              .map(([name, version]) => `${name} ${version}`)
              .join(', ')}
          </dd>
        </div>
      </dl>
      <h3>Feeds</h3>
      <ul className="feeds">
        {link.phase === 'open' ? (
          feeds.map((feed) => <Feed key={feed.stream} feed={feed} />)
        ) : (
          <li>not known: there is no connection to prate</li>
        )}
      </ul>
      <Coverage />
    </section>
  );
}

function Feed({ feed }: { readonly feed: FeedHealthJson }): React.ReactNode {
  const { stream, connected, lastItemAt, gaps, latencyMs } = feed;
  const age = lastItemAt === null ? null : Math.max(0, Date.now() - lastItemAt);
  const facts = [
    age === null ? 'nothing yet' : age > DAY_MS ? `last ${dateTime(lastItemAt as number)}` : `last ${span(age)} ago`,
    latencyMs === null ? 'latency unknown' : `latency ${span(latencyMs)}`,
    gaps === 1 ? '1 gap' : `${gaps} gaps`,
  ];
  return (
    <li>
      <b className={connected ? 'good' : 'bad'}>{stream}</b> {connected ? 'connected' : 'NOT connected'},{' '}
      {facts.join(', ')}
    </li>
  );
}

function Coverage(): React.ReactNode {
  const coverage = usePage('coverage');
  const { symbol } = usePage('view');
  if (coverage === null) return null;
  return (
    <>
      <h3>Coverage of the last 24 h, {symbol}</h3>
      <ul className="feeds">
        {coverage.steps.length === 0 && <li>nothing is stored</li>}
        {coverage.steps.map((step) => (
          <Step key={step.step} step={step} ofMs={coverage.to - coverage.from} />
        ))}
      </ul>
    </>
  );
}

function Step({
  step: { step, watchedMs, rows, stretches },
  ofMs,
}: {
  readonly step: StepCoverageJson;
  readonly ofMs: number;
}): React.ReactNode {
  return (
    <li>
      <b>{step}</b> {asShare(watchedMs / ofMs)} ({span(watchedMs)}) watched, in {stretches}{' '}
      {stretches === 1 ? 'stretch' : 'stretches'}; {rows.toLocaleString()} candles stored
    </li>
  );
}
