/** Only one at a time writes the recordings. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from '../verbs/refusal.ts';

/** The way to give it back, which happens at the latest when the process ends. Throws `Refusal` while another holds it. */
export function takeLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  if (!tryTake(path)) {
    const holder = holderOf(path);
    // After a kill in a container the number may be our own.
    if (holder !== null && holder !== process.pid && isAlive(holder)) throw held(path, holder);
    rmSync(path, { force: true });
    if (!tryTake(path)) throw held(path, holderOf(path) ?? 0);
  }
  const release = () => {
    process.off('exit', release);
    rmSync(path, { force: true });
  };
  process.on('exit', release);
  return release;
}

function tryTake(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function held(path: string, holder: number): Refusal {
  return new Refusal(
    `Process ${holder} is at it already. Wait until it is done; if there is no such make, remove ${path} and type the same again.`,
  );
}

function holderOf(path: string): number | null {
  try {
    const holder = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(holder) && holder > 0 ? holder : null;
  } catch {
    return null;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
