/** Many channels to one. */

import type { DecodedBlock } from './audio-stream.ts';

/**
 * The mean of all channels, held to -1..1. A sample that is not a number (possible in float files) counts as silence.
 * Out-of-phase stereo cancels, as it would on any mono loudspeaker.
 */
export function mixToMono(block: DecodedBlock): Float32Array {
  const [first = new Float32Array(0), ...rest] = block.channels;
  const mono = new Float32Array(first.length);
  const gain = 1 / block.channels.length;
  for (let index = 0; index < mono.length; index++) {
    let sum = first[index]!;
    for (const channel of rest) sum += channel[index]!;
    const mean = sum * gain;
    if (mean > 1) mono[index] = 1;
    else if (mean < -1) mono[index] = -1;
    else mono[index] = mean === mean ? mean : 0;
  }
  return mono;
}
