import { useSyncExternalStore } from 'react';
import { clockTime } from '../format.ts';
import { useDashboard, usePage } from './hooks.ts';

/** What is wrong, in plain words, above everything. */
export function Notices(): React.ReactNode {
  const { loader } = useDashboard();
  const link = usePage('link');
  const problem = usePage('problem');
  const session = usePage('session');
  const candleError = useSyncExternalStore(loader.candles.subscribe, () => loader.candles.get().error);
  const notices: string[] = [];
  if (link.phase === 'lost') {
    const since = clockTime(link.since);
    notices.push(`No connection since ${since}: ${link.reason}. What you see is from then; it comes back by itself.`);
  } else if (link.phase === 'refused') {
    notices.push(
      `The server does not know this address any more (${link.reason}). Open the address that prate up has printed last.`,
    );
  } else {
    if (candleError !== null) notices.push(`Candles: ${candleError}.`);
    if (problem !== null) notices.push(`A part of the page is not up to date: ${problem}.`);
  }
  for (const { stream, connected } of link.phase === 'open' ? (session?.feeds ?? []) : []) {
    if (!connected) notices.push(`The feed of ${stream} is not connected: what it tells is not up to date.`);
  }
  const strategy = session?.strategy;
  if (strategy?.state === 'failed')
    notices.push(`The strategy ${strategy.name} has failed: ${strategy.reason ?? 'no reason was told'}.`);
  return (
    <div className="notices" role="alert">
      {notices.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
