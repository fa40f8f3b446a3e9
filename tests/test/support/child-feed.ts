/**
 * A process of its own that ingests a live feed, for live-kills.slow.test.ts:
 *
 *   FILE FROM TO   prints, line by line, up to when the feed is stored (epoch ms); the last line is `end`
 */
import { writeSync } from 'node:fs';
import { ingest } from './second-feed.ts';

const [file, from, to] = process.argv.slice(2) as [string, string, string];
await ingest(file, Number(from), Number(to), (storedUntilMs) => void writeSync(1, `${storedUntilMs}\n`));
writeSync(1, 'end\n');
