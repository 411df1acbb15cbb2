/** Stops a demuxer that a damaged file sends in circles. */

/** The method every read of a mediabunny source goes through, cached or not. Its types leave it out. */
interface ReadHook {
  _read(start: number, ...rest: unknown[]): unknown;
}

/** Consecutive reads from one position; an honest parser looks at one two or three times. */
const MAX_READS_OF_ONE_POSITION = 1000;
/** A packet of ten bytes takes fewer than five reads, so one read for two bytes is beyond every honest file. */
const BYTES_PER_READ = 2;
const SPARE_READS = 20_000;

/**
 * mediabunny 1.61 has at least one endless loop (its Matroska resync, with exactly eight bytes left). It spins without
 * an await, so no timer and no signal could end it; only its own reads can. The function returned starts the count anew.
 */
export function guardProgress(source: object, fileBytes: number): () => void {
  const hook = source as ReadHook;
  const read = hook._read.bind(source);
  const budget = SPARE_READS + fileBytes / BYTES_PER_READ;
  let reads = 0;
  let position = -1;
  let repeats = 0;
  hook._read = (start, ...rest) => {
    reads++;
    repeats = start === position ? repeats + 1 : 0;
    position = start;
    if (reads > budget || repeats > MAX_READS_OF_ONE_POSITION) {
      throw new Error(`the demuxer makes no progress at byte ${start}`);
    }
    return read(start, ...rest);
  };
  return () => {
    reads = 0;
  };
}
