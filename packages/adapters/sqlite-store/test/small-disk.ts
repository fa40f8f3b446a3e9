import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk extends AsyncDisposable {
  readonly folder: string;
}

/** A disk in memory, half a megabyte large; null where this user may not mount one. */
export function withDisk(): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'prate-disk-'));
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', folder]);
      await remove();
    },
  };
}
