/** Ctrl-C while a program runs: the program gets it too and ends in its own way; only then does the verb stop. */

let running = 0;
let interrupted = false;

export function programStarted(): void {
  running += 1;
}

/** Whether Ctrl-C was pressed since the first of the running programs started. */
export function programEnded(): boolean {
  running -= 1;
  const was = interrupted;
  if (running === 0) interrupted = false;
  return was;
}

/** From now on; `whenIdle` is called for a Ctrl-C while no program runs. */
export function watchInterrupts(whenIdle: () => void): void {
  process.on('SIGINT', () => {
    interrupted = true;
    if (running === 0) whenIdle();
  });
}
