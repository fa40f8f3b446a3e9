import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { systemClock } from '@prate/runtime';
import { z } from 'zod';
import { CommandFailedError } from '../command-failed-error.ts';
import { makeFolder } from '../paths.ts';

const WAIT_MS = 10_000;
const AGAIN_MS = 20;

const holderSchema = z.object({ pid: z.int().positive(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

let count = 0;
/** The locks that this process has. One of its number that it does not have is of another life: a container's first process is 1 each time. */
const own = new Set<string>();

/** Does something while no other command may touch the account; waits a while for its turn. @throws CommandFailedError */
export async function withLock<T>(
  file: string,
  signal: AbortSignal | null,
  work: () => Promise<T>,
  patienceMs: number = WAIT_MS,
): Promise<T> {
  const lock = `${file}.lock`;
  const patience = systemClock.monotonicMs() + patienceMs;
  while (!take(lock)) {
    if (systemClock.monotonicMs() > patience) throw held(file, lock);
    await systemClock.sleep(AGAIN_MS, signal ?? undefined);
  }
  try {
    return await work();
  } finally {
    release(lock);
  }
}

/** The same where it can be had at once. @returns whether it could */
export async function ifUnlocked(file: string, work: () => Promise<void>): Promise<boolean> {
  const lock = `${file}.lock`;
  if (!take(lock)) return false;
  try {
    await work();
  } finally {
    release(lock);
  }
  return true;
}

function release(lock: string): void {
  own.delete(lock);
  rmSync(lock, { force: true });
}

function held(file: string, lock: string): CommandFailedError {
  const holder = holderOf(lock);
  const who = holder === null ? 'another command' : `process ${holder.pid} on ${holder.host}`;
  return new CommandFailedError(
    `the paper account ${file} is in use by ${who}: try again when that has ended; if it is no prate, remove ${lock}`,
  );
}

/** @returns whether the lock is ours now */
function take(lock: string): boolean {
  if (!makeLock(lock) && !takeOver(lock)) return false;
  own.add(lock);
  return true;
}

/** From one who died. */
function takeOver(lock: string): boolean {
  if (!isDead(lock)) return false;
  // of all that find it dead, one may take it away: looked at again, so that no new holder loses it
  const turn = `${lock}.turn`;
  if (!makeLock(turn)) return false;
  try {
    if (isDead(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
  return makeLock(lock);
}

/** A file that is there at once with all that it says: made under another name, then linked. */
function makeLock(lock: string): boolean {
  count += 1;
  const whole = `${lock}.${process.pid}-${count}`;
  try {
    makeFolder(dirname(lock));
    writeFileSync(whole, JSON.stringify({ pid: process.pid, host: hostname() }), { mode: 0o600 });
    linkSync(whole, lock);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new CommandFailedError(
      `the paper account cannot be locked: ${lock} cannot be made (${code ?? error}); choose another place with --paper-file`,
    );
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Null where it is gone, or says nothing that is understood. */
function holderOf(lock: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(lock, 'utf8')));
  } catch {
    return null;
  }
}

/** Whether its holder is a process of this machine that is over. */
function isDead(lock: string): boolean {
  const holder = holderOf(lock);
  if (holder === null || holder.host !== hostname()) return false;
  if (holder.pid === process.pid) return !own.has(lock);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'; // EPERM: it lives, and is another user's
  }
}
