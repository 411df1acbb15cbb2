/** What every pool in the comparison must offer: one task in, the same number out. */

export interface Contender {
  run(value: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts with `workers` ready workers. */
export type StartContender = (workers: number) => Promise<Contender>;

/** Absolute path of a worker module beside this file. */
export function workerPath(name: string): string {
  return new URL(`./workers/${name}`, import.meta.url).pathname;
}
