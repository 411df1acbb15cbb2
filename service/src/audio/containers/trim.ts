/** Cuts off what an encoder added around the recording, so that times are those of the original. */

import type { DecodedBlock } from '../audio-stream.ts';

/** Only padding inside the last packets is cut; a larger difference means the container's times are wrong. */
const MAX_PADDING_SAMPLES = 16_384;

/** `endSeconds` is asked when a block arrives: it is known only once the last packet has been seen. */
export async function* trimBlocks(
  blocks: AsyncIterable<DecodedBlock>,
  skipSeconds: number,
  endSeconds: () => number | null,
): AsyncGenerator<DecodedBlock> {
  let toSkip: number | null = null;
  let position = 0;
  for await (const block of blocks) {
    toSkip ??= Math.min(MAX_PADDING_SAMPLES, Math.round(skipSeconds * block.sampleRate));
    const length = block.channels[0]?.length ?? 0;
    const from = Math.min(toSkip, length);
    toSkip -= from;
    let to = length;
    const end = endSeconds();
    if (end !== null) {
      const excess = position + length - from - Math.round(end * block.sampleRate);
      if (excess > 0 && excess <= MAX_PADDING_SAMPLES) to = Math.max(from, length - excess);
    }
    position += to - from;
    if (to > from) yield slice(block, from, to);
  }
}

function slice(block: DecodedBlock, from: number, to: number): DecodedBlock {
  return {
    sampleRate: block.sampleRate,
    channels: block.channels.map((channel) => channel.subarray(from, to)),
  };
}
