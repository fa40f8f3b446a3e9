// loaded with `--import`: an SDK that writes its spans to the file SPANS_FILE, and only when it is flushed
import { appendFileSync } from 'node:fs';
import { trace } from '@opentelemetry/api';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const exporter = {
  export(spans, done) {
    const lines = spans.map(({ name, attributes, status }) => JSON.stringify({ name, attributes, status }));
    appendFileSync(process.env.SPANS_FILE, lines.map((line) => `${line}\n`).join(''));
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 3_600_000 });
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
