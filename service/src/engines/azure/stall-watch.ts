/** Notices when the other side has said nothing for too long. */

export interface StallWatch {
  /** A sign of life. */
  touch(): void;
  /** From now on silence may last so long, in ms. */
  allow(ms: number): void;
  stop(): void;
}

/** @param ms longest silence @param onStall called once */
export function watchForStall(ms: number, onStall: () => void): StallWatch {
  let timer = setTimeout(onStall, ms);
  let allowed = ms;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(onStall, allowed);
  };
  return {
    touch: restart,
    allow(longer) {
      allowed = longer;
      restart();
    },
    stop: () => clearTimeout(timer),
  };
}
