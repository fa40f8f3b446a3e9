import { Presets, SingleBar } from 'cli-progress';
import type { Io } from './io.ts';

/** A bar on a terminal's stderr; silent anywhere else. */
export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

export function startProgress(io: Io, label: string): Progress {
  if (io.stderr.isTTY !== true) return { update() {}, stop() {} };
  const bar = new SingleBar(
    {
      format: `${label} {bar} {percentage}% {eta_formatted}`,
      stream: io.stderr,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
      formatTime: (seconds) => (Number.isFinite(seconds) && seconds > 0 ? `· ${Math.ceil(seconds)} s left` : ''),
    },
    Presets.shades_grey,
  );
  let started = false;
  let shown = -1;
  return {
    update(done, total) {
      // a replay tells a million steps a second
      const share = Math.floor((done * 1000) / total);
      if (share === shown) return;
      shown = share;
      if (!started) bar.start(total, done);
      started = true;
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
